/** Why work that runs here has to end without a result. */
export type StopReason = 'cancelled' | 'leaseLost' | 'shutdown';

/** Work was stopped from outside; there is nothing wrong with it. */
export class WorkStoppedError extends Error {
  override readonly name = 'WorkStoppedError';

  constructor(readonly reason: StopReason) {
    super(`stopped: ${reason}`);
  }
}
