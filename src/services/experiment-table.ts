import type { ExperimentDocument, JobDocument } from '../domain/documents.js';
import { badUserInput } from '../domain/errors.js';
import type { ModelDefinition } from '../domain/model-definition.js';
import { nearestName, didYouMean, quoted } from '../domain/nearest.js';
import { outcomeInWords } from '../domain/outcome-counts.js';
import type { Column, Table } from '../domain/table.js';
import { numberColumn, stringColumn } from '../domain/table.js';
import { designOf } from './experiment.js';
import type { PointResult } from './experiment-point.js';

/** What a column of numbers must lie in, both ends included. */
export interface ColumnRange {
  readonly column: string;
  readonly min?: number | null;
  readonly max?: number | null;
}

/** The inputs that an experiment moves: in the order of its ranges, or, for a list, of the model. */
export function varyingInputs({ inputs }: ModelDefinition, experiment: ExperimentDocument): readonly string[] {
  const { space, design } = designOf(experiment);
  if (design.kind !== 'LIST') return space.ranges.flatMap(({ names }) => names);
  const named = new Set(design.points.flatMap((point) => Object.keys(point)));
  return inputs.map(({ name }) => name).filter((name) => named.has(name));
}

/**
 * The table of some points, one row a point.
 * @param job the latest of the experiment; it says why rows are missing
 * @param where only rows whose columns lie in these ranges; a number that is missing lies in none
 */
export function experimentTable(
  { inputs, outputs, name: model }: ModelDefinition,
  varying: readonly string[],
  all: readonly PointResult[],
  job: JobDocument | null,
  where: readonly ColumnRange[],
): Table {
  const numbersOf = new Map<string, { readonly unit: string | null; readonly of: (point: PointResult) => number | null | undefined }>(); // prettier-ignore
  numbersOf.set('point', { unit: null, of: ({ point }) => point });
  for (const name of varying) {
    const unit = inputs.find((input) => input.name === name)?.unit ?? null;
    numbersOf.set(name, { unit, of: ({ values }) => values[name] });
  }
  for (const { name, unit } of outputs) {
    const estimateOf = ({ estimates }: PointResult) => estimates.find((estimate) => estimate.name === name);
    numbersOf.set(name, { unit, of: (point) => estimateOf(point)?.value });
    numbersOf.set(`${name}.standardError`, { unit, of: (point) => estimateOf(point)?.standardError });
    numbersOf.set(`${name}.standardDeviation`, { unit, of: (point) => estimateOf(point)?.standardDeviation });
  }
  numbersOf.set('n', { unit: null, of: ({ outcomes }) => outcomes.reduce((sum, { count }) => sum + count, 0) });
  numbersOf.set('invalid', { unit: null, of: ({ invalid }) => invalid });
  for (const { column, min, max } of where) {
    if ((min ?? -Infinity) > (max ?? Infinity))
      throw badUserInput(`The range of ${quoted(column)} ends at ${max}, below where it begins: ${min}.`, { column });
    if (numbersOf.has(column)) continue;
    const allowed = [...numbersOf.keys()];
    const nearest = nearestName(column, allowed);
    throw badUserInput(`A table of this experiment of ${model} has no column of numbers ${quoted(column)}.${didYouMean(nearest)}`, { allowed }); // prettier-ignore
  }
  const points = all.filter((point) =>
    where.every(({ column, min, max }) => {
      const value = numbersOf.get(column)?.of(point) ?? NaN;
      return value >= (min ?? -Infinity) && value <= (max ?? Infinity);
    }),
  );
  const strings = (name: string, of: (point: PointResult) => string | null): Column => stringColumn(name, points, of);
  return {
    rowCount: points.length,
    columns: [
      ...[...numbersOf].map(([name, { unit, of }]) => numberColumn(name, unit, points, of)),
      strings('outcome', ({ outcomes }) => outcomeInWords(outcomes)),
      strings('status', (point) => statusOf(point, job)),
      strings('error', ({ rows }) => rows.find(({ error }) => error !== null)?.error?.message ?? null),
      strings('parameterSet', ({ parameterSetId }) => parameterSetId),
    ],
  };
}

/** READY when all its rows have runs, the code of an error where one has not, else how its job stands. */
export function statusOf(
  { rows, replicates }: Pick<PointResult, 'rows' | 'replicates'>,
  job: JobDocument | null,
): string {
  const failed = rows.find(({ error }) => error !== null)?.error;
  if (failed) return failed.code;
  if (rows.length === replicates) return 'READY';
  return job?.active === false ? job.status : 'PENDING';
}
