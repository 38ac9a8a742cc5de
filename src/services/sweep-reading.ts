import { setImmediate } from 'node:timers/promises';
import type { ParameterValues } from '../domain/identity.js';
import type { CortigraphError } from '../domain/errors.js';
import type { Estimate, OutcomeCount } from '../domain/estimate.js';
import { costOf, replicatesToAdd } from './response-cost.js';
import { refusalOf } from './refusal.js';
import type { ResponsePools } from './response-pools.js';
import type { Sweep } from './sweep.js';

/** A point of a sweep, as the store has it. */
export interface PointReading {
  readonly values: ParameterValues;
  readonly parameterSetId: string;
  /** Null unless the stored runs answer the point, and where one of them aborted. */
  readonly estimates: readonly Estimate[] | null;
  readonly outcomes: readonly OutcomeCount[];
  /** Stored replicates: runs, or, once they answer NETWORK_AVERAGE, networks. */
  readonly n: number;
  /** Whether the stored runs answer it; if not, `refusal` says why it is not computed either. */
  readonly isAnswered: boolean;
  readonly refusal: CortigraphError | undefined;
  /** What it takes to answer it, as far as that can be told; 0 where it is answered or refused. */
  readonly runsToAdd: number;
}

/** A sweep held against the runs that are stored. */
export interface SweepReading {
  readonly points: readonly PointReading[];
  /** The points to compute. */
  readonly wanted: readonly number[];
  readonly refused: number;
  readonly runsStored: number;
  /** Stored runs that were invalidated, and would be of a pool else. */
  readonly leftOut: number;
  readonly runsToAdd: number;
  readonly secondsToAdd: number;
}

/** How many points are read by one call of the store, and before others get their turn. */
const POINTS_A_CALL = 500;

/**
 * Holds a sweep against the store.
 * @param maxSeconds the most biological seconds of one point
 */
export async function readPoints(pools: ResponsePools, sweep: Sweep, maxSeconds: number): Promise<SweepReading> {
  const points: PointReading[] = [];
  const wanted: number[] = [];
  let [refused, runsStored, leftOut, runsToAdd, secondsToAdd] = [0, 0, 0, 0, 0];
  for (let first = 0; first < sweep.size; first += POINTS_A_CALL) {
    await setImmediate(); // a large sweep is a tenth of a second of work, and there may be many
    const length = Math.min(POINTS_A_CALL, sweep.size - first);
    const questions = Array.from({ length }, (_, i) => sweep.questionAt(first + i));
    const stored = await pools.poolsOf(questions);
    for (const [i, question] of questions.entries()) {
      const held = stored[i];
      if (!held) continue; // one a question
      const { pool, assessment } = held;
      const refusal = refusalOf(question, held, maxSeconds);
      const isAnswered = assessment.missing === 0 && !refusal;
      const isWanted = !isAnswered && !refusal;
      const cost = costOf(question, isWanted ? replicatesToAdd(question, assessment, pool.length === 0) : 0);
      if (isWanted) wanted.push(first + i);
      if (refusal) refused += 1;
      runsStored += pool.length;
      leftOut += held.leftOut;
      runsToAdd += cost.runs;
      secondsToAdd += cost.biologicalSeconds;
      points.push({
        values: question.values,
        parameterSetId: question.parameterSetId,
        estimates: isAnswered ? assessment.estimates : null,
        outcomes: assessment.outcomes,
        n: (isAnswered ? assessment.estimates?.[0]?.n : undefined) ?? pool.length,
        isAnswered,
        refusal,
        runsToAdd: cost.runs,
      });
    }
  }
  return { points, wanted, refused, runsStored, leftOut, runsToAdd, secondsToAdd };
}
