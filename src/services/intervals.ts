import type { Estimate } from '../domain/estimate.js';
import { checkedLevel } from '../domain/estimate.js';
import { halfWidth } from '../statistics/estimator.js';

/** A confidence interval for the long-run mean. */
export interface Interval {
  readonly level: number;
  readonly lower: number;
  readonly upper: number;
}

/** What was found lately: every interval of an answer asks for the same few. */
const known = new Map<string, number>();
const REMEMBERED = 1000;

/** Half the width of an interval of standard error 1. */
function inStandardErrors(level: number, degreesOfFreedom: number | null): number {
  const key = `${level} ${degreesOfFreedom}`;
  const found = known.get(key) ?? halfWidth({ standardError: 1, degreesOfFreedom }, level) ?? NaN; // null of no error only
  if (known.size >= REMEMBERED) known.clear();
  known.set(key, found);
  return found;
}

/**
 * The interval of an estimate at a level, by Student's t, cut where no figure can lie; null where its error cannot be told.
 * @throws CortigraphError BAD_USER_INPUT unless the level lies between 0 and 1
 */
export function intervalOf(
  estimate: Pick<Estimate, 'value' | 'standardError' | 'degreesOfFreedom' | 'least'>,
  level: number,
): Interval | null {
  if (estimate.standardError === null) return null;
  const half = estimate.standardError * inStandardErrors(checkedLevel(level), estimate.degreesOfFreedom);
  const { value, least } = estimate;
  return { level, lower: Math.max(value - half, least ?? -Infinity), upper: value + half };
}
