import type { Estimate } from '../../../domain/estimate.js';
import type { Column } from '../../../domain/table.js';
import type { Population } from './recorder.js';
import type { CircuitConstants } from '../constants.js';
import { cellsOf } from './recorder.js';

/** A figure; what is not given cannot be told. */
export const figure = (given: Pick<Estimate, 'name' | 'unit' | 'value'> & Partial<Estimate>): Estimate => ({
  standardError: null,
  degreesOfFreedom: null,
  least: 0,
  n: 1,
  standardDeviation: null,
  fanoFactor: null,
  ...given,
});

/** A standard error with its degrees of freedom: of 0 nothing is told, for that would say that the figure is exact. */
export const error = (
  standardError: number,
  degreesOfFreedom: number,
): Pick<Estimate, 'standardError' | 'degreesOfFreedom'> =>
  standardError > 0 ? { standardError, degreesOfFreedom } : { standardError: null, degreesOfFreedom: null };

/**
 * The mean over cells, with their SD s and the standard error s/√n, which is at least `leastError`; of no cell, nothing.
 *
 * The error is how far the mean would differ had the same number of cells been drawn anew from a large population of
 * such cells, each watched for as long. So it holds the differences between cells and the noise of each. It is not the
 * error of the long-run mean over these very cells (their differences then do not count, and what they have in common,
 * the fluctuations of the network, does): for that see the response's own estimates.
 */
export function meanOverCells(name: string, unit: string, values: readonly number[], leastError = 0): Estimate[] {
  const n = values.length;
  if (n === 0) return [];
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return [figure({ name, unit, value: mean })];
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const standardDeviation = Math.sqrt(squares / (n - 1));
  const standardError = Math.max(standardDeviation / Math.sqrt(n), leastError);
  return [figure({ name, unit, value: mean, n, standardDeviation, ...error(standardError, n - 1) })];
}

/** The first columns of a table of all cells: the number of each, from 0, and the name of its population. */
export function cellColumns(constants: CircuitConstants, populations: readonly Population[]): readonly Column[] {
  const strings = populations.flatMap(({ name, cells }) => Array<string>(cells).fill(name));
  return [
    { name: 'cell', unit: null, numbers: Uint16Array.from({ length: cellsOf(constants) }, (_, cell) => cell) },
    { name: 'population', unit: null, strings },
  ];
}
