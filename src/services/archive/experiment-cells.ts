import type { Cell, CellColumns, CellRow } from '../../compute/arrow-rows.js';
import type {
  Attribution,
  ExecutionDocument,
  ExperimentRowDocument,
  ParameterSetDocument,
  RowError,
  RunDocument,
} from '../../domain/documents.js';
import { documentVersion } from '../../domain/documents.js';
import { runIdentity } from '../../domain/identity.js';
import type { ModelDefinition } from '../../domain/model-definition.js';
import type { RawSums } from '../../domain/raw-sums.js';
import type { Experiment } from '../experiment.js';
import { failedRow, rowOfRun } from '../experiment-row.js';
import { parameterSetDocument } from '../parameter-set-service.js';
import { runDocument } from '../run-ledger.js';

/*
 * A row of an experiment as cells: what cannot be computed of the experiment's document. Values, seeds, keys, ids and
 * figures are computed again of these, by the functions that made them.
 */

/** All that is stored of one row: its run and what made it are null where it failed. */
export interface RowDocuments {
  readonly parameterSet: ParameterSetDocument;
  readonly execution: ExecutionDocument | null;
  readonly run: RunDocument | null;
  readonly row: ExperimentRowDocument;
}

const attributed = ['agent', 'host', 'softwareVersion', 'nodeVersion', 'project', 'createdBy'] as const satisfies readonly (keyof Attribution)[]; // prettier-ignore

const sumsOf = (output: string): string => `sums.${output}`;

/** The columns of an experiment of a model: of outputs that count the counts, of others the very doubles. */
export function columnsOf({ outputs }: ModelDefinition): CellColumns {
  return {
    point: 'count',
    replicate: 'count',
    outcome: 'text',
    batchMs: 'number',
    ...Object.fromEntries(
      outputs.map(({ name, sum }) => [sumsOf(name), sum.kind === 'rate' ? 'counts' : 'numbers'] as const),
    ),
    noiseSeed: 'count', // where it is another than is derived
    execution: 'text',
    attempt: 'count',
    startedAt: 'time',
    finishedAt: 'time',
    kernelDigest: 'text',
    ...Object.fromEntries(attributed.map((name) => [name, 'text'] as const)),
    errorCode: 'text',
    errorStep: 'text',
    error: 'text',
    rowCreatedAt: 'time',
    parameterSetCreatedAt: 'time',
  };
}

/** The cells of a row. */
export function cellsOf(experiment: Experiment, { parameterSet, execution, run, row }: RowDocuments): CellRow {
  const seed = run?.protocol.noiseSeed ?? null;
  const derived = protocolOf(experiment, parameterSet.values, row.replicate).noiseSeed;
  return {
    point: row.point,
    replicate: row.replicate,
    parameterSetCreatedAt: Date.parse(parameterSet.createdAt),
    rowCreatedAt: Date.parse(row.createdAt),
    ...(run && {
      outcome: run.outcome,
      batchMs: run.sums.batchMs,
      ...Object.fromEntries(Object.entries(run.sums.outputs).map(([output, sums]) => [sumsOf(output), sums])),
      noiseSeed: seed === derived ? null : seed,
    }),
    ...(execution && {
      execution: execution._id,
      attempt: execution.attempt,
      startedAt: Date.parse(execution.startedAt),
      finishedAt: Date.parse(execution.finishedAt),
      kernelDigest: execution.kernelDigest,
      ...Object.fromEntries(attributed.map((name) => [name, execution[name]])),
    }),
    ...(row.error && { errorCode: row.error.code, errorStep: row.error.step, error: row.error.message }),
  };
}

/**
 * The documents of a row's cells.
 * @throws TypeError where they are not such cells
 */
export function documentsOf(experiment: Experiment, cells: CellRow): RowDocuments {
  const { model, numericsDigest } = experiment;
  const [point, replicate] = [numberIn(cells, 'point'), numberIn(cells, 'replicate')];
  const values = experiment.valuesAt(point);
  const parameterSet = parameterSetDocument(model.name, values, timeIn(cells, 'parameterSetCreatedAt'));
  const parameterSetId = parameterSet._id;
  const place = { point, replicate, parameterSetId, createdAt: timeIn(cells, 'rowCreatedAt') };
  if (cells['outcome'] == null) {
    return { parameterSet, execution: null, run: null, row: failedRow(experiment.id, place, errorIn(cells)) };
  }
  const protocol = protocolOf(experiment, values, replicate);
  const noiseSeed = cells['noiseSeed'] == null ? protocol.noiseSeed : numberIn(cells, 'noiseSeed');
  const wanted = { model: model.name, numericsDigest, values, parameterSetId, protocol: { ...protocol, noiseSeed } };
  const identity = runIdentity(wanted);
  const execution = executionIn(cells, { runId: identity.id, parameterSetId, model: model.name, numericsDigest });
  const figures = { outcome: textIn(cells, 'outcome'), sums: sumsIn(model, cells) };
  const run = runDocument(identity, wanted, figures, execution);
  return { parameterSet, execution, run, row: rowOfRun(experiment, place, run) };
}

/** What a replicate is run by while nothing is invalid. */
function protocolOf(experiment: Experiment, values: ParameterSetDocument['values'], replicate: number) {
  const [protocol = experiment.protocol] = experiment.protocolsOf(values, replicate, 1, new Set());
  return protocol;
}

function executionIn(
  cells: CellRow,
  of: Pick<ExecutionDocument, 'runId' | 'parameterSetId' | 'model' | 'numericsDigest'>,
): ExecutionDocument {
  const finishedAt = timeIn(cells, 'finishedAt');
  const attribution = Object.fromEntries(attributed.map((name) => [name, textIn(cells, name)])) as unknown as Attribution; // prettier-ignore
  return {
    _id: textIn(cells, 'execution'),
    schemaVersion: documentVersion,
    createdAt: finishedAt,
    ...attribution,
    ...of,
    attempt: numberIn(cells, 'attempt'),
    startedAt: timeIn(cells, 'startedAt'),
    finishedAt,
    kernelDigest: cells['kernelDigest'] == null ? null : textIn(cells, 'kernelDigest'),
    error: null,
  };
}

function sumsIn({ outputs }: ModelDefinition, cells: CellRow): RawSums {
  return {
    batchMs: cells['batchMs'] == null ? null : numberIn(cells, 'batchMs'),
    outputs: Object.fromEntries(outputs.map(({ name }) => [name, listIn(cells, sumsOf(name))])),
  };
}

function errorIn(cells: CellRow): RowError {
  const step = textIn(cells, 'errorStep');
  if (step !== 'simulate') throw otherCell('errorStep', step);
  return { code: textIn(cells, 'errorCode'), step, message: textIn(cells, 'error') };
}

function numberIn(cells: CellRow, name: string): number {
  const cell = cells[name];
  if (typeof cell !== 'number') throw otherCell(name, cell);
  return cell;
}

const timeIn = (cells: CellRow, name: string): string => new Date(numberIn(cells, name)).toISOString();

function textIn(cells: CellRow, name: string): string {
  const cell = cells[name];
  if (typeof cell !== 'string') throw otherCell(name, cell);
  return cell;
}

function listIn(cells: CellRow, name: string): readonly number[] {
  const cell = cells[name];
  if (typeof cell !== 'object' || cell === null) throw otherCell(name, cell);
  return cell;
}

const otherCell = (name: string, cell: Cell | undefined): TypeError =>
  new TypeError(`no row has ${JSON.stringify(cell)} as its ${name}`);
