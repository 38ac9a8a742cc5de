import { setImmediate } from 'node:timers/promises';
import type { InvalidationDocument } from '../domain/documents.js';
import type { ParameterValues } from '../domain/identity.js';
import type { CortigraphError } from '../domain/errors.js';
import type { Estimate, OutcomeCount } from '../domain/estimate.js';
import { costOf, replicatesToAdd } from './response-cost.js';
import { refusalOf } from './refusal.js';
import { invalidationThatCloses } from './closed-keys.js';
import type { Question } from './question.js';
import type { PoolOfQuestion, ResponsePools } from './response-pools.js';
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
  /** When something that would be in the table was invalidated last; null when nothing was. */
  readonly invalidatedAt: string | null;
  readonly runsToAdd: number;
  readonly secondsToAdd: number;
}

/** How many points are read by one call of the store, and before others get their turn. */
const POINTS_A_CALL = 500;

/** The pools of the points of a sweep in their order, some hundred at a time. */
export async function* poolsOfPoints(
  pools: ResponsePools,
  sweep: Sweep,
): AsyncGenerator<readonly { readonly question: Question; readonly held: PoolOfQuestion }[]> {
  for (let first = 0; first < sweep.size; first += POINTS_A_CALL) {
    await setImmediate(); // a large sweep is a tenth of a second of work, and there may be many
    const length = Math.min(POINTS_A_CALL, sweep.size - first);
    const questions = Array.from({ length }, (_, i) => sweep.questionAt(first + i));
    const stored = await pools.poolsOf(questions);
    yield stored.flatMap((held, i) => {
      const question = questions[i];
      return question ? [{ question, held }] : []; // one a question
    });
  }
}

/**
 * Holds a sweep against the store.
 * @param maxSeconds the most biological seconds of one point
 */
export async function readPoints(pools: ResponsePools, sweep: Sweep, maxSeconds: number): Promise<SweepReading> {
  const points: PointReading[] = [];
  const wanted: number[] = [];
  let [refused, runsStored, leftOut, runsToAdd, secondsToAdd] = [0, 0, 0, 0, 0];
  let invalidatedAt: string | null = null;
  for await (const some of poolsOfPoints(pools, sweep)) {
    for (const { question, held } of some) {
      const { pool, assessment } = held;
      const refusal = refusalOf(question, held, maxSeconds);
      const isAnswered = assessment.missing === 0 && !refusal;
      const isWanted = !isAnswered && !refusal;
      const cost = costOf(question, isWanted ? replicatesToAdd(question, assessment, pool.length === 0) : 0);
      if (isWanted) wanted.push(points.length);
      if (refusal) refused += 1;
      runsStored += pool.length;
      leftOut += held.leftOut.length;
      invalidatedAt = lastOf(held.leftOut, invalidationThatCloses(question, held), invalidatedAt);
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
  return { points, wanted, refused, runsStored, leftOut, invalidatedAt, runsToAdd, secondsToAdd };
}

function lastOf(
  leftOut: readonly InvalidationDocument[],
  ofAnswer: InvalidationDocument | undefined,
  before: string | null,
): string | null {
  const times = [...leftOut, ...(ofAnswer ? [ofAnswer] : [])].map(({ createdAt }) => createdAt);
  return times.reduce((last: string | null, time) => (last === null || time > last ? time : last), before);
}
