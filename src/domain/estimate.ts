import { badUserInput } from './errors.js';

/** What a response estimates: the figures of one network, or their average over networks. */
export const estimands = ['FIXED_NETWORK', 'NETWORK_AVERAGE'] as const;

/** A name of {@link estimands}. */
export type Estimand = (typeof estimands)[number];

/** A figure and how sure it is. Null is "cannot be told from these runs", never 0. */
export interface Estimate {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly standardError: number | null;
  /** Of the standard error; null where that is null or exact. */
  readonly degreesOfFreedom: number | null;
  /** What the figure cannot be less than: 0 of a rate; null where there is no such bound. */
  readonly least: number | null;
  /** Distinct replicates (runs, or networks) behind the value; each pair of seeds counts once. */
  readonly n: number;
  /** Over replicates; null at n = 1. */
  readonly standardDeviation: number | null;
  /** Variance over mean of the counts of a batch; null for what is not a count, and where no event was seen. */
  readonly fanoFactor: number | null;
}

/** The half-width, at a level, that the interval for an output's long-run mean may have at most. */
export interface Tolerance {
  readonly output: string;
  readonly halfWidth: number;
  readonly level: number;
}

/** The level of an interval where none is given. */
export const defaultLevel = 0.95;

/** The narrowest tolerance, in the unit of the output. */
export const leastHalfWidth = 1e-9;

/**
 * A level of confidence.
 * @throws CortigraphError BAD_USER_INPUT unless it lies strictly between 0 and 1
 */
export function checkedLevel(level: number): number {
  if (level > 0 && level < 1) return level;
  throw badUserInput(`A level must lie between 0 and 1, not at ${level}.`, { allowed: { above: 0, below: 1 } });
}

/** How often each outcome occurred in a pool. */
export interface OutcomeCount {
  readonly outcome: string;
  readonly count: number;
}
