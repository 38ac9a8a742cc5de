import type { Table } from '../domain/table.js';
import type { Services } from '../services/services.js';
import type { SweepRequest } from '../services/sweep.js';
import { writeDrawing } from './drawing-file.js';
import { exitCodes } from './exit.js';
import { commonDecimals, shownError, shownValue } from './figures.js';
import type { Asked } from './progress-line.js';
import type { Report } from './report.js';
import type { SweepOutput, SweepPoint } from './sweep-points.js';
import { outputsOf, pointsOf } from './sweep-points.js';
import { csvText, rowsOf } from './table-rows.js';
import type { Side } from './text-table.js';
import { alignedTable } from './text-table.js';

/** A sweep, as a command line asks for it. */
export interface SweepArguments extends SweepRequest {
  readonly csv: boolean;
  readonly plot?: string;
}

/** `sweep`: how a model responds along a line or over a grid. */
export async function sweep(services: Services, asked: Asked, given: SweepArguments): Promise<Report> {
  const answer = await services.sweeps.ask(given, asked);
  const model = await services.models.get(given.base.model);
  const outputs = outputsOf(model, answer.table);
  const moved = given.axes.flatMap(({ name, together }) => [name, ...(together ?? [])]);
  const points = pointsOf(answer.table, moved, outputs);
  if (given.plot !== undefined) {
    const { drawSweep, withUnit } = await import('./plot/sweep-plot.js');
    const unitOf = (name: string): string => model.inputs.find((input) => input.name === name)?.unit ?? '1';
    const axes = given.axes.map(({ name, together }) => ({
      at: moved.indexOf(name),
      label: withUnit([name, ...(together ?? [])].join(' = '), unitOf(name)),
    }));
    await writeDrawing(given.plot, drawSweep({ title: `${answer.id}: ${model.name}`, axes, outputs, points }));
  }
  const missing = points.filter(({ status }) => status !== 'READY');
  const { id, status, cached, reason, computedRuns, reusedRuns } = answer;
  const plot = given.plot ?? null;
  return {
    json: {
      ...{ id, status, model: model.name, cached, reason, computedRuns, reusedRuns, plot },
      columns: answer.table.columns.map(({ name, unit }) => ({ name, unit })),
      rows: rowsOf(answer.table),
    },
    text: given.csv ? csvText(answer.table) : textOf(answer.table, moved, outputs, points, `${id}  ${reason}`, plot),
    exitCode: missing.length > 0 ? exitCodes.incomplete : exitCodes.done,
  };
}

function textOf(
  { columns }: Table,
  moved: readonly string[],
  outputs: readonly SweepOutput[],
  points: readonly SweepPoint[],
  head: string,
  plot: string | null,
): string {
  const unitOf = (name: string): string => columns.find((column) => column.name === name)?.unit ?? '1';
  const decimals = outputs.map((_, i) =>
    commonDecimals(points.map(({ figures }) => figures[i]?.standardError ?? null)),
  );
  const rows = points.map(({ values, figures, n, outcome, status }) => [
    ...values.map((value) => shownValue(value)),
    ...outputs.flatMap((_, i) => {
      const figure = figures[i];
      if (!figure) return ['–', ''];
      return [shownValue(figure.value, decimals[i]), `± ${shownError(figure.standardError, decimals[i])}`];
    }),
    String(n),
    outcome ?? '–',
    status,
  ]);
  const names = [
    ...moved.map((name) => `${name} (${unitOf(name)})`),
    ...outputs.flatMap(({ name, unit }) => [`${name} (${unit})`, '± SE']),
    ...['n', 'outcome', 'status'],
  ];
  const sides: readonly Side[] = [
    ...moved.map(() => 'right' as const),
    ...outputs.flatMap(() => ['right', 'left'] as const),
    'right',
  ];
  const errors = [...new Set(points.flatMap(({ status, error }) => (error === null ? [] : [`${status}: ${error}\n`])))];
  const drawn = plot === null ? '' : `\ndrawn to ${plot}\n`;
  const told = errors.length > 0 ? `\n${errors.join('')}` : '';
  return `${head}\n\n${alignedTable(names, rows, sides)}${told}${drawn}`;
}
