import type { JobDocument, SweepDocument } from '../domain/documents.js';
import { documentVersion } from '../domain/documents.js';
import { CortigraphError, badUserInput, notFound } from '../domain/errors.js';
import { requireId } from '../domain/ids.js';
import type { JsonObject } from '../domain/json.js';
import type { Table } from '../domain/table.js';
import { isDuplicateKey } from '../store/store-errors.js';
import type { JobContext, JobResult } from './job-runner.js';
import type { JobService } from './job-service.js';
import type { Lab } from './lab.js';
import type { ParameterSetService } from './parameter-set-service.js';
import type { AskOptions } from './respond-service.js';
import { leftOutNote, ResponsePools } from './response-pools.js';
import type { RunService } from './run-service.js';
import type { Sweep, SweepRequest } from './sweep.js';
import { readSweep, sweepOf } from './sweep.js';
import type { SweepReading } from './sweep-reading.js';
import { readPoints } from './sweep-reading.js';
import { sweepTable } from './sweep-table.js';
import { SweepWork } from './sweep-work.js';

/** The kind of the jobs that answer sweeps. Their key is the sweep's id. */
export const sweepJob = 'sweep';

/** A sweep as it stands. */
export interface SweepAnswer {
  readonly id: string;
  readonly status: 'READY' | 'PENDING';
  readonly job: JobDocument | null;
  readonly table: Table;
  readonly cached: boolean;
  readonly reason: string;
  /** Whether something that its table held, since it was first asked, was invalidated. */
  readonly tainted: boolean;
  readonly reusedRuns: number;
  readonly computedRuns: number;
}

/** Of how many stored sweeps it is remembered when they were first asked, to spare a look at the store. */
const REMEMBERED = 1000;

/** Answers sweeps: many questions along a line or over a grid, each from the store or by simulating. */
export class SweepService {
  private readonly pools: ResponsePools;
  private readonly askedAt = new Map<string, string>();

  constructor(
    private readonly lab: Lab,
    private readonly jobs: JobService,
    private readonly parameterSets: ParameterSetService,
  ) {
    this.pools = new ResponsePools(lab);
  }

  /**
   * Answers a sweep, or, once `waitMs` have passed, as far as it is; the work then goes on. A point that fails says so
   * in its row.
   * @throws CortigraphError BAD_USER_INPUT, TOO_COSTLY, UNAVAILABLE
   */
  async ask(request: SweepRequest, { waitMs, mayCompute, begun }: AskOptions): Promise<SweepAnswer> {
    const sweep = await readSweep(this.lab, request);
    const before = await this.read(sweep);
    if (before.wanted.length > 0) {
      const refusal = sweepRefusal(before, this.lab.settings.maxSweepSeconds);
      if (refusal) throw refusal;
      if (!mayCompute)
        throw badUserInput('This sweep has to be computed, and nothing is computed over HTTP GET: use POST.');
    }
    const askedAt = await this.store(sweep);
    if (before.wanted.length === 0) return answerOf(sweep, before, null, askedAt);
    const payload = JSON.parse(sweep.identity.preimage) as JsonObject;
    const submitted = await this.jobs.submit({ kind: sweepJob, key: sweep.identity.id, payload });
    begun?.(submitted._id);
    const job = await this.jobs.wait(submitted._id, waitMs);
    const isAsBefore = job.active && job.progress.done === 0;
    return answerOf(sweep, isAsBefore ? before : await this.read(sweep), job, askedAt);
  }

  /**
   * A sweep by its id, as it stands now. Computes nothing.
   * @throws CortigraphError NOT_FOUND, BAD_USER_INPUT
   */
  async get(id: string): Promise<SweepAnswer> {
    requireId(id, 'Sweep');
    const stored = await this.lab.collections.sweeps.findOne({ _id: id });
    if (!stored) throw notFound(`sweep ${id}`);
    const sweep = sweepOf(this.lab, JSON.parse(stored.preimage) as JsonObject);
    const job = await this.jobs.latestOf(id);
    return answerOf(sweep, await this.read(sweep), job, stored.createdAt);
  }

  /** Holds a sweep against the store. */
  read(sweep: Sweep): Promise<SweepReading> {
    return readPoints(this.pools, sweep, this.lab.settings.maxResponseSeconds);
  }

  /** The handler of the jobs that answer sweeps. */
  handler(runs: RunService): (context: JobContext) => Promise<JobResult> {
    const { lab, pools, parameterSets } = this;
    return (context) =>
      new SweepWork({ lab, runs, pools, parameterSets }, sweepOf(lab, context.job.payload), context).finish();
  }

  /** Stores what a sweep asks, unless it is there, so that its id stands for it; gives when it was first asked. */
  private async store({ identity: { id, digest, preimage }, model, numericsDigest }: Sweep): Promise<string> {
    const known = this.askedAt.get(id);
    if (known !== undefined) return known;
    const createdAt = this.lab.clock.now().toISOString();
    const sweep: SweepDocument = {
      _id: id,
      schemaVersion: documentVersion,
      createdAt,
      digest,
      preimage,
      model: model.name,
      numericsDigest,
    };
    const { sweeps } = this.lab.collections;
    const stored = await sweeps.insertOne(sweep).then(
      () => sweep,
      (error: unknown) => {
        if (!isDuplicateKey(error)) throw error;
        return sweeps.findOne({ _id: id });
      },
    );
    const askedAt = stored?.createdAt ?? createdAt;
    if (this.askedAt.size >= REMEMBERED) this.askedAt.clear();
    this.askedAt.set(id, askedAt);
    return askedAt;
  }
}

/** Why a sweep would be refused as a whole, by what is missing of it; undefined when it would not. */
export function sweepRefusal(
  { wanted, runsToAdd, secondsToAdd }: Pick<SweepReading, 'wanted' | 'runsToAdd' | 'secondsToAdd'>,
  maxSeconds: number,
): CortigraphError | undefined {
  if (secondsToAdd <= maxSeconds) return undefined;
  const biologicalSeconds = Number(secondsToAdd.toPrecision(6));
  return new CortigraphError(
    'TOO_COSTLY',
    `The ${wanted.length} points that are missing would take about ${biologicalSeconds} biological seconds; one sweep may take ${maxSeconds}. See extensions.fits for what would fit.`,
    {
      cost: { biologicalSeconds, runs: runsToAdd, points: wanted.length },
      limit: { biologicalSeconds: maxSeconds },
      fits: { points: Math.floor((wanted.length * maxSeconds) / secondsToAdd) },
    },
  );
}

function answerOf(sweep: Sweep, reading: SweepReading, job: JobDocument | null, askedAt: string): SweepAnswer {
  // Until its job is at an end, also where its last run is stored: only then is it known what was computed.
  const isPending = job?.active === true;
  // Of a job under way, its progress counts; a run that others computed meanwhile is reused.
  const computed = Math.min((job?.active ? job.progress.done : job?.computedRuns) ?? 0, reading.runsStored);
  const answered = reading.points.filter(({ isAnswered }) => isAnswered).length;
  const reusedRuns = reading.runsStored - computed;
  return {
    id: sweep.identity.id,
    status: isPending ? 'PENDING' : 'READY',
    job,
    table: sweepTable(sweep, reading, job),
    cached: !isPending && computed === 0,
    reason: `${answered} of ${sweep.size} points are answered${withoutFigures(reading)}; ${computed} runs computed, ${reusedRuns} reused${leftOutNote(reading.leftOut)}`,
    tainted: reading.invalidatedAt !== null && reading.invalidatedAt >= askedAt,
    reusedRuns,
    computedRuns: computed,
  };
}

/** How many of the points that are answered have outcomes and no figures. */
function withoutFigures({ points }: SweepReading): string {
  const count = points.filter(({ isAnswered, estimates }) => isAnswered && estimates === null).length;
  return count === 0 ? '' : `, ${count} of them by an aborted run, without figures`;
}
