import type { ColumnRange } from '../services/experiment-table.js';
import type { RangeRequest } from '../design/parameter-space.js';
import { strictNumber } from './assignments.js';
import { UsageError } from './exit.js';

/** `80:480:9`: from, to, and how many points. */
export interface GivenRange {
  readonly min: number;
  readonly max: number;
  readonly points: number;
}

/**
 * Reads a range; one number alone is a range of one point.
 * @throws UsageError
 */
export function readRange(text: string): GivenRange {
  const parts = text.split(':').map((part) => part.trim());
  const [min = '', max = min, points = '1'] = parts;
  if (parts.length !== 1 && parts.length !== 3) {
    throw new UsageError(`A range is min:max:points, such as 80:480:9, not ${JSON.stringify(text)}.`);
  }
  return {
    min: strictNumber(min, 'The start of a range'),
    max: strictNumber(max, 'The end of a range'),
    points: strictNumber(points, 'The number of points'),
  };
}

/** Options that take a name and a range. */
const rangeOptions = ['--input', '--where'];

/** `--input name range` as the one argument `--input=name range`: a range may begin with a minus. */
export function joinRanges(args: readonly string[]): string[] {
  const joined: string[] = [];
  const left = [...args];
  for (let arg = left.shift(); arg !== undefined; arg = left.shift()) {
    if (arg === '--') return [...joined, arg, ...left];
    const [name] = left;
    if (!rangeOptions.includes(arg) || name === undefined) joined.push(arg);
    else joined.push(`${arg}=${left.splice(0, name.includes('=') ? 1 : 2).join(' ')}`);
  }
  return joined;
}

/**
 * A name and a range that a value may lie in, with a space or `=` between; an end that is left out is none.
 * @throws UsageError
 */
export function readColumnRange(text: string): ColumnRange {
  const [, column, min, max] = /^([^=\s]+)[=\s]([^:]*):([^:]*)$/.exec(text) ?? [];
  if (column === undefined || min === undefined || max === undefined) {
    throw new UsageError(
      `--where takes a column and a range, such as --where rateE 5:20, not ${JSON.stringify(text)}.`,
    );
  }
  const end = (given: string): number | null =>
    given.trim() === '' ? null : strictNumber(given.trim(), `A bound of ${column}`);
  return { column, min: end(min), max: end(max) };
}

/** Collects the axes of a sweep from its options, in their order: `--with` belongs to the `--input` before it. */
export class SweepAxes {
  private readonly given: (RangeRequest & { readonly together: string[] })[] = [];

  get axes(): readonly RangeRequest[] {
    return this.given;
  }

  /** @param text a name and a range, with a space or `=` between */
  readonly input = (text: string): SweepAxes => {
    const [, name, range] = /^([^=\s]+)[=\s](.+)$/.exec(text) ?? [];
    if (name === undefined || range === undefined) {
      throw new UsageError(`--input takes a name and a range, such as --input lgnRateE 80:480:9.`);
    }
    this.given.push({ name, ...readRange(range), together: [] });
    return this;
  };

  readonly with = (name: string): SweepAxes => {
    const last = this.given.at(-1);
    if (!last) throw new UsageError(`--with ${name} needs the --input that it moves with before it.`);
    last.together.push(name);
    return this;
  };
}
