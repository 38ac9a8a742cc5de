import { CortigraphError } from '../domain/errors.js';
import type { Tolerance } from '../domain/estimate.js';
import type { JsonObject } from '../domain/json.js';
import type { ModelDefinition } from '../domain/model-definition.js';
import { readsSeed } from '../domain/protocol.js';
import type { Assessment } from '../statistics/pool.js';
import { asksForOneRun, wantedReplicates } from '../statistics/pool.js';
import { studentHalfWidth } from '../statistics/student-t.js';
import type { Question } from './question.js';

/** What it would take to answer, in simulated time, warm-ups included. */
export interface ResponseCost {
  readonly runs: number;
  /** 0 for a model without time. */
  readonly biologicalSeconds: number;
}

/** The most runs that one response may add, so that a model without time has a limit as well. */
const MAX_RUNS = 10_000;

/** So many degrees of freedom that Student's t is normal. */
const MANY = 1e6;

/** The cost of so many replicates of a question. */
export function costOf({ protocol }: Question, replicates: number): ResponseCost {
  const milliseconds = (protocol.warmupMs ?? 0) + (protocol.durationMs ?? 0);
  return { runs: replicates, biologicalSeconds: (replicates * milliseconds) / 1000 };
}

/**
 * How many replicates to add before a pool answers a question, as far as it can be told now: by the noise that the pool
 * shows, or, while it is empty, by the noise that is typical of the model.
 */
export function replicatesToAdd(question: Question, assessment: Assessment, poolIsEmpty: boolean): number {
  if (!poolIsEmpty || asksForOneRun(question.model, question)) return assessment.missing;
  const byTypicalNoise = question.tolerances.map(
    (tolerance) => typicalSeconds(question.model, tolerance) / replicateAmount(question),
  );
  return Math.ceil(Math.max(wantedReplicates(question.model, question), ...byTypicalNoise));
}

/**
 * Refuses a question that would take more than a response may.
 * @param computedSeconds what was already simulated for it, which counts against the limit
 * @throws CortigraphError TOO_COSTLY with the cost, the limit, and the half-widths that would fit
 */
export function refuseTooCostly(
  question: Question,
  assessment: Assessment,
  poolIsEmpty: boolean,
  limits: { readonly maxSeconds: number; readonly computedSeconds: number },
): void {
  const toAdd = replicatesToAdd(question, assessment, poolIsEmpty);
  const cost = costOf(question, toAdd);
  const seconds = limits.computedSeconds + cost.biologicalSeconds;
  if (seconds <= limits.maxSeconds && toAdd <= MAX_RUNS) return;
  const details: JsonObject = {
    cost: { biologicalSeconds: rounded(seconds), runs: toAdd },
    limit: { biologicalSeconds: limits.maxSeconds, runs: MAX_RUNS },
    fits: whatFits(question, assessment, poolIsEmpty, limits.maxSeconds - limits.computedSeconds),
    basis: poolIsEmpty ? 'typical noise of the model' : 'noise of the stored runs',
  };
  throw new CortigraphError(
    'TOO_COSTLY',
    `That would take about ${rounded(seconds)} biological seconds in ${toAdd} runs (by the ${
      poolIsEmpty ? 'noise that is typical of the model' : 'noise of the runs that are stored'
    }); one response may take ${limits.maxSeconds} seconds and ${MAX_RUNS} runs. See extensions.fits for what would fit.`,
    details,
  );
}

const replicateAmount = ({ protocol }: Question): number =>
  protocol.durationMs === null ? 1 : protocol.durationMs / 1000;

/** The seconds (or runs, for a model without time) that a tolerance takes at a model's typical noise. */
function typicalSeconds(model: ModelDefinition, { output, halfWidth, level }: Tolerance): number {
  const noise = model.outputs.find(({ name }) => name === output)?.typicalNoise ?? 0;
  if (!readsSeed(model.protocol)) return 0;
  return ((noise * studentHalfWidth(level, MANY)) / halfWidth) ** 2;
}

/**
 * What a question may ask for instead, of the same parameter set: replicates (those that are stored included) and
 * tolerances; or, where not even the fewest replicates fit, a shorter duration, if any.
 */
function whatFits(question: Question, assessment: Assessment, poolIsEmpty: boolean, secondsLeft: number): JsonObject {
  const perReplicate = costOf(question, 1).biologicalSeconds;
  const affordable = Math.floor(Math.min(MAX_RUNS, perReplicate > 0 ? secondsLeft / perReplicate : MAX_RUNS));
  const replicates = Math.min(Math.floor(assessment.held) + affordable, MAX_RUNS);
  const least = wantedReplicates(question.model, { ...question, replicates: 1 });
  if (replicates >= least) {
    return { replicates, tolerances: fittingTolerances(question, assessment, poolIsEmpty, affordable) };
  }
  const durationMs = Math.floor((1000 * secondsLeft) / least) - (question.protocol.warmupMs ?? 0);
  return durationMs > 0 ? { replicates: least, protocol: { durationMs } } : {};
}

/** The half-widths that a question's tolerances may ask for when so many replicates are added. */
function fittingTolerances(
  question: Question,
  { unmet, held }: Assessment,
  poolIsEmpty: boolean,
  affordable: number,
): readonly JsonObject[] {
  if (poolIsEmpty) {
    return question.tolerances.map((tolerance) => {
      const ratio = typicalSeconds(question.model, tolerance) / (affordable * replicateAmount(question));
      return { output: tolerance.output, halfWidth: fitted(tolerance.halfWidth * Math.sqrt(Math.max(ratio, 1))) };
    });
  }
  return unmet.flatMap(({ output, halfWidth, reached }) => {
    if (reached === null) return [];
    const reachable = reached * Math.sqrt(held / (held + affordable));
    return [{ output, halfWidth: fitted(Math.max(halfWidth, reachable)) }];
  });
}

const rounded = (seconds: number): number => Number(seconds.toPrecision(4));

/** A half-width to offer: two digits, rounded up so that it does fit. */
function fitted(halfWidth: number): number {
  const unit = 10 ** (Math.floor(Math.log10(halfWidth)) - 1);
  return Number((Math.ceil(halfWidth / unit) * unit).toPrecision(2));
}
