/** The most decimals that are shown. */
const MOST_DECIMALS = 12;

/** Decimals with which an error shows two digits that count. */
export function decimalsOf(standardError: number): number {
  return Math.min(Math.max(1 - Math.floor(Math.log10(standardError)), 0), MOST_DECIMALS);
}

/** The decimals of a column of figures: those that the least error needs; undefined where no error says. */
export function commonDecimals(standardErrors: readonly (number | null)[]): number | undefined {
  const known = standardErrors.filter((each): each is number => each !== null && each > 0);
  return known.length > 0 ? decimalsOf(Math.min(...known)) : undefined;
}

/** A value for people. Without decimals, six digits that count. */
export function shownValue(value: number, decimals?: number): string {
  return decimals === undefined ? String(Number(value.toPrecision(6))) : value.toFixed(decimals);
}

/** A standard error for people; one that cannot be told is `unknown`. */
export function shownError(standardError: number | null, decimals?: number): string {
  return standardError === null ? 'unknown' : shownValue(standardError, decimals);
}
