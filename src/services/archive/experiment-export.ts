import type { CellRow } from '../../compute/arrow-rows.js';
import { canonicalJson } from '../../domain/canonical-json.js';
import type {
  ExecutionDocument,
  ExperimentDocument,
  ExperimentRowDocument,
  InvalidationDocument,
  ParameterSetDocument,
  RunDocument,
} from '../../domain/documents.js';
import { CortigraphError, notFound } from '../../domain/errors.js';
import { invalidationId } from '../../domain/identity.js';
import type { Json, JsonObject } from '../../domain/json.js';
import { jsonDifferences } from '../../domain/json-differences.js';
import type { ModelDefinition } from '../../domain/model-definition.js';
import { quoted } from '../../domain/nearest.js';
import type { CollectionName } from '../../store/archive-rules.js';
import type { Collections } from '../../store/collections.js';
import { collectionsOf } from '../../store/collections.js';
import type { StoreDatabase, StoreDocument } from '../../store/seam.js';
import type { Experiment } from '../experiment.js';
import { experimentOf } from '../experiment.js';
import type { ArchiveOptions } from './backup.js';
import type { RowDocuments } from './experiment-cells.js';
import { cellsOf, columnsOf, documentsOf } from './experiment-cells.js';
import { writeExperimentFile } from './experiment-file.js';
import type { ExperimentFileHeader } from './experiment-format.js';
import { Places, RunsDigest, format, formatVersion } from './experiment-format.js';

/** Rows that are read and written together. */
const ROWS_A_PAGE = 1024;

/** An experiment that was written to a file. */
export interface WrittenExperiment {
  readonly experiment: ExperimentDocument;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Writes an experiment that is at its end to a new file, one page of rows in memory: of each row what does not follow from
 * the experiment's document. That the rest does is checked row by row.
 * @throws CortigraphError NOT_FOUND, CONFLICT, UNAVAILABLE
 */
export async function exportExperiment(
  database: StoreDatabase,
  models: readonly ModelDefinition[],
  name: string,
  file: string,
  header: ExperimentFileHeader,
  { signal, progress }: ArchiveOptions,
): Promise<WrittenExperiment> {
  const collections = collectionsOf(database);
  const document = await collections.experiments.findOne({ name: name.trim() });
  if (!document) throw notFound(`experiment ${quoted(name)}`);
  const experiment = experimentOf({ models }, document);
  const total = document.size * document.replicates;

  const runs = new RunsDigest();
  const places = new Places(document);
  const invalidations: InvalidationDocument[] = [];
  for await (const page of pagesOfRows(collections, document)) {
    signal?.throwIfAborted();
    for (const row of page) if (places.isNext(row)) runs.add(row.runId);
    const ids = page.flatMap(({ runId }) => (runId === null ? [] : [invalidationId(runId)]));
    invalidations.push(...(await collections.invalidations.find({ _id: { $in: ids } }).toArray()));
    progress?.('rows found', places.count, total);
  }
  if (!places.isWhole()) {
    throw new CortigraphError(
      'CONFLICT',
      `Experiment ${quoted(document.name)} has ${places.count} of ${total} rows: it can be written to a file when it is at its end.`,
    );
  }

  const metadata = new Map(
    Object.entries({
      format,
      formatVersion: String(formatVersion),
      ...header,
      schemaVersion: String(header.schemaVersion),
      experiment: canonicalJson(document as unknown as Json), // documents are JSON
      invalidations: canonicalJson(invalidations as unknown as Json),
      runs: runs.digest(),
    }),
  );
  let rows = 0;
  const pages = async function* (): AsyncGenerator<readonly CellRow[]> {
    for await (const page of pagesOfRows(collections, document)) {
      signal?.throwIfAborted();
      yield (await storedOf(database, page)).map((stored) => checkedCells(experiment, document, stored));
      rows += page.length;
      progress?.('rows written', rows, total);
    }
  };
  const bytes = await writeExperimentFile(file, columnsOf(experiment.model), metadata, pages());
  return { experiment: document, rows, bytes };
}

async function* pagesOfRows(
  { experimentRows }: Pick<Collections, 'experimentRows'>,
  { _id: experimentId, size, replicates }: ExperimentDocument,
): AsyncGenerator<readonly ExperimentRowDocument[]> {
  const step = Math.max(Math.floor(ROWS_A_PAGE / replicates), 1);
  for (let first = 0; first < size; first += step) {
    const filter = { experimentId, point: { $gte: first, $lt: Math.min(first + step, size) } };
    const page = await experimentRows.find(filter, { sort: { point: 1, replicate: 1 } }).toArray();
    if (page.length > 0) yield page;
  }
}

/** All that is stored of some rows. */
async function storedOf(
  database: StoreDatabase,
  rows: readonly ExperimentRowDocument[],
): Promise<readonly RowDocuments[]> {
  const setIds = rows.map(({ parameterSetId }) => parameterSetId);
  const sets = await byId<ParameterSetDocument>(database, 'parameterSets', setIds);
  const runs = await byId<RunDocument>(database, 'runs', rows.flatMap(({ runId }) => runId ?? [])); // prettier-ignore
  const executionIds = [...runs.values()].map(({ executionId }) => executionId);
  const executions = await byId<ExecutionDocument>(database, 'executions', executionIds);
  return rows.map((row) => {
    const run = row.runId === null ? null : required(runs, row.runId);
    return {
      parameterSet: required(sets, row.parameterSetId),
      execution: run && required(executions, run.executionId),
      run,
      row,
    };
  });
}

async function byId<T extends StoreDocument>(
  database: StoreDatabase,
  name: CollectionName,
  ids: readonly string[],
): Promise<ReadonlyMap<string, T>> {
  const filter = { _id: { $in: [...new Set(ids)] } };
  const found = await database.collection<StoreDocument>(name).find<T>(filter).toArray();
  return new Map(found.map((each) => [each._id, each]));
}

function required<T>(found: ReadonlyMap<string, T>, id: string): T {
  const document = found.get(id);
  if (document === undefined) throw new CortigraphError('CONFLICT', `${id}, which the experiment refers to, is not stored.`); // prettier-ignore
  return document;
}

/** The cells of a row, once they are known to give all that is stored of it. */
function checkedCells(experiment: Experiment, { name }: ExperimentDocument, stored: RowDocuments): CellRow {
  const cells = cellsOf(experiment, stored);
  const [difference] = jsonDifferences(comparable(stored), comparable(documentsOf(experiment, cells)), 1);
  if (difference === undefined) return cells;
  throw new CortigraphError(
    'CONFLICT',
    `Of ${stored.row._id}, ${difference.path} is not what follows from ${quoted(name)}: take a backup instead.`,
    { row: stored.row._id, path: difference.path },
  );
}

/** Without the figures of the row: they are of the estimator of whoever reads the sums. */
const comparable = ({ row: { outputs: _, ...row }, ...others }: RowDocuments): JsonObject =>
  ({ ...others, row }) as unknown as JsonObject; // documents are JSON
