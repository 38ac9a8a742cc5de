import type { JobDocument } from '../domain/documents.js';
import type { Progress } from '../domain/job.js';
import type { Lab } from './lab.js';

/** Writes the latest progress, one write at a time: what comes while one is under way is written after it. */
export class ProgressWriter {
  private current: Omit<Progress, 'at'>;
  private writing: Promise<void> | undefined;
  private dirty = false;

  constructor(
    private readonly lab: Lab,
    private readonly holder: string,
    private readonly job: JobDocument,
    private readonly seen: (progress: Progress) => void,
  ) {
    this.current = job.progress;
  }

  set(progress: Omit<Progress, 'at'>): void {
    this.current = progress;
    this.seen(this.latest(this.lab.clock.now().toISOString()));
    this.dirty = true;
    this.writing ??= this.write().finally(() => (this.writing = undefined));
  }

  latest(at: string): Progress {
    const { total, done, failed, running } = this.current;
    return { total, done, failed, running, at };
  }

  /** Waits for the write under way; what is still unwritten goes with the write that ends the job. */
  async settled(): Promise<void> {
    this.dirty = false;
    await this.writing;
  }

  private async write(): Promise<void> {
    while (this.dirty) {
      this.dirty = false;
      await this.lab.collections.jobs
        .updateOne(
          { _id: this.job._id, attempt: this.job.attempt, holder: this.holder, active: true },
          { $set: { status: 'RUNNING', progress: this.latest(this.lab.clock.now().toISOString()) } },
        )
        .catch((error: unknown) => {
          this.lab.log.warn({ err: error, jobId: this.job._id }, 'progress could not be stored');
        });
    }
  }
}
