import type { Estimate } from '../domain/estimate.js';
import { checkedLevel } from '../domain/estimate.js';
import { halfWidth } from '../statistics/estimator.js';

/** A confidence interval for the long-run mean. */
export interface Interval {
  readonly level: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * The interval of an estimate at a level, by Student's t, cut where no figure can lie; null where its error cannot be told.
 * @throws CortigraphError BAD_USER_INPUT unless the level lies between 0 and 1
 */
export function intervalOf(
  estimate: Pick<Estimate, 'value' | 'standardError' | 'degreesOfFreedom' | 'least'>,
  level: number,
): Interval | null {
  const half = halfWidth(estimate, checkedLevel(level));
  if (half === null) return null;
  const { value, least } = estimate;
  return { level, lower: Math.max(value - half, least ?? -Infinity), upper: value + half };
}
