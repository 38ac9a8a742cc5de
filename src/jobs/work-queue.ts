import PQueue from 'p-queue';

/**
 * What waits for a worker, by its id. A queue is transport and no memory: what it loses is found again in the store, and
 * what it gives twice is done once, for whoever takes an id looks in the store whether there is something to do.
 */
export interface WorkQueue {
  /** Puts an id in line, before those of a lower priority. One that waits already waits once. */
  add(id: string, priority: number): Promise<void>;
  /** Gives ids out, so many at once at most, until {@link close}. Called once. */
  consume(atOnce: number, work: (id: string) => Promise<void>): void;
  /** Gives nothing out any more; waits until what was given out has ended. */
  close(): Promise<void>;
}

/** A queue of one process. */
export class InProcessQueue implements WorkQueue {
  private readonly line = new PQueue({ concurrency: 1, autoStart: false });
  private readonly waiting = new Set<string>();
  private work: (id: string) => Promise<void> = () => Promise.resolve();
  private closed = false;

  /** @param failed told where work failed: whoever gives it out should have met that */
  constructor(private readonly failed: (id: string, error: unknown) => void) {}

  add(id: string, priority: number): Promise<void> {
    if (this.closed || this.waiting.has(id)) return Promise.resolve();
    this.waiting.add(id);
    const given = async (): Promise<void> => {
      this.waiting.delete(id);
      await this.work(id);
    };
    this.line.add(given, { priority }).catch((error: unknown) => this.failed(id, error));
    return Promise.resolve();
  }

  consume(atOnce: number, work: (id: string) => Promise<void>): void {
    this.work = work;
    this.line.concurrency = atOnce;
    this.line.start();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.line.clear();
    await this.line.onIdle();
  }
}
