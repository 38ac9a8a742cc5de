import type { JobDocument } from '../domain/documents.js';
import type { Progress } from '../domain/job.js';
import type { JobLedger } from './job-ledger.js';
import type { Log } from './lab.js';

/** How long progress may be known to this process alone, in ms: a job that ends sooner writes none. */
const WRITE_AFTER_MS = 200;

/**
 * Writes the latest progress for other processes and after a crash: some time after it was first told, one write at a
 * time, so that work in small steps does not live to write of it.
 */
export class ProgressWriter {
  private current: Progress;
  private timer: NodeJS.Timeout | undefined;
  private writing = Promise.resolve();

  constructor(
    private readonly ledger: JobLedger,
    private readonly log: Log,
    private readonly job: JobDocument,
    private readonly seen: (progress: Progress) => void,
  ) {
    this.current = job.progress;
  }

  set(progress: Omit<Progress, 'at'>): void {
    this.current = { ...progress, at: this.ledger.now() };
    this.seen(this.current);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.writing = this.writing.then(() => this.write());
    }, WRITE_AFTER_MS);
  }

  /** Stores what a next attempt must know, before work goes on; of no effect once the job is somebody else's. */
  async store(progress: Omit<Progress, 'at'>): Promise<void> {
    this.set(progress);
    await this.ledger.report(this.job, this.current);
  }

  get latest(): Progress {
    return this.current;
  }

  /** Waits for the write under way; what is still unwritten goes with the write that ends the job. */
  async settled(): Promise<void> {
    clearTimeout(this.timer);
    await this.writing;
  }

  private async write(): Promise<void> {
    await this.ledger.report(this.job, this.current).catch((error: unknown) => {
      this.log.warn({ err: error, jobId: this.job._id }, 'progress could not be stored');
    });
  }
}
