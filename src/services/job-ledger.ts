import type { JobDocument } from '../domain/documents.js';
import { documentVersion } from '../domain/documents.js';
import { notFound } from '../domain/errors.js';
import { jobId } from '../domain/identity.js';
import { requireId } from '../domain/ids.js';
import type { JobError, Progress } from '../domain/job.js';
import type { JsonObject } from '../domain/json.js';
import type { Write } from '../store/in-order.js';
import { startsWith } from '../store/seam.js';
import type { Lab } from './lab.js';

/** What must be known of a job to see whether somebody works on it. */
export type JobLease = Pick<JobDocument, '_id' | 'kind' | 'status' | 'attempt' | 'holder' | 'heartbeat' | 'lost'> & {
  readonly progress: Pick<Progress, 'done'> & { readonly since?: Pick<Progress, 'done'> };
};

/** A job that is wanted. */
export interface WantedJob {
  readonly kind: string;
  /** What it is about: of one key, one job at a time is under way. */
  readonly key: string;
  readonly payload: JsonObject;
  /** The writes that come before it. */
  readonly restsOn?: readonly Write[];
}

/** How a job ends. */
export type JobEnd = Pick<JobDocument, 'status'> &
  Partial<Pick<JobDocument, 'result' | 'computedRuns' | 'reusedRuns' | 'failures' | 'error'>>;

/**
 * The documents of jobs. Every transition is one conditional write of one document: a holder writes only while the
 * attempt is its own and the job is not at an end.
 */
export class JobLedger {
  constructor(
    private readonly lab: Lab,
    /** Names this process among all that share the store. */
    readonly holder: string,
  ) {}

  /**
   * A new job, behind what it rests on; null when there is a job of this key and ordinal already.
   * @param holder null where anybody may take it up
   */
  async insert(
    { kind, key, payload, restsOn = [] }: WantedJob,
    ordinal: number,
    holder: string | null,
  ): Promise<JobDocument | null> {
    const now = this.now();
    const job: JobDocument = {
      _id: jobId(key, ordinal),
      schemaVersion: documentVersion,
      createdAt: now,
      kind,
      key,
      ordinal,
      active: true,
      status: 'QUEUED',
      payload,
      progress: { total: 0, done: 0, failed: 0, running: 0, at: now },
      result: null,
      computedRuns: 0,
      reusedRuns: 0,
      error: null,
      attempt: 1,
      holder,
      heartbeat: 0,
      lost: 0,
      finishedAt: null,
      project: this.lab.attribution.project,
      createdBy: this.lab.attribution.createdBy,
    };
    let isNew = false;
    const insert = async (): Promise<void> => {
      await this.jobs.insertOne(job);
      isNew = true;
    };
    await this.lab.inOrder(...restsOn, insert);
    return isNew ? job : null;
  }

  /** @throws CortigraphError NOT_FOUND, BAD_USER_INPUT */
  async get(id: string): Promise<JobDocument> {
    requireId(id, 'Job');
    const job = await this.jobs.findOne({ _id: id });
    if (!job) throw notFound(`job ${id}`);
    return job;
  }

  /** The newest job about something, at an end or not. */
  async latestOf(key: string): Promise<JobDocument | null> {
    const [job] = await this.jobs.find({ key }, { sort: { ordinal: -1 }, limit: 1 }).toArray();
    return job ?? null;
  }

  /** A job under way whose key begins with an id. */
  async underWayAbout(id: string): Promise<JobDocument | null> {
    return this.jobs.findOne({ key: startsWith(id), active: true });
  }

  /** The leases of all jobs that are not at an end, the oldest first. */
  async leases(): Promise<readonly JobLease[]> {
    const projection = {
      kind: 1,
      status: 1,
      attempt: 1,
      holder: 1,
      heartbeat: 1,
      lost: 1,
      'progress.done': 1,
      'progress.since.done': 1,
    } as const;
    return this.jobs.find<JobLease>({ active: true }, { sort: { createdAt: 1, _id: 1 }, projection }).toArray();
  }

  /** Takes a job from whoever held it, if nothing of its lease has changed. What it has done counts from here. */
  async take({ _id, attempt, holder, heartbeat }: JobLease, lost: number): Promise<JobDocument | null> {
    const anew = { 'progress.done': 0, 'progress.failed': 0, 'progress.running': 0 };
    return this.jobs.findOneAndUpdate(
      { _id, active: true, attempt, holder, heartbeat },
      { $set: { attempt: attempt + 1, holder: this.holder, heartbeat: 0, lost, ...anew } },
      { returnDocument: 'after' },
    );
  }

  /** Ends a job that nobody is to take again, if nothing of its lease has changed. */
  async giveUp({ _id, attempt, holder, heartbeat }: JobLease, lost: number, error: JobError): Promise<void> {
    const end = { status: 'FAILED', active: false, finishedAt: this.now(), 'progress.running': 0 } as const;
    await this.jobs.updateOne({ _id, active: true, attempt, holder, heartbeat }, { $set: { ...end, lost, error } });
  }

  /** Shows that a job of ours is alive; false when it is not ours any more, or at an end. */
  async beat({ _id, attempt }: JobDocument, heartbeat: number): Promise<boolean> {
    const { matchedCount } = await this.jobs.updateOne(
      { _id, attempt, holder: this.holder, active: true },
      { $set: { heartbeat } },
    );
    return matchedCount === 1;
  }

  /** Says how far a job of ours is. */
  async report({ _id, attempt }: JobDocument, progress: Progress): Promise<void> {
    await this.jobs.updateOne(
      { _id, attempt, holder: this.holder, active: true },
      { $set: { status: 'RUNNING', progress } },
    );
  }

  /** Ends a job of ours; null, and of no effect, when it was cancelled or taken meanwhile. */
  async end({ _id, attempt }: JobDocument, end: JobEnd, progress: Omit<Progress, 'at'>): Promise<JobDocument | null> {
    const finishedAt = this.now();
    const { total, done, failed } = progress;
    const isDone = end.status === 'COMPLETED';
    const last: Progress = { ...progress, total: isDone ? done + failed : total, running: 0, at: finishedAt };
    return this.jobs.findOneAndUpdate(
      { _id, attempt, holder: this.holder, active: true },
      { $set: { ...end, active: false, finishedAt, progress: last } },
      { returnDocument: 'after' },
    );
  }

  /** Gives a job of ours back, so that the next who looks takes it up at once. */
  async giveBack({ _id, attempt }: JobDocument): Promise<void> {
    await this.jobs.updateOne(
      { _id, attempt, holder: this.holder, active: true },
      { $set: { status: 'QUEUED', holder: null, 'progress.running': 0 } },
    );
  }

  /** Takes a job that is under way from whoever holds it, until it is resumed; null when it is paused, or at an end. */
  async pause(id: string, why: JobError | null): Promise<JobDocument | null> {
    return this.jobs.findOneAndUpdate(
      { _id: id, active: true, status: { $in: ['QUEUED', 'RUNNING'] } },
      { $set: { status: 'PAUSED', holder: null, error: why, 'progress.running': 0 } },
      { returnDocument: 'after' },
    );
  }

  /** Pauses a job of ours; of no effect when it is not ours any more. */
  async pauseOurs({ _id, attempt }: JobDocument, why: JobError): Promise<void> {
    await this.jobs.updateOne(
      { _id, attempt, holder: this.holder, active: true },
      { $set: { status: 'PAUSED', holder: null, error: why, 'progress.running': 0 } },
    );
  }

  /** Lets a paused job be taken up; null when it is not paused. */
  async resume(id: string): Promise<JobDocument | null> {
    return this.jobs.findOneAndUpdate(
      { _id: id, active: true, status: 'PAUSED' },
      { $set: { status: 'QUEUED', error: null } },
      { returnDocument: 'after' },
    );
  }

  /** Ends a job that is under way, whoever holds it; null when it is at an end. */
  async cancel(id: string): Promise<JobDocument | null> {
    return this.jobs.findOneAndUpdate(
      { _id: id, active: true },
      { $set: { status: 'CANCELLED', active: false, finishedAt: this.now(), 'progress.running': 0 } },
      { returnDocument: 'after' },
    );
  }

  now(): string {
    return this.lab.clock.now().toISOString();
  }

  private get jobs(): Lab['collections']['jobs'] {
    return this.lab.collections.jobs;
  }
}
