import type { ExperimentDocument } from '../domain/documents.js';
import type { ModelDefinition } from '../domain/model-definition.js';
import type { Table } from '../domain/table.js';
import type { ColumnRange } from '../services/experiment-table.js';
import type { Services } from '../services/services.js';
import { exitCodes } from './exit.js';
import { experimentOf, standingLine } from './experiment-command.js';
import { commonDecimals, shownError, shownValue } from './figures.js';
import type { Report } from './report.js';
import type { Output } from './shell.js';
import type { TableRow } from './table-rows.js';
import { csvHead, csvRows, rowsOf } from './table-rows.js';
import type { Side } from './text-table.js';
import { alignedTable } from './text-table.js';

/** The results that a command line asks for. */
export interface ResultArguments {
  readonly name: string;
  readonly from: number;
  /** How many points are looked at; all where it is not given. */
  readonly points?: number;
  readonly where: readonly ColumnRange[];
  readonly csv: boolean;
  /** How many rows are printed at most. */
  readonly rows: number;
}

/** How many points are read, and of CSV held, at once. */
const POINTS_A_PART = 1000;

/** `experiment results`: its points as a table. CSV is written as it is read. */
export async function experimentResults(services: Services, output: Output, given: ResultArguments): Promise<Report> {
  const experiment = await experimentOf(services, given.name);
  if (given.csv) return { json: null, text: '', exitCode: await writeCsv(services, output, experiment, given) };
  const model = await services.models.get(experiment.model);
  const rows: TableRow[] = [];
  let columns: Table['columns'] = [];
  for await (const table of partsOf(services, experiment, given)) {
    columns = table.columns;
    rows.push(...rowsOf(table));
    if (rows.length > given.rows) break; // one more than is printed: there is more
  }
  const shown = rows.slice(0, given.rows);
  const next = numberIn(rows[given.rows], 'point');
  const head = await standingLine(services, experiment);
  const more = next === null ? '' : `\nThe next rows: --from ${next}\n`;
  return {
    json: {
      ...{ id: experiment._id, name: experiment.name, model: model.name, size: experiment.size },
      columns: columns.map(({ name, unit }) => ({ name, unit })),
      rows: shown,
    },
    text: `${head}${shown.length === 0 ? '\nNo points.\n' : tableText(model, columns, shown)}${more}`,
    exitCode: shown.every(isReady) ? exitCodes.done : exitCodes.incomplete,
  };
}

/** The table of what is asked for, a part after the other; one at least, which may be empty. */
async function* partsOf(
  { experimentResults: results }: Services,
  experiment: ExperimentDocument,
  { from, points = Infinity, where }: ResultArguments,
): AsyncGenerator<Table> {
  const end = Math.min(experiment.size, from + points);
  let at = from;
  do {
    yield await results.table(experiment, at, Math.max(Math.min(POINTS_A_PART, end - at), 1), where);
    at += POINTS_A_PART;
  } while (at < end);
}

/** Writes each part before the next is read, until whoever reads has enough; gives the exit code. */
async function writeCsv(
  services: Services,
  output: Output,
  experiment: ExperimentDocument,
  given: ResultArguments,
): Promise<number> {
  let isFirst = true;
  let isWhole = true;
  for await (const table of partsOf(services, experiment, given)) {
    const text = `${isFirst ? csvHead(table) : ''}${csvRows(table)}`;
    isFirst = false;
    isWhole &&= rowsOf(table).every(isReady);
    if (!(await isWritten(output, text))) break;
  }
  return isWhole ? exitCodes.done : exitCodes.incomplete;
}

const isWritten = (output: Output, text: string): Promise<boolean> =>
  new Promise((resolve) => output.write(text, (error) => resolve(error == null)));

const isReady = (row: TableRow): boolean => row['status'] === 'READY';

function numberIn(row: TableRow | undefined, column: string): number | null {
  const value = row?.[column];
  return typeof value === 'number' ? value : null;
}

/** Columns that say the same of many rows: they are told once where they are the same in all. */
const sayings = ['n', 'invalid', 'outcome', 'status'];

function tableText(model: ModelDefinition, columns: Table['columns'], rows: readonly TableRow[]): string {
  const moved = columns.flatMap(({ name }) => model.inputs.find((input) => input.name === name) ?? []);
  const outputs = model.outputs.map((output) => ({
    ...output,
    error: `${output.name}.standardError`,
    decimals: commonDecimals(rows.map((row) => numberIn(row, `${output.name}.standardError`))),
  }));
  const textIn = (row: TableRow, column: string): string => String(row[column] ?? '–');
  const isSame = (column: string): boolean => rows.every((row) => row[column] === rows[0]?.[column]);
  // Where nothing is invalid, nobody needs to be told.
  const said = sayings.filter((column) => column !== 'invalid' || rows.some((row) => row[column] !== 0));
  const told = said.filter((column) => !isSame(column));
  const same = said
    .filter(isSame)
    .map((column) => `${column} ${rows.map((row) => textIn(row, column))[0] ?? '–'}`)
    .join(', ');
  const cells = rows.map((row) => [
    textIn(row, 'point'),
    ...moved.map(({ name }) => shown(row, name)),
    ...outputs.flatMap(({ name, error, decimals }) => {
      const value = numberIn(row, name);
      if (value === null) return ['–', ''];
      return [shownValue(value, decimals), `± ${shownError(numberIn(row, error), decimals)}`];
    }),
    ...told.map((column) => textIn(row, column)),
  ]);
  const head = [
    'point',
    ...moved.map(({ name, unit }) => `${name} (${unit})`),
    ...outputs.flatMap(({ name, unit }) => [`${name} (${unit})`, '± SE']),
    ...told,
  ];
  const sides: readonly Side[] = [
    'right',
    ...moved.map(() => 'right' as const),
    ...outputs.flatMap(() => ['right', 'left'] as const),
    ...told.map((column) => (column === 'n' || column === 'invalid' ? ('right' as const) : ('left' as const))),
  ];
  const errors = [...new Set(rows.flatMap(({ error }) => (typeof error === 'string' ? [`${error}\n`] : [])))];
  return [
    same === '' ? '' : `the same in all these rows: ${same}\n`,
    `\n${alignedTable(head, cells, sides)}`,
    errors.length === 0 ? '' : `\n${errors.join('')}`,
  ].join('');
}

function shown(row: TableRow, column: string): string {
  const value = numberIn(row, column);
  return value === null ? '–' : shownValue(value);
}
