import type { CellRow } from '../../compute/arrow-rows.js';
import { canonicalJson } from '../../domain/canonical-json.js';
import type { ChunkDocument, ExperimentDocument, InvalidationDocument } from '../../domain/documents.js';
import { CortigraphError } from '../../domain/errors.js';
import type { Json } from '../../domain/json.js';
import type { ModelDefinition } from '../../domain/model-definition.js';
import { quoted } from '../../domain/nearest.js';
import { outcomeCounts } from '../../domain/outcome-counts.js';
import type { CollectionName } from '../../store/archive-rules.js';
import { collectionsOf } from '../../store/collections.js';
import type { StoreDatabase, StoreDocument } from '../../store/seam.js';
import { chunksOf } from '../chunks.js';
import type { Experiment } from '../experiment.js';
import { designOf, experimentOf, identityOfPlan } from '../experiment.js';
import type { ArchiveOptions } from './backup.js';
import type { RowDocuments } from './experiment-cells.js';
import { documentsOf } from './experiment-cells.js';
import { damagedFile, readExperimentFile, requireWhole } from './experiment-file.js';
import type { ExperimentFileHeader } from './experiment-format.js';
import { Places, RunsDigest, format, formatVersion } from './experiment-format.js';
import type { Inserted } from './restore.js';
import { insertMissing } from './restore.js';

/** A file with an experiment whose every byte and every key was checked. */
export class ReadableExperiment {
  private constructor(
    private readonly file: string,
    readonly header: ExperimentFileHeader,
    private readonly document: ExperimentDocument,
    private readonly experiment: Experiment,
    private readonly invalidations: readonly InvalidationDocument[],
    private readonly chunks: readonly ChunkDocument[],
  ) {}

  /**
   * Reads a file to its end, computes all keys again and holds them against those of whoever wrote it.
   * @throws CortigraphError BAD_USER_INPUT when it is damaged or contradicts itself, UNAVAILABLE when newer software
   * wrote it
   */
  static async open(
    models: readonly ModelDefinition[],
    file: string,
    { signal, progress }: ArchiveOptions,
  ): Promise<ReadableExperiment> {
    await requireWhole(file);
    const { metadata, pages } = await readExperimentFile(file).catch((error: unknown) => {
      throw damagedFile(file, 'it holds no rows', error);
    });
    requireFormat(file, metadata);
    const said = (name: string): string => {
      const text = metadata.get(name);
      if (text === undefined) throw damagedFile(file, `it does not say its ${name}`);
      return text;
    };
    const document = JSON.parse(said('experiment')) as ExperimentDocument; // the seal says that exportExperiment wrote it
    const experiment = experimentOf({ models }, document);
    requireIdentity(file, document);
    const runs = new RunsDigest();
    const places = new Places(document);
    const outcomes: (string | null)[] = [];
    for await (const page of pages) {
      signal?.throwIfAborted();
      for (const cells of page) {
        const { row } = readRow(file, experiment, cells);
        if (!places.isNext(row)) throw damagedFile(file, 'its rows are not those of its design');
        runs.add(row.runId);
        outcomes.push(row.outcome);
      }
      progress?.('rows checked', places.count, document.size * document.replicates);
    }
    if (!places.isWhole()) throw damagedFile(file, 'rows of its design are missing');
    if (runs.digest() !== said('runs')) {
      throw damagedFile(file, 'its runs have other keys here than where they were made, so its points, seeds or model are others'); // prettier-ignore
    }
    const { softwareVersion, createdAt } = { softwareVersion: said('softwareVersion'), createdAt: said('createdAt') };
    const header = { schemaVersion: Number(said('schemaVersion')), softwareVersion, createdAt };
    const invalidations = JSON.parse(said('invalidations')) as readonly InvalidationDocument[]; // as above
    return new ReadableExperiment(file, header, document, experiment, invalidations, [
      ...endedChunks(document, outcomes),
    ]);
  }

  /**
   * Inserts into a store what it lacks, each document behind those that it refers to, but invalidations before all, and
   * chunks, which count rows, behind those. What is there stays as it is.
   * @throws CortigraphError CONFLICT where another experiment has the name, or this one grew in other steps
   */
  async insertInto(database: StoreDatabase, { signal, progress }: ArchiveOptions): Promise<Inserted> {
    const { document } = this;
    await this.requirePlace(database);
    let [documents, present] = [0, 0];
    const insert = async (name: CollectionName, all: readonly StoreDocument[]): Promise<void> => {
      const page = [...new Map(all.map((each) => [each._id, each])).values()]; // rows may share a set, or a run
      if (page.length === 0) return;
      present += await insertMissing(database.collection<StoreDocument>(name), name, page);
      documents += page.length;
    };
    await insert('invalidations', this.invalidations);
    await insert('experiments', [document]);
    let done = 0;
    for await (const cells of (await readExperimentFile(this.file)).pages) {
      signal?.throwIfAborted();
      const page = cells.map((each) => readRow(this.file, this.experiment, each));
      await insert('parameterSets', page.map(({ parameterSet }) => parameterSet)); // prettier-ignore
      await insert('executions', page.flatMap(({ execution }) => execution ?? [])); // prettier-ignore
      await insert('runs', page.flatMap(({ run }) => run ?? [])); // prettier-ignore
      await insert('experimentRows', page.map(({ row }) => row)); // prettier-ignore
      done += page.length;
      progress?.('rows inserted', done, document.size * document.replicates);
    }
    await insert('chunks', this.chunks);
    return { documents, present };
  }

  /** The chunks of one experiment must follow from the same steps, or its rows would be counted twice. */
  private async requirePlace(database: StoreDatabase): Promise<void> {
    const { experiments } = collectionsOf(database);
    const { _id, name, extents } = this.document;
    const other = await experiments.findOne({ name });
    if (other && other._id !== _id) {
      throw new CortigraphError('CONFLICT', `There is another experiment ${quoted(name)} in this store.`, { experiment: other._id }); // prettier-ignore
    }
    const stored = await experiments.findOne({ _id });
    const begins = stored && canonicalJson(stored.extents.slice(0, extents.length) as unknown as Json);
    if (begins === null || begins === canonicalJson(extents as unknown as Json)) return;
    throw new CortigraphError('CONFLICT', `Experiment ${quoted(name)} is smaller in this store, or grew in other steps: load the file into another store.`, { experiment: _id }); // prettier-ignore
  }
}

function readRow(file: string, experiment: Experiment, cells: CellRow): RowDocuments {
  try {
    return documentsOf(experiment, cells);
  } catch (error) {
    if (error instanceof CortigraphError) throw error;
    throw damagedFile(file, 'a row of it makes no sense', error);
  }
}

function requireFormat(file: string, metadata: ReadonlyMap<string, string>): void {
  if (metadata.get('format') !== format) throw damagedFile(file, 'it holds other rows');
  const version = Number(metadata.get('formatVersion'));
  if (version <= formatVersion) return;
  throw new CortigraphError('UNAVAILABLE', `A newer Cortigraph wrote ${file}: update Cortigraph.`, {
    formatVersion: version,
    known: formatVersion,
  });
}

/** The document must be what its id was made of: the request as it was at first. */
function requireIdentity(file: string, document: ExperimentDocument): void {
  const { _id, digest, preimage, name, model, protocol, commonRandomNumbers, extents } = document;
  const { space, design } = designOf(document);
  const [first = document] = extents;
  const atFirst =
    design.kind === 'SOBOL'
      ? { ...design, size: first.size }
      : design.kind === 'LIST'
        ? { ...design, points: design.points.slice(0, first.size) }
        : design;
  const { replicates } = first;
  const identity = identityOfPlan({ name, model, space, design: atFirst, protocol, replicates, commonRandomNumbers });
  if (identity.id === _id && identity.digest === digest && identity.preimage === preimage) return;
  throw damagedFile(file, 'its experiment is not the one of its id');
}

/**
 * The chunks of an experiment whose rows are all stored.
 * @param outcomes of all rows, by point, then by replicate; null where one failed
 */
function* endedChunks(
  { _id, createdAt, replicates, extents }: ExperimentDocument,
  outcomes: readonly (string | null)[],
): Generator<ChunkDocument, void, undefined> {
  for (const chunk of chunksOf(_id, createdAt, extents)) {
    const ended: string[] = [];
    for (let point = chunk.firstPoint; point < chunk.firstPoint + chunk.points; point += 1) {
      for (let k = chunk.firstReplicate; k < chunk.firstReplicate + chunk.replicates; k += 1) {
        const outcome = outcomes[point * replicates + k];
        if (typeof outcome === 'string') ended.push(outcome);
      }
    }
    const failed = chunk.points * chunk.replicates - ended.length;
    yield { ...chunk, state: 'DONE', attempt: 1, done: ended.length, failed, outcomes: outcomeCounts(ended) };
  }
}
