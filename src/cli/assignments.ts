import { UsageError } from './exit.js';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * A number as it is written, strictly.
 * @throws UsageError
 */
export function strictNumber(text: string, what: string): number {
  const value = NUMBER.test(text) ? Number(text) : NaN;
  if (Number.isFinite(value)) return value;
  throw new UsageError(`${what} must be a number, not ${JSON.stringify(text)}.`);
}

/**
 * A whole number as it is written.
 * @throws UsageError
 */
export function strictWhole(text: string, what: string, min: number): number {
  const value = strictNumber(text, what);
  if (Number.isSafeInteger(value) && value >= min) return value;
  throw new UsageError(`${what} must be a whole number from ${min}, not ${JSON.stringify(text)}.`);
}

/**
 * `name=value` pairs, each name once.
 * @throws UsageError
 */
export function readAssignments(pairs: readonly string[], option: string): Readonly<Record<string, number>> {
  const values = new Map<string, number>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    if (at < 0 || name === '') throw new UsageError(`${option} takes name=value, not ${JSON.stringify(pair)}.`);
    if (values.has(name)) throw new UsageError(`${option} gives ${name} twice.`);
    values.set(name, strictNumber(pair.slice(at + 1).trim(), name));
  }
  return Object.fromEntries(values);
}
