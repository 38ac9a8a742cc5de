import { setTimeout as delay } from 'node:timers/promises';
import type { JobDocument } from '../domain/documents.js';
import { CortigraphError } from '../domain/errors.js';
import type { JobError } from '../domain/job.js';
import { LeaseWatch } from '../jobs/lease-watch.js';
import type { JobLease, WantedJob } from './job-ledger.js';
import { JobLedger } from './job-ledger.js';
import type { JobHandler } from './job-runner.js';
import { JobRunner } from './job-runner.js';
import type { Lab } from './lab.js';

/** Which of the jobs that nobody works on a process takes up: `nothing` leaves also what is asked for to others. */
export type TakesUp = 'any' | 'asked' | 'nothing';

/** A job that is wanted, and the way to it for this process, by what it knows already; else its kind's handler does it. */
export interface WantedWork extends WantedJob {
  readonly work?: JobHandler;
}

/** A job is given up when so many processes in a row went with it, and left no run of it behind. */
const MOST_LOST = 5;

/** From so many on it may be the job that ends them: such jobs are taken one at a time, so that it takes no others along. */
const SUSPECT_FROM = 2;

/** How often somebody who waits for another process's job looks at it, in ms. */
const POLL_MS = 250;

/**
 * Durable work. A job is a document from before it begins until after its result is stored; this service makes jobs, has
 * those done that this process holds, finds again those whose holder is gone, and tells how they stand.
 */
export class JobService {
  private readonly ledger: JobLedger;
  private readonly handlers = new Map<string, JobHandler>();
  private readonly beforeRetry = new Map<string, (job: JobDocument) => Promise<boolean>>();
  private readonly runner: JobRunner;
  private readonly leases: LeaseWatch;
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | undefined;
  /** Submissions under way; closing waits for them, to give back what they make. */
  private readonly submitting = new Set<Promise<unknown>>();
  private closed = false;

  /** Jobs that somebody asked this process for, where it takes up no others. */
  private readonly asked = new Set<string>();

  constructor(
    private readonly lab: Lab,
    holder: string,
    /** Which jobs that others left it takes up: a server any, a process that ends soon what it is asked for at most. */
    private readonly takesUp: TakesUp = 'any',
  ) {
    this.ledger = new JobLedger(lab, holder);
    this.runner = new JobRunner(lab, this.ledger);
    this.leases = new LeaseWatch(() => lab.clock.monotonicMs(), lab.settings.staleLeaseMs);
  }

  /**
   * Says who does the work of a kind of jobs; before {@link start}.
   * @param beforeRetry makes ready to do again what failed; whether there is anything
   */
  handle(kind: string, handler: JobHandler, beforeRetry?: (job: JobDocument) => Promise<boolean>): void {
    this.handlers.set(kind, handler);
    if (beforeRetry) this.beforeRetry.set(kind, beforeRetry);
  }

  /** Takes up what an earlier process left, and goes on looking for such work. */
  async start(): Promise<void> {
    await this.sweep();
    this.timer = setInterval(() => {
      this.sweeping ??= this.sweep()
        .catch((error: unknown) => {
          this.lab.log.warn({ err: error }, 'jobs could not be looked through; will try again');
        })
        .finally(() => (this.sweeping = undefined));
    }, this.lab.settings.heartbeatMs);
    this.timer.unref();
  }

  /**
   * The job of this kind and key that is under way: a new one, or the one that somebody else asked for already. A new
   * one is stored before it begins.
   * @throws CortigraphError UNAVAILABLE once the server is stopping
   */
  async submit(wanted: WantedWork): Promise<JobDocument> {
    if (this.closed) throw new CortigraphError('UNAVAILABLE', 'The server is stopping; ask again in a moment.');
    const submission = this.submitOnce(wanted);
    this.submitting.add(submission);
    try {
      return await submission;
    } finally {
      this.submitting.delete(submission);
    }
  }

  /** Waits until a job ends, at most `waitMs`; gives it as it then is. Waits no longer once the server is stopping. */
  async wait(id: string, waitMs: number): Promise<JobDocument> {
    const deadline = this.lab.clock.monotonicMs() + waitMs;
    for (;;) {
      const local = this.runner.get(id);
      const left = deadline - this.lab.clock.monotonicMs();
      if (local) {
        if (left > 0) await settledWithin(local.ended, left);
        if (this.runner.get(id) === local || !local.job.active) return local.job;
      }
      const job = await this.ledger.get(id);
      if (!job.active || job.status === 'PAUSED' || left <= 0 || this.closed) return job;
      await delay(Math.min(left, POLL_MS));
    }
  }

  /** A job that runs here, when it has ended or stopped here; null for any other. */
  async ended(id: string): Promise<JobDocument | null> {
    const local = this.runner.get(id);
    if (!local) return null;
    await local.ended;
    return local.job;
  }

  /** @throws CortigraphError NOT_FOUND, BAD_USER_INPUT */
  get(id: string): Promise<JobDocument> {
    return this.ledger.get(id).then((job) => this.runner.asItStands(job));
  }

  /** The newest job about something, at an end or not. */
  async latestOf(key: string): Promise<JobDocument | null> {
    const job = await this.ledger.latestOf(key);
    return job && this.runner.asItStands(job);
  }

  /** A job under way whose key begins with an id. */
  underWayAbout(id: string): Promise<JobDocument | null> {
    return this.ledger.underWayAbout(id);
  }

  /**
   * Ends a job that is under way. What it was computing stops when no other job wants it; what it has stored stays. A
   * job that is at an end stays as it is.
   * @throws CortigraphError NOT_FOUND, BAD_USER_INPUT
   */
  async cancel(id: string): Promise<JobDocument> {
    const job = await this.get(id);
    if (!job.active) return job;
    const cancelled = await this.ledger.cancel(id);
    this.runner.stop(id, 'cancelled');
    return cancelled ?? this.get(id);
  }

  /**
   * Stops a job that is under way until it is resumed; what it has stored stays. One that is at an end, or paused, stays
   * as it is.
   * @throws CortigraphError NOT_FOUND, BAD_USER_INPUT
   */
  async pause(id: string): Promise<JobDocument> {
    await this.get(id);
    const paused = await this.ledger.pause(id, null);
    if (paused) this.runner.stop(id, 'paused');
    return paused ?? this.get(id);
  }

  /**
   * Lets a paused job go on. Any other stays as it is.
   * @throws CortigraphError NOT_FOUND, BAD_USER_INPUT
   */
  async resume(id: string): Promise<JobDocument> {
    await this.get(id);
    const resumed = await this.ledger.resume(id);
    if (!resumed) return this.get(id);
    await this.runner.get(id)?.ended; // stopped by the pause
    this.asked.add(id);
    if (this.isForTaking(resumed)) await this.takeUp(resumed);
    return this.get(id);
  }

  /**
   * Does again what a job did not: a new job of the same work, where this one failed, was cancelled, or left parts out.
   * One under way stays as it is; of a job that was followed by another, that is given.
   * @throws CortigraphError NOT_FOUND, BAD_USER_INPUT, CONFLICT when there is nothing left to do
   */
  async retry(id: string): Promise<JobDocument> {
    const job = await this.get(id);
    const latest = (await this.latestOf(job.key)) ?? job;
    if (latest.active || latest._id !== id) return latest;
    await this.runner.get(id)?.ended; // where it was cancelled just now: what it did is told before another begins
    const prepared = await this.beforeRetry.get(job.kind)?.(job);
    const isWhole = job.status === 'COMPLETED' && (job.failures ?? []).length === 0;
    if (isWhole && prepared !== true) {
      throw new CortigraphError('CONFLICT', `The job ${id} did all that it was to do.`, { result: job.result });
    }
    return this.submit({ kind: job.kind, key: job.key, payload: job.payload });
  }

  /** Stops what runs here and gives it back, so that the next process takes it up at once. */
  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    await Promise.allSettled([this.sweeping, ...this.submitting]);
    await this.runner.close();
  }

  private async submitOnce(wanted: WantedWork): Promise<JobDocument> {
    const { kind, key } = wanted;
    for (let ordinal = 1; ;) {
      const job = await this.ledger.insert(wanted, ordinal, this.takesUp === 'nothing' ? null : this.ledger.holder);
      if (!job) {
        // One that goes before it, or somebody else was first.
        const latest = await this.ledger.latestOf(key);
        if (latest?.active) return await this.joined(latest);
        ordinal = (latest?.ordinal ?? 0) + 1;
        continue;
      }
      if (job.holder === null) return job;
      this.lab.log.info({ jobId: job._id, kind, key }, 'job begun');
      this.runner.run(job, wanted.work ?? this.handlers.get(kind));
      return job;
    }
  }

  /** A job that is under way already; one that was given back is taken up at once. */
  private async joined(job: JobDocument): Promise<JobDocument> {
    if (this.takesUp === 'any') return job;
    this.asked.add(job._id);
    if (this.isForTaking(job)) await this.takeUp(job);
    return job;
  }

  /** Shows that this process lives, drops what it lost, takes up what nobody holds. */
  private async sweep(): Promise<void> {
    await this.runner.beat();
    const leases = await this.ledger.leases();
    for (const lease of leases) if (!this.closed && this.isForTaking(lease)) await this.takeUp(lease);
    const active = new Set(leases.map(({ _id }) => _id));
    this.leases.keepOnly(active);
    this.runner.keepOnly(active);
  }

  private isForTaking(lease: JobLease): boolean {
    const { _id, kind, status, attempt, holder, heartbeat } = lease;
    if (status === 'PAUSED' || this.runner.get(_id) || !this.handlers.has(kind)) return false;
    if (this.takesUp === 'nothing' || (this.takesUp === 'asked' && !this.asked.has(_id))) return false;
    if (holder !== null && !this.leases.isStale(_id, `${attempt}/${holder}/${heartbeat}`)) return false;
    const suspects = this.runner.all().some(({ job: { lost = 0 } }) => lost >= SUSPECT_FROM);
    return !suspects || this.lostBy(lease) < SUSPECT_FROM;
  }

  /** How many processes in a row will have been lost once somebody takes this job. */
  private lostBy({ holder, progress, lost = 0 }: JobLease): number {
    // A job that was given back, or that this process itself could not, has lost nobody.
    if (holder === null || holder === this.ledger.holder) return lost;
    // Nor has one that left a run behind.
    return progress.done > (progress.since?.done ?? 0) ? 1 : lost + 1;
  }

  private async takeUp(lease: JobLease): Promise<void> {
    const jobId = lease._id;
    const lost = this.lostBy(lease);
    if (lost >= MOST_LOST) {
      this.lab.log.error({ jobId, lost }, 'a job is given up: one process after the other went with it');
      await this.ledger.giveUp(lease, lost, lostTooOften(jobId, lost));
      return;
    }
    const job = await this.ledger.take(lease, lost);
    if (!job) return;
    this.lab.log.info({ jobId, attempt: job.attempt, lost }, 'took up a job that nobody was working on');
    this.runner.run(job, this.handlers.get(job.kind));
  }
}

const lostTooOften = (jobId: string, lost: number): JobError => ({
  code: 'INTERNAL',
  message: `${lost} processes in a row ended in the middle of the job ${jobId}, as for want of memory. Ask again to retry.`,
  details: { lost },
});

/** Waits for a promise to settle, for so long at most. */
async function settledWithin(promise: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}
