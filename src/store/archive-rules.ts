import type { BlobReference, ChunkDocument, JobDocument, RecordingDocument } from '../domain/documents.js';
import type { Collections } from './collections.js';
import type { StoreCollection, StoreDocument } from './seam.js';

/** What a backup does with the documents of one collection. */
export interface ArchiveRule<T extends StoreDocument = StoreDocument> {
  /**
   * `content` is the same wherever it was made, so it can also be loaded into a store that has its own; `work` is that of
   * one store and comes only with the whole of it.
   */
  readonly part: 'content' | 'work';
  /** Whether it comes back before all else: what is invalid must at no moment, and after no crash, pass for valid. */
  readonly insertedFirst?: true;
  /** The blobs that a document refers to. */
  blobsOf?(this: void, document: T): readonly BlobReference[];
  /** A document as it is to be when it comes back; without this, as it is. */
  archived?(this: void, document: T): T;
}

type DocumentOf<C> = C extends StoreCollection<infer T> ? T : never;

const content = { part: 'content' } as const;

/**
 * Every collection, in the order in which a backup reads them: each **before** those that its documents refer to, blobs
 * behind all of them. What a document refers to was stored before it and is never removed, so a backup of a store that
 * is written to meanwhile holds it. A restore inserts in the reverse order, invalidations first. Null is not archived.
 */
export const archiveRules: { readonly [K in keyof Collections]: ArchiveRule<DocumentOf<Collections[K]>> | null } = {
  // Claims say which process is at work: none that a restored store knows.
  claims: null,
  annotations: content,
  invalidations: { part: 'content', insertedFirst: true },
  jobs: { part: 'work', archived: givenBack },
  verifications: content,
  sweeps: content,
  // A chunk that has ended has all its rows, and a row its run.
  chunks: { part: 'content', archived: waiting },
  experimentRows: content,
  experiments: content,
  responses: content,
  recordings: { part: 'content', blobsOf: ({ blob }: RecordingDocument) => [blob] },
  runs: content,
  executions: content,
  parameterSets: content,
};

/** The name of a collection. */
export type CollectionName = keyof Collections;

/** The collections that are archived with what is done with each, in the order of {@link archiveRules}. */
export const archivedCollections: readonly (readonly [CollectionName, ArchiveRule])[] = (
  Object.entries(archiveRules) as [CollectionName, ArchiveRule | null][]
).flatMap(([name, rule]) => (rule === null ? [] : [[name, rule] as const]));

/** A chunk under way as its holder would give it back. */
function waiting(chunk: ChunkDocument): ChunkDocument {
  return chunk.state === 'RUNNING' ? { ...chunk, state: 'WAITING', holder: null } : chunk;
}

/** Work under way as its holder would give it back, so that a restored store takes it up at once. */
function givenBack(job: JobDocument): JobDocument {
  if (!job.active) return job;
  const status = job.status === 'RUNNING' ? 'QUEUED' : job.status;
  return { ...job, status, holder: null, progress: { ...job.progress, running: 0 } };
}
