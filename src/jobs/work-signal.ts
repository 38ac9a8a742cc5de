import type { JobError } from '../domain/job.js';

/** Why work that runs here has to end without a result. */
export type StopReason = 'cancelled' | 'paused' | 'leaseLost' | 'shutdown';

/** Work was stopped from outside; there is nothing wrong with it. */
export class WorkStoppedError extends Error {
  override readonly name = 'WorkStoppedError';

  constructor(readonly reason: StopReason) {
    super(`stopped: ${reason}`);
  }
}

/** Thrown by work that cannot go on here and is not at an end: its job is paused, and says why until it is resumed. */
export class WorkPausedError extends Error {
  override readonly name = 'WorkPausedError';

  constructor(readonly why: JobError) {
    super(why.message);
  }
}
