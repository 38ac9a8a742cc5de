import { CortigraphError } from '../domain/errors.js';
import type { PartFailure } from '../domain/job.js';
import { WorkStoppedError } from '../jobs/work-signal.js';
import { isStoreLost } from '../store/store-errors.js';
import type { JobContext, JobResult } from './job-runner.js';
import type { Lab } from './lab.js';
import { requireNumerics } from './lab.js';
import type { ParameterSetService } from './parameter-set-service.js';
import { costOf } from './response-cost.js';
import type { ResponsePools } from './response-pools.js';
import { ResponseWork } from './response-work.js';
import type { RunService } from './run-service.js';
import type { Sweep } from './sweep.js';
import type { SweepReading } from './sweep-reading.js';
import { readPoints } from './sweep-reading.js';

/** What a sweep works with. */
export interface SweepTools {
  readonly lab: Lab;
  readonly runs: RunService;
  readonly pools: ResponsePools;
  readonly parameterSets: ParameterSetService;
}

/** How far one point is, in runs. */
interface PointProgress {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly running: number;
}

/** Below every response, however many replicates that asks for. */
const SWEEP_PRIORITY = -1_000_000;

/** Points at work at once, for each worker: while some wait for the store, others simulate. */
const POINTS_A_WORKER = 2;
const LEAST_POINTS_AT_WORK = 8;

/** How many parameter sets are stored by one call. */
const PARAMETER_SETS_A_CALL = 100;

/** The most failures that a job keeps, and the longest message. */
const KEPT_FAILURES = 1000;
const KEPT_MESSAGE = 400;

/** One job's way through a sweep: answers the points that the store does not, a few at a time. */
export class SweepWork {
  private readonly failures: PartFailure[] = [];
  private progress: PointProgress = { total: 0, done: 0, failed: 0, running: 0 };
  private readonly stop = new AbortController();
  private readonly signal: AbortSignal;

  constructor(
    private readonly tools: SweepTools,
    private readonly sweep: Sweep,
    private readonly context: JobContext,
  ) {
    this.signal = AbortSignal.any([context.signal, this.stop.signal]);
  }

  async finish(): Promise<JobResult> {
    const { lab, pools } = this.tools;
    const { sweep } = this;
    await requireNumerics(lab, sweep.model.name, sweep.numericsDigest);
    const reading = await readPoints(pools, sweep, lab.settings.maxResponseSeconds);
    this.advance({ total: reading.runsToAdd });
    const points = this.pointsOf(reading.wanted);
    const atOnce = Math.max(LEAST_POINTS_AT_WORK, POINTS_A_WORKER * lab.simulations.workers);
    const ends = await Promise.allSettled(
      Array.from({ length: Math.min(atOnce, reading.wanted.length) }, () => this.takeFrom(points, reading)),
    );
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return {
      result: sweep.identity.id,
      computedRuns: this.progress.done,
      reusedRuns: reading.runsStored,
      failures: this.failures,
    };
  }

  /** The points to compute, in order; their parameter sets are stored a little ahead of them. */
  private async *pointsOf(wanted: readonly number[]): AsyncGenerator<number, void, undefined> {
    for (let first = 0; first < wanted.length; first += PARAMETER_SETS_A_CALL) {
      const next = wanted.slice(first, first + PARAMETER_SETS_A_CALL);
      const values = next.map((point) => this.sweep.questionAt(point).values);
      await this.tools.parameterSets.ensureAll(this.sweep.model.name, values);
      yield* next;
    }
  }

  /** Works on one point after the other, until there are no more; what one of these cannot go on after stops all. */
  private async takeFrom(points: AsyncGenerator<number, void, undefined>, reading: SweepReading): Promise<void> {
    try {
      for await (const point of { [Symbol.asyncIterator]: () => ({ next: () => points.next() }) }) {
        await this.answer(point, reading.points[point]?.runsToAdd ?? 0);
      }
    } catch (error) {
      this.stop.abort(this.context.signal.aborted ? this.context.signal.reason : new WorkStoppedError('cancelled'));
      throw error;
    }
  }

  private async answer(point: number, expected: number): Promise<void> {
    const { lab, runs, pools } = this.tools;
    let seen: PointProgress = { total: expected, done: 0, failed: 0, running: 0 };
    const now = (progress: PointProgress): void => {
      this.advance(differenceOf(progress, seen));
      seen = progress;
    };
    try {
      this.refuseBeyondLimit(point);
      const context = { signal: this.signal, progress: now };
      const question = this.sweep.questionAt(point);
      const { computedRuns: done, writes = [] } = await new ResponseWork(
        lab,
        runs,
        pools,
        question,
        context,
        SWEEP_PRIORITY,
      ).finish();
      await lab.inOrder(...writes);
      now({ total: done, done, failed: 0, running: 0 });
    } catch (error) {
      if (this.signal.aborted || error instanceof WorkStoppedError || isStoreLost(error)) throw error;
      this.keep(point, error);
      now({ ...seen, failed: Math.max(seen.total - seen.done, 0), running: 0 });
    }
  }

  /** @throws CortigraphError TOO_COSTLY once the sweep has simulated as much as it may: noise can ask for more than it was accepted for */
  private refuseBeyondLimit(point: number): void {
    const { maxSweepSeconds } = this.tools.lab.settings;
    const { biologicalSeconds } = costOf(this.sweep.questionAt(point), this.progress.done);
    if (biologicalSeconds < maxSweepSeconds) return;
    throw new CortigraphError(
      'TOO_COSTLY',
      `The points before it took ${biologicalSeconds} of the ${maxSweepSeconds} biological seconds that one sweep may; ask again for the rest.`,
    );
  }

  private keep(part: number, error: unknown): void {
    const { log } = this.tools.lab;
    const isKnown = error instanceof CortigraphError;
    if (!isKnown) log.error({ err: error, jobId: this.context.job._id, point: part }, 'a point of a sweep failed');
    if (this.failures.length >= KEPT_FAILURES) return;
    const code = isKnown ? error.code : 'INTERNAL';
    const message = isKnown ? error.message : 'It failed by a fault of the server; ask again to retry.';
    this.failures.push({ part, code, message: message.slice(0, KEPT_MESSAGE) });
  }

  private advance(by: Partial<PointProgress>): void {
    const { total, done, failed, running } = this.progress;
    this.progress = {
      total: total + (by.total ?? 0),
      done: done + (by.done ?? 0),
      failed: failed + (by.failed ?? 0),
      running: running + (by.running ?? 0),
    };
    this.context.progress(this.progress);
  }
}

const differenceOf = (now: PointProgress, before: PointProgress): PointProgress => ({
  total: now.total - before.total,
  done: now.done - before.done,
  failed: now.failed - before.failed,
  running: now.running - before.running,
});
