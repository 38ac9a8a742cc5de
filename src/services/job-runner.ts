import type { JobDocument } from '../domain/documents.js';
import { CortigraphError } from '../domain/errors.js';
import type { JobError, PartFailure, Progress } from '../domain/job.js';
import type { StopReason } from '../jobs/work-signal.js';
import { WorkPausedError, WorkStoppedError } from '../jobs/work-signal.js';
import type { Write } from '../store/in-order.js';
import { isStoreLost } from '../store/store-errors.js';
import type { JobEnd, JobLedger } from './job-ledger.js';
import type { Lab } from './lab.js';
import { ProgressWriter } from './progress-writer.js';

/** What a handler is given beside its job. */
export interface JobContext {
  readonly job: JobDocument;
  /** Aborted with a {@link WorkStoppedError} when nobody wants the work here any more. */
  readonly signal: AbortSignal;
  /** Says how far the work is. Never waits for the store. */
  readonly progress: (progress: Omit<Progress, 'at'>) => void;
  /** Says the same, and waits until it is stored. */
  readonly storeProgress: (progress: Omit<Progress, 'at'>) => Promise<void>;
}

/** What a job made. */
export interface JobResult {
  readonly result: string;
  readonly computedRuns: number;
  readonly reusedRuns: number;
  /** What is still to be stored of it; the job ends behind these. */
  readonly writes?: readonly Write[];
  /** Of the parts that failed while the others went on. */
  readonly failures?: readonly PartFailure[];
}

/** Does the work of one kind of job. Idempotent: it may be called again after a crash, or elsewhere. */
export type JobHandler = (context: JobContext) => Promise<JobResult>;

/** A job that this process works on, or is about to. */
export interface LocalJob {
  readonly ended: Promise<void>;
  readonly job: JobDocument;
}

interface Running extends LocalJob {
  readonly abort: AbortController;
  job: JobDocument;
}

/** Works on the jobs that this process holds, and writes how they ended. */
export class JobRunner {
  private readonly running = new Map<string, Running>();
  /** Jobs of ours that the store took no write of; why, until one is taken up again. */
  private readonly interrupted = new Map<string, JobError>();

  constructor(
    private readonly lab: Lab,
    private readonly ledger: JobLedger,
  ) {}

  /** The job of this id, where this process works on it. */
  get(id: string): LocalJob | undefined {
    return this.running.get(id);
  }

  /** All jobs that this process works on. */
  all(): readonly LocalJob[] {
    return [...this.running.values()];
  }

  /** Stops the work on a job, if there is any here, for its status in the store has changed or is to stay. */
  stop(id: string, reason: StopReason): void {
    if (reason !== 'shutdown') this.interrupted.delete(id);
    this.running.get(id)?.abort.abort(new WorkStoppedError(reason));
  }

  /** Shows that this process lives; stops what it has lost. */
  async beat(): Promise<void> {
    for (const [id, local] of this.running) {
      const heartbeat = local.job.heartbeat + 1;
      if (await this.ledger.beat(local.job, heartbeat)) local.job = { ...local.job, heartbeat };
      else if (this.running.get(id) === local) this.stop(id, 'leaseLost');
    }
  }

  /** Forgets why jobs cannot go on that are at an end by now: all but these are. */
  keepOnly(active: ReadonlySet<string>): void {
    for (const id of this.interrupted.keys()) if (!active.has(id)) this.interrupted.delete(id);
  }

  /** Stops everything and gives it back, so that the next process takes it up at once. */
  async close(): Promise<void> {
    const ended = this.all().map((local) => local.ended);
    for (const id of this.running.keys()) this.stop(id, 'shutdown');
    await Promise.all(ended);
  }

  /** A job that was ours and cannot go on is paused until somebody takes it up, although the store could not be told. */
  asItStands(job: JobDocument): JobDocument {
    const isOurs = job.holder === null || job.holder === this.ledger.holder;
    const why =
      job.active && job.status !== 'PAUSED' && isOurs && !this.running.has(job._id)
        ? this.interrupted.get(job._id)
        : undefined;
    return why ? { ...job, status: 'PAUSED', error: why, progress: { ...job.progress, running: 0 } } : job;
  }

  /** Begins to work on a job that this process holds; whoever waits for it asks {@link get}. */
  run(job: JobDocument, handler: JobHandler | undefined): void {
    this.interrupted.delete(job._id);
    const abort = new AbortController();
    const ended = this.work(job, handler, abort.signal)
      .catch((error: unknown) => {
        const message = 'a job could not be brought to an end; it will be found again';
        this.lab.log.error({ err: error, jobId: job._id }, message);
      })
      .finally(() => {
        if (this.running.get(job._id) === local) this.running.delete(job._id);
      });
    const local: Running = { abort, ended, job };
    this.running.set(job._id, local);
  }

  /** Does a job's work and writes how it ended: behind its result, never before it. */
  private async work(job: JobDocument, handler: JobHandler | undefined, signal: AbortSignal): Promise<void> {
    await Promise.resolve(); // so that `local` holds the job before anything of it runs
    const progress = new ProgressWriter(this.ledger, this.lab.log, job, (latest) => {
      const local = this.running.get(job._id);
      if (local) local.job = { ...local.job, status: 'RUNNING', progress: latest };
    });
    try {
      if (!handler) throw new CortigraphError('UNAVAILABLE', `This server does not know jobs of the kind ${job.kind}.`);
      const context: JobContext = {
        job,
        signal,
        progress: (at) => progress.set(at),
        storeProgress: (at) => progress.store(at),
      };
      const { writes = [], ...result } = await handler(context);
      await this.end(job, progress, { status: 'COMPLETED', ...result }, writes);
    } catch (error) {
      if (error instanceof WorkPausedError && !signal.aborted) {
        await this.pauseOurs(job, progress, error);
        return;
      }
      const failure = this.errorThatEnds(job, signal, error);
      if (failure) await this.end(job, progress, { status: 'FAILED', error: failure });
      else {
        await progress.settled();
        // Of no effect on a job that was cancelled, or that somebody else has taken.
        await this.ledger.giveBack(job);
      }
    }
  }

  private async end(
    job: JobDocument,
    progress: ProgressWriter,
    end: JobEnd,
    writes: readonly Write[] = [],
  ): Promise<void> {
    await progress.settled();
    let ended = null as JobDocument | null;
    const writeEnd = async (): Promise<void> => {
      ended = await this.ledger.end(job, end, progress.latest);
    };
    await this.lab.inOrder(...writes, writeEnd);
    const local = this.running.get(job._id);
    if (ended && local) local.job = ended;
    const { status, result, computedRuns, reusedRuns, error } = end;
    const told = { jobId: job._id, kind: job.kind, status, result, computedRuns, reusedRuns, error: error?.code };
    this.lab.log.info(told, 'job ended');
  }

  private async pauseOurs(job: JobDocument, progress: ProgressWriter, { why }: WorkPausedError): Promise<void> {
    await progress.settled();
    await this.ledger.pauseOurs(job, why);
    this.lab.log.warn({ jobId: job._id, kind: job.kind, why: why.message }, 'job paused');
  }

  /** The error that a job ends with; undefined when it does not end, for it was stopped or the store was lost. */
  private errorThatEnds(job: JobDocument, signal: AbortSignal, error: unknown): JobError | undefined {
    if (signal.aborted || error instanceof WorkStoppedError) return undefined;
    if (!isStoreLost(error)) return this.jobError(job, error);
    this.lab.log.warn({ err: error, jobId: job._id }, 'the store was lost; the job will be taken up again');
    this.interrupted.set(job._id, {
      code: 'UNAVAILABLE',
      message: `The store took no more of it (${error instanceof Error ? error.message : 'lost'}). It goes on by itself once the store can be written again.`,
      details: {},
    });
    return undefined;
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
}
