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

/** More runs than this are told as this many: what GraphQL's Int holds. */
const MANY_RUNS = 2 ** 31 - 1;

/** What is offered is wider by this than what the noise says, which is itself uncertain. */
const MARGIN = 1.2;

/** So many degrees of freedom that Student's t is normal. */
const MANY = 1e6;

/** The cost of so many replicates of a question. */
export function costOf({ protocol }: Question, replicates: number): ResponseCost {
  const milliseconds = (protocol.warmupMs ?? 0) + (protocol.durationMs ?? 0);
  return { runs: replicates, biologicalSeconds: (replicates * milliseconds) / 1000 };
}

/**
 * How many replicates to add before a pool answers a question, as far as it can be told now: by the noise that the pool
 * shows, or, while it is empty, by the least noise that is typical of the model. At most 2^31 − 1, which stands for more, too.
 */
export function replicatesToAdd(question: Question, assessment: Assessment, poolIsEmpty: boolean): number {
  if (!poolIsEmpty || asksForOneRun(question.model, question)) return Math.min(assessment.missing, MANY_RUNS);
  const byTypicalNoise = question.tolerances.map(
    (tolerance) =>
      (halfWidthOfOne(question.model, tolerance, 'min') / tolerance.halfWidth) ** 2 / replicateAmount(question),
  );
  const wanted = Math.max(wantedReplicates(question.model, question), ...byTypicalNoise);
  return Math.min(Math.ceil(wanted), MANY_RUNS);
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
  const fits = whatFits(question, assessment, poolIsEmpty, limits.maxSeconds - limits.computedSeconds);
  const details: JsonObject = {
    cost: { biologicalSeconds: rounded(cost.biologicalSeconds), runs: toAdd },
    ...(limits.computedSeconds > 0 ? { alreadyComputed: { biologicalSeconds: rounded(limits.computedSeconds) } } : {}),
    limit: { biologicalSeconds: limits.maxSeconds, runs: MAX_RUNS },
    fits,
    basis: poolIsEmpty ? 'typical noise of the model' : 'noise of the stored runs',
  };
  throw new CortigraphError(
    'TOO_COSTLY',
    `That would take about ${inWords(cost)}${
      limits.computedSeconds > 0 ? ` more than the ${rounded(limits.computedSeconds)} s computed for it` : ''
    }, by the ${
      poolIsEmpty ? 'noise that is typical of the model' : 'noise of the runs that are stored'
    }; one response may take ${limits.maxSeconds} biological seconds and ${MAX_RUNS} runs.${
      Object.keys(fits).length > 0 ? ' See extensions.fits for what would fit.' : ''
    }`,
    details,
  );
}

const replicateAmount = ({ protocol }: Question): number =>
  protocol.durationMs === null ? 1 : protocol.durationMs / 1000;

/** The half-width that one second (or one run, for a model without time) would give at a noise. */
function halfWidthOfOne(model: ModelDefinition, { output, level }: Tolerance, bound: 'min' | 'max'): number {
  if (!readsSeed(model.protocol)) return 0;
  const noise = model.outputs.find(({ name }) => name === output)?.typicalNoise[bound] ?? 0;
  return noise * studentHalfWidth(level, MANY);
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
    const amount = affordable * replicateAmount(question);
    return question.tolerances.map((tolerance) => {
      const reachable = (MARGIN * halfWidthOfOne(question.model, tolerance, 'max')) / Math.sqrt(amount);
      return { output: tolerance.output, halfWidth: fitted(Math.max(tolerance.halfWidth, reachable)) };
    });
  }
  return unmet.flatMap(({ output, halfWidth, reached }) => {
    if (reached === null) return [];
    const reachable = Math.min(reached, MARGIN * reached * Math.sqrt(held / (held + affordable)));
    return [{ output, halfWidth: fitted(Math.max(halfWidth, reachable)) }];
  });
}

const inWords = ({ runs, biologicalSeconds }: ResponseCost): string =>
  `${runs} ${runs === 1 ? 'run' : 'runs'}${biologicalSeconds > 0 ? `, ${rounded(biologicalSeconds)} biological seconds in all` : ''}`;

const rounded = (seconds: number): number => Number(seconds.toPrecision(4));

/** A half-width to offer: two digits, rounded up so that it does fit. */
function fitted(halfWidth: number): number {
  const unit = 10 ** (Math.floor(Math.log10(halfWidth)) - 1);
  return Number((Math.ceil(halfWidth / unit) * unit).toPrecision(2));
}
