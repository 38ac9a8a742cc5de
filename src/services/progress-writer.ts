import type { JobDocument } from '../domain/documents.js';
import type { Progress } from '../domain/job.js';
import type { JobLedger } from './job-ledger.js';
import type { Log } from './lab.js';

/** Writes the latest progress, one write at a time: what comes while one is under way is written after it. */
export class ProgressWriter {
  private current: Progress;
  private writing: Promise<void> | undefined;
  private dirty = false;

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
    this.dirty = true;
    this.writing ??= this.write().finally(() => (this.writing = undefined));
  }

  get latest(): Progress {
    return this.current;
  }

  /** Waits for the write under way; what is still unwritten goes with the write that ends the job. */
  async settled(): Promise<void> {
    this.dirty = false;
    await this.writing;
  }

  private async write(): Promise<void> {
    while (this.dirty) {
      this.dirty = false;
      await this.ledger.report(this.job, this.current).catch((error: unknown) => {
        this.log.warn({ err: error, jobId: this.job._id }, 'progress could not be stored');
      });
    }
  }
}
