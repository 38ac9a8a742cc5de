import type { AnnotationDocument } from '../domain/documents.js';
import { documentVersion } from '../domain/documents.js';
import { badUserInput, CortigraphError, notFound } from '../domain/errors.js';
import type { Said } from '../domain/identity.js';
import { annotationId } from '../domain/identity.js';
import type { NodeKind } from '../domain/ids.js';
import { requireId } from '../domain/ids.js';
import type { Collections } from '../store/collections.js';
import { duplicateIndexes } from '../store/store-errors.js';
import type { Lab } from './lab.js';
import { requireText } from './require-text.js';

/** The longest tag, in characters. */
export const maxTagLength = 100;

/** The longest note, in characters. */
export const maxNoteLength = 10_000;

/** The most tags on one thing. */
export const maxTags = 100;

/** The most notes on one thing: pages of things show them all. */
export const maxNotes = 20;

/** The most things of one kind that a tag may be on where it is searched for. */
export const maxTagged = 10_000;

/** What is said of a thing. */
export interface Remarks {
  readonly tags?: readonly string[] | null;
  readonly note?: string | null;
  readonly removeTags?: readonly string[] | null;
}

/** Where each kind of thing that can be annotated is kept. */
const collectionOf = {
  ParameterSet: 'parameterSets',
  SimulationRun: 'runs',
  Execution: 'executions',
  Recording: 'recordings',
  Response: 'responses',
  Sweep: 'sweeps',
  Experiment: 'experiments',
  Job: 'jobs',
} as const satisfies Partial<Record<NodeKind, keyof Collections>>;

type AnnotatedKind = keyof typeof collectionOf;

/** Tags and notes on what is stored. */
export class AnnotationService {
  constructor(private readonly lab: Lab) {}

  /**
   * Adds tags and a note to anything stored, and takes tags off. What is there already, or gone, stays so.
   * @throws CortigraphError BAD_USER_INPUT, NOT_FOUND
   */
  async annotate(id: string, { tags, note, removeTags }: Remarks): Promise<void> {
    const said: readonly Said[] = [
      ...[...new Set((tags ?? []).map(tagOf))].map((tag) => ({ tag, note: null })),
      ...(note == null ? [] : [{ tag: null, note: noteOf(note) }]),
    ];
    const removed = new Set((removeTags ?? []).map(tagOf));
    if (said.length === 0 && removed.size === 0) throw badUserInput('Give tags, a note, or tags to remove.');
    const contradiction = said.find(({ tag }) => tag !== null && removed.has(tag));
    if (contradiction) throw badUserInput(`The tag ${contradiction.tag} is both to be added and to be removed.`);
    const kind = await this.requireStored(id);
    const { annotations } = this.lab.collections;
    const before = await this.of([id]);
    const known = new Set(before.map(({ _id }) => _id));
    const added = said.filter((each) => !known.has(annotationId(id, each)));
    if (added.length > 0)
      refuseTooMany(id, [...before.filter(({ tag }) => tag === null || !removed.has(tag)), ...added]);
    const documents = added.map((each) => this.document(id, kind, each));
    if (documents.length > 0) await annotations.insertMany(documents, { ordered: false }).catch(duplicateIndexes);
    const ids = [...removed].map((tag) => annotationId(id, { tag, note: null }));
    if (ids.length > 0) await annotations.deleteMany({ _id: { $in: ids } });
  }

  /** The tags and notes of each of these, the oldest first. */
  of(targets: readonly string[]): Promise<readonly AnnotationDocument[]> {
    return this.lab.collections.annotations
      .find({ target: { $in: targets } }, { sort: { target: 1, createdAt: 1, _id: 1 } })
      .toArray();
  }

  /**
   * The ids of the things of a kind that have a tag.
   * @throws CortigraphError BAD_USER_INPUT, TOO_COSTLY when they are more than {@link maxTagged}
   */
  async tagged(kind: NodeKind, given: string): Promise<readonly string[]> {
    const tag = tagOf(given);
    const found = await this.lab.collections.annotations
      .find<Pick<AnnotationDocument, '_id' | 'target'>>(
        { tag, targetKind: kind },
        { limit: maxTagged + 1, projection: { target: 1 } },
      )
      .toArray();
    if (found.length <= maxTagged) return found.map(({ target }) => target);
    throw new CortigraphError('TOO_COSTLY', `More than ${maxTagged} have the tag ${tag}: use tags of fewer.`, {
      limit: { tagged: maxTagged },
    });
  }

  /** @throws CortigraphError NOT_FOUND, BAD_USER_INPUT */
  async get(id: string): Promise<AnnotationDocument> {
    requireId(id, 'Annotation');
    const found = await this.lab.collections.annotations.findOne({ _id: id });
    if (!found) throw notFound(`annotation ${id}`);
    return found;
  }

  private async requireStored(id: string): Promise<AnnotatedKind> {
    const kind = requireId(id, ...annotatedKinds) as AnnotatedKind; // one of those
    const filter = { _id: id };
    const collection: Pick<Lab['collections'][(typeof collectionOf)[AnnotatedKind]], 'countDocuments'> =
      this.lab.collections[collectionOf[kind]];
    if ((await collection.countDocuments(filter)) === 0) throw notFound(`stored ${kind} ${id}`);
    return kind;
  }

  private document(target: string, targetKind: NodeKind, said: Said): AnnotationDocument {
    return {
      _id: annotationId(target, said),
      schemaVersion: documentVersion,
      createdAt: this.lab.clock.now().toISOString(),
      ...this.lab.attribution,
      target,
      targetKind,
      ...said,
    };
  }
}

const annotatedKinds = Object.keys(collectionOf) as AnnotatedKind[];

function refuseTooMany(id: string, all: readonly Said[]): void {
  const tags = all.filter(({ tag }) => tag !== null).length;
  const notes = all.length - tags;
  if (tags <= maxTags && notes <= maxNotes) return;
  throw badUserInput(`${id} would have ${tags} tags and ${notes} notes; ${maxTags} and ${maxNotes} are the most.`, {
    allowed: { tags: maxTags, notes: maxNotes },
  });
}

function tagOf(given: string): string {
  requireText('A tag', given, maxTagLength);
  return given.trim();
}

function noteOf(given: string): string {
  requireText('A note', given, maxNoteLength);
  return given.trim();
}
