import { pointAt, sizeOf } from '../design/design.js';
import { badUserInput } from '../domain/errors.js';
import { canonicalValues } from '../domain/parameter-values.js';
import type { ExperimentRequest } from './experiment.js';
import { biologicalSecondsOf, experimentRefusal, identityOfPlan, readPlan } from './experiment.js';
import { otherOfThatName } from './experiment-conflict.js';
import { storedRunsOf } from './experiment-stored-runs.js';
import type { Lab } from './lab.js';
import { requireModel } from './lab.js';
import type { Question, ResponseRequest } from './question.js';
import { questionOf, readQuestion } from './question.js';
import { costOf, replicatesToAdd } from './response-cost.js';
import { refusalOf } from './refusal.js';
import { leftOutNote, ResponsePools } from './response-pools.js';
import type { KnownSpeed } from './simulation-speeds.js';
import { SimulationSpeeds } from './simulation-speeds.js';
import type { SweepRequest } from './sweep.js';
import { readSweep } from './sweep.js';
import { readPoints } from './sweep-reading.js';
import { sweepRefusal } from './sweep-service.js';

/** What to tell the cost of: exactly one of these. */
export interface CostRequest {
  readonly response?: ResponseRequest | null;
  readonly sweep?: SweepRequest | null;
  readonly experiment?: ExperimentRequest | null;
}

/** What it would take to answer, beyond what is stored. */
export interface CostEstimate {
  readonly points: number;
  readonly refusedPoints: number;
  readonly runsNeeded: number;
  readonly runsStored: number;
  readonly biologicalSeconds: number;
  /** Null when no worker was free to measure in, and none was before. */
  readonly wallSeconds: number | null;
  readonly cpuSeconds: number | null;
  readonly limitSeconds: number;
  readonly wouldBeRefused: boolean;
  readonly reason: string | null;
  readonly basis: string;
}

/** A cost in simulated time. */
type SimulatedCost = Omit<CostEstimate, 'wallSeconds' | 'cpuSeconds' | 'basis'> & {
  readonly leftOut: number;
  /** A few of the questions that it is made of, to measure at. */
  readonly samples: readonly Question[];
};

/** Tells what an answer would cost. Stores nothing; simulates only to measure how fast that is. */
export class CostService {
  private readonly pools: ResponsePools;
  private readonly speeds: SimulationSpeeds;

  constructor(private readonly lab: Lab) {
    this.pools = new ResponsePools(lab);
    this.speeds = new SimulationSpeeds(lab);
  }

  /**
   * @param mayCompute whether the speed may be measured now
   * @throws CortigraphError BAD_USER_INPUT
   */
  async estimate(request: CostRequest, mayCompute: boolean): Promise<CostEstimate> {
    const { samples, leftOut, ...cost } = await this.simulatedCost(request);
    if (cost.runsNeeded === 0) {
      const basis = `Nothing would be simulated: what can be answered is answered by stored runs${leftOutNote(leftOut)}.`;
      return { ...cost, wallSeconds: 0, cpuSeconds: 0, basis };
    }
    const speeds: KnownSpeed[] = [];
    for (const question of samples) {
      const speed = await this.speeds.of(question, mayCompute);
      if (!speed) break; // no worker is free: the next would wait as long
      speeds.push(speed);
    }
    if (speeds.length === 0) {
      const basis = `No worker was free to measure how fast this is${mayCompute ? '' : ' (and none may be used over HTTP GET)'}: ask again.`;
      return { ...cost, wallSeconds: null, cpuSeconds: null, basis };
    }
    const secondsPerRun = cost.biologicalSeconds / cost.runsNeeded;
    const msPerRun = mean(speeds.map((speed) => speed.msPerRun + speed.msPerBiologicalSecond * secondsPerRun));
    const atOnce = Math.min(this.lab.simulations.workers, cost.runsNeeded);
    return {
      ...cost,
      wallSeconds: (msPerRun * Math.ceil(cost.runsNeeded / atOnce)) / 1000,
      cpuSeconds: (msPerRun * cost.runsNeeded) / 1000,
      basis: basisOf(speeds, msPerRun, atOnce, samples),
    };
  }

  private async simulatedCost({ response, sweep, experiment }: CostRequest): Promise<SimulatedCost> {
    if (response && !sweep && !experiment) return this.costOfResponse(response);
    if (sweep && !response && !experiment) return this.costOfSweep(sweep);
    if (experiment && !response && !sweep) return this.costOfExperiment(experiment);
    const allowed = ['response', 'sweep', 'experiment'];
    throw badUserInput(`Give exactly one of ${allowed.join(', ')}.`, { allowed });
  }

  private async costOfExperiment(request: ExperimentRequest): Promise<SimulatedCost> {
    const plan = readPlan(this.lab, request, Infinity);
    const { id } = identityOfPlan(plan);
    const model = requireModel(this.lab, plan.model);
    const size = sizeOf(plan.design, plan.space);
    const runs = size * plan.replicates;
    const { maxExperimentRuns } = this.lab.settings;
    const { numericsDigest } = await this.lab.simulations.numericsOf(plan.model);
    const runsStored = await storedRunsOf(
      this.lab,
      { ...plan, id, numericsDigest },
      { size, replicates: plan.replicates },
    );
    const named = await this.lab.collections.experiments.findOne({ name: plan.name });
    const refusal =
      experimentRefusal(maxExperimentRuns, plan.protocol, { size, replicates: plan.replicates }) ??
      (named && named._id !== id ? otherOfThatName(named, plan) : undefined);
    const samples = [...new Set([0, Math.floor((size - 1) / 2), size - 1])].map((point) =>
      questionOf(model, {
        numericsDigest,
        values: canonicalValues(model, pointAt(plan.design, plan.space, point)),
        estimand: 'FIXED_NETWORK',
        protocol: plan.protocol,
        replicates: 1,
        tolerances: [],
      }),
    );
    const secondsPerRun = biologicalSecondsOf(plan.protocol);
    return {
      points: size,
      refusedPoints: 0,
      runsNeeded: runs - runsStored,
      runsStored,
      leftOut: 0,
      biologicalSeconds: (runs - runsStored) * secondsPerRun,
      limitSeconds: maxExperimentRuns * secondsPerRun,
      wouldBeRefused: refusal !== undefined,
      reason: refusal?.message ?? null,
      samples,
    };
  }

  private async costOfResponse(request: ResponseRequest): Promise<SimulatedCost> {
    const limitSeconds = this.lab.settings.maxResponseSeconds;
    const question = await readQuestion(this.lab, request);
    const stored = await this.pools.poolOf(question);
    const isAnswered = stored.assessment.missing === 0;
    const { runs, biologicalSeconds } = costOf(
      question,
      isAnswered ? 0 : replicatesToAdd(question, stored.assessment, stored.pool.length === 0),
    );
    const refusal = refusalOf(question, stored, limitSeconds);
    return {
      points: 1,
      refusedPoints: refusal ? 1 : 0,
      runsNeeded: runs,
      runsStored: stored.pool.length,
      leftOut: stored.leftOut.length,
      biologicalSeconds,
      limitSeconds,
      wouldBeRefused: refusal !== undefined,
      reason: refusal?.message ?? null,
      samples: [question],
    };
  }

  private async costOfSweep(request: SweepRequest): Promise<SimulatedCost> {
    const { maxResponseSeconds, maxSweepSeconds: limitSeconds } = this.lab.settings;
    const sweep = await readSweep(this.lab, request);
    const { wanted, refused, runsStored, leftOut, runsToAdd, secondsToAdd, points } = await readPoints(
      this.pools,
      sweep,
      maxResponseSeconds,
    );
    const refusal = sweepRefusal({ wanted, runsToAdd, secondsToAdd }, limitSeconds);
    const first = points.find((point) => point.refusal)?.refusal;
    const ofPoints = first ? `${refused} of ${sweep.size} points would be ${first.code}: ${first.message}` : null;
    const middle = Math.floor((wanted.length - 1) / 2);
    const sampled = new Set([wanted[0], wanted[middle], wanted.at(-1)]);
    return {
      points: sweep.size,
      refusedPoints: refused,
      runsNeeded: runsToAdd,
      runsStored,
      leftOut,
      biologicalSeconds: secondsToAdd,
      limitSeconds,
      wouldBeRefused: refusal !== undefined,
      reason: refusal?.message ?? ofPoints,
      samples: [...sampled].flatMap((point) => (point === undefined ? [] : [sweep.questionAt(point)])),
    };
  }
}

function basisOf(
  speeds: readonly KnownSpeed[],
  msPerRun: number,
  atOnce: number,
  [sample]: readonly Question[],
): string {
  const isElsewhere = speeds.some(({ how }) => how === 'measuredElsewhere');
  const where = speeds.length > 1 ? `at ${speeds.length} of the points` : 'at these parameters';
  const noise =
    sample && sample.tolerances.length > 0
      ? ' How many runs the tolerances take is by the noise of stored runs, or what is typical.'
      : '';
  return (
    `Short runs were timed in a worker ${isElsewhere ? 'before, at other parameters' : where}: ${Number(msPerRun.toPrecision(3))} ms a run, ` +
    `${atOnce} at once; storing them and waiting for other work come on top.${noise}`
  );
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
