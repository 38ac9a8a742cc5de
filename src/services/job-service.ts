import { setTimeout as delay } from 'node:timers/promises';
import type { JobDocument } from '../domain/documents.js';
import { documentVersion } from '../domain/documents.js';
import { CortigraphError, notFound } from '../domain/errors.js';
import { jobId } from '../domain/identity.js';
import { requireId } from '../domain/ids.js';
import type { JobError, Progress } from '../domain/job.js';
import type { JsonObject } from '../domain/json.js';
import { LeaseWatch } from '../jobs/lease-watch.js';
import type { StopReason } from '../jobs/work-signal.js';
import { WorkStoppedError } from '../jobs/work-signal.js';
import { isDuplicateKey } from '../store/store-errors.js';
import type { Lab } from './lab.js';
import { ProgressWriter } from './progress-writer.js';

/** What a handler is given beside its job. */
export interface JobContext {
  readonly job: JobDocument;
  /** Aborted with a {@link WorkStoppedError} when nobody wants the work here any more. */
  readonly signal: AbortSignal;
  /** Says how far the work is. Never waits for the store. */
  readonly progress: (progress: Omit<Progress, 'at'>) => void;
}

/** What a job made. */
export interface JobResult {
  readonly result: string;
  readonly computedRuns: number;
  readonly reusedRuns: number;
}

/** Does the work of one kind of job. Idempotent: it may be called again after a crash, or elsewhere. */
export type JobHandler = (context: JobContext) => Promise<JobResult>;

interface Local {
  readonly abort: AbortController;
  readonly ended: Promise<void>;
  job: JobDocument;
}

const zeroProgress = { total: 0, done: 0, failed: 0, running: 0 };

/** How often somebody who waits for another process's job looks at it. */
const POLL_MS = 250;

/**
 * Durable work. A job is a document from before it begins until after its result is stored; this service runs those
 * that it holds, finds again those whose holder is gone, and tells how they ended. Every transition is one conditional
 * write of one document.
 */
export class JobService {
  private readonly handlers = new Map<string, JobHandler>();
  private readonly local = new Map<string, Local>();
  private readonly leases: LeaseWatch;
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly lab: Lab,
    /** Names this process among all that share the store. */
    private readonly holder: string,
  ) {
    this.leases = new LeaseWatch(() => lab.clock.monotonicMs(), lab.settings.staleLeaseMs);
  }

  /** Says who does the work of a kind of jobs; before {@link start}. */
  handle(kind: string, handler: JobHandler): void {
    this.handlers.set(kind, handler);
  }

  /** Takes up what an earlier process left, and goes on looking for such work. */
  async start(): Promise<void> {
    await this.sweep();
    this.timer = setInterval(() => {
      this.sweeping = this.sweep().catch((error: unknown) => {
        this.lab.log.warn({ err: error }, 'jobs could not be looked through; will try again');
      });
    }, this.lab.settings.heartbeatMs);
    this.timer.unref();
  }

  /**
   * The job of this kind and key that is under way: a new one, or the one that somebody else asked for already. A new
   * one is stored before it begins.
   */
  async submit(kind: string, key: string, payload: JsonObject): Promise<JobDocument> {
    if (this.closed) throw new CortigraphError('UNAVAILABLE', 'The server is stopping; ask again in a moment.');
    for (;;) {
      const latest = await this.latestOf(key);
      if (latest?.active) return latest;
      const job = this.newJob(kind, key, (latest?.ordinal ?? 0) + 1, payload);
      try {
        await this.lab.collections.jobs.insertOne(job);
        this.run(job);
        return job;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error; // somebody else was first: join that
      }
    }
  }

  private newJob(kind: string, key: string, ordinal: number, payload: JsonObject): JobDocument {
    const now = this.lab.clock.now().toISOString();
    return {
      _id: jobId(key, ordinal),
      schemaVersion: documentVersion,
      createdAt: now,
      kind,
      key,
      ordinal,
      active: true,
      status: 'QUEUED',
      payload,
      progress: { ...zeroProgress, at: now },
      result: null,
      computedRuns: 0,
      reusedRuns: 0,
      error: null,
      attempt: 1,
      holder: this.holder,
      heartbeat: 0,
      finishedAt: null,
      project: this.lab.attribution.project,
      createdBy: this.lab.attribution.createdBy,
    };
  }

  /** Waits until a job ends, at most `waitMs`; gives it as it then is. */
  async wait(id: string, waitMs: number): Promise<JobDocument> {
    const deadline = this.lab.clock.monotonicMs() + waitMs;
    for (;;) {
      const local = this.local.get(id);
      const left = deadline - this.lab.clock.monotonicMs();
      if (local) {
        if (left > 0) await settledWithin(local.ended, left);
        if (this.local.has(id)) return local.job;
      }
      const job = await this.get(id);
      if (!job.active || left <= 0 || this.closed) return job;
      await delay(Math.min(left, POLL_MS));
    }
  }

  /** @throws CortigraphError NOT_FOUND, BAD_USER_INPUT */
  async get(id: string): Promise<JobDocument> {
    requireId(id, 'Job');
    const job = await this.lab.collections.jobs.findOne({ _id: id });
    if (!job) throw notFound(`job ${id}`);
    return job;
  }

  /** The newest job about something, at an end or not. */
  async latestOf(key: string): Promise<JobDocument | null> {
    const [job] = await this.lab.collections.jobs.find({ key }, { sort: { ordinal: -1 }, limit: 1 }).toArray();
    return job ?? null;
  }

  /**
   * Ends a job that is under way. What it was computing stops when no other job wants it; what it has stored stays. A
   * job that is at an end stays as it is.
   */
  async cancel(id: string): Promise<JobDocument> {
    const job = await this.get(id);
    if (!job.active) return job;
    const cancelled = await this.lab.collections.jobs.findOneAndUpdate(
      { _id: id, active: true },
      { $set: { status: 'CANCELLED', active: false, finishedAt: this.lab.clock.now().toISOString() } },
      { returnDocument: 'after' },
    );
    this.stopLocal(id, 'cancelled');
    return cancelled ?? this.get(id);
  }

  /** Stops what runs here and gives it back, so that the next process takes it up at once. */
  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    await this.sweeping;
    const under = [...this.local.values()];
    for (const id of this.local.keys()) this.stopLocal(id, 'shutdown');
    await Promise.all(under.map(({ ended }) => ended));
  }

  private stopLocal(id: string, reason: StopReason): void {
    this.local.get(id)?.abort.abort(new WorkStoppedError(reason));
  }

  private run(job: JobDocument): void {
    const abort = new AbortController();
    const ended = this.work(job, abort.signal)
      .catch((error: unknown) => {
        this.lab.log.error(
          { err: error, jobId: job._id },
          'a job could not be brought to an end; it will be found again',
        );
      })
      .finally(() => this.local.delete(job._id));
    this.local.set(job._id, { abort, ended, job });
  }

  /** Calls the handler and writes how the job ended: after its result is stored, never before. */
  private async work(job: JobDocument, signal: AbortSignal): Promise<void> {
    await Promise.resolve(); // so that `local` holds the job before anything of it runs
    const progress = new ProgressWriter(this.lab, this.holder, job, (latest) => {
      const local = this.local.get(job._id);
      if (local) local.job = { ...local.job, status: 'RUNNING', progress: latest };
    });
    const handler = this.handlers.get(job.kind);
    let end: Partial<JobDocument>;
    try {
      if (!handler) throw new CortigraphError('UNAVAILABLE', `This server does not know jobs of the kind ${job.kind}.`);
      end = { status: 'COMPLETED', ...(await handler({ job, signal, progress: (at) => progress.set(at) })) };
    } catch (error) {
      if (signal.aborted || error instanceof WorkStoppedError) {
        await progress.settled();
        await this.giveBack(job, signal.reason instanceof WorkStoppedError ? signal.reason.reason : 'shutdown');
        return;
      }
      end = { status: 'FAILED', error: this.jobError(job, error) };
    }
    await progress.settled();
    const finishedAt = this.lab.clock.now().toISOString();
    await this.lab.collections.jobs.updateOne(
      { _id: job._id, attempt: job.attempt, active: true },
      { $set: { ...end, active: false, finishedAt, progress: progress.latest(finishedAt) } },
    );
  }

  private async giveBack(job: JobDocument, reason: StopReason): Promise<void> {
    if (reason !== 'shutdown') return;
    await this.lab.collections.jobs.updateOne(
      { _id: job._id, attempt: job.attempt, active: true },
      { $set: { status: 'QUEUED', holder: null, 'progress.running': 0 } },
    );
  }

  private jobError(job: JobDocument, error: unknown): JobError {
    if (error instanceof CortigraphError) return { code: error.code, message: error.message, details: error.details };
    this.lab.log.error({ err: error, jobId: job._id, kind: job.kind, key: job.key }, 'a job failed');
    return {
      code: 'INTERNAL',
      message: `The ${job.kind} job ${job._id} failed by a fault of the server; its log has the details. Ask again to retry.`,
      details: {},
    };
  }

  /** Shows that this process lives, drops what it lost, takes up what nobody holds. */
  private async sweep(): Promise<void> {
    const { jobs } = this.lab.collections;
    for (const [id, local] of this.local) {
      const heartbeat = local.job.heartbeat + 1;
      const { matchedCount } = await jobs.updateOne(
        { _id: id, attempt: local.job.attempt, holder: this.holder, active: true },
        { $set: { heartbeat } },
      );
      if (matchedCount === 0) this.stopLocal(id, 'leaseLost');
      else local.job = { ...local.job, heartbeat };
    }
    const active = await jobs.find({ active: true }, { sort: { createdAt: 1, _id: 1 } }).toArray();
    for (const job of active) {
      const isMine = job.holder === this.holder && this.local.has(job._id);
      if (isMine || this.closed || !this.handlers.has(job.kind)) continue;
      const free = job.holder === null || job.holder === this.holder;
      if (free || this.leases.isStale(job._id, `${job.attempt}/${job.holder}/${job.heartbeat}`)) await this.takeUp(job);
    }
    this.leases.keepOnly(new Set(active.map(({ _id }) => _id)));
  }

  private async takeUp(job: JobDocument): Promise<void> {
    const { attempt, heartbeat, holder } = job;
    const taken = await this.lab.collections.jobs.findOneAndUpdate(
      { _id: job._id, active: true, attempt, heartbeat, holder },
      { $set: { attempt: attempt + 1, holder: this.holder, heartbeat: 0 } },
      { returnDocument: 'after' },
    );
    if (!taken || this.local.has(job._id)) return;
    this.lab.log.info({ jobId: job._id, attempt: taken.attempt }, 'took up a job that nobody was working on');
    this.run(taken);
  }
}

/** Waits for a promise to settle, for so long at most. */
async function settledWithin(promise: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}
