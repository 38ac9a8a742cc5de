import { addAbortListener } from 'node:events';
import type { ChunkDocument } from '../domain/documents.js';
import type { Progress } from '../domain/job.js';
import type { ExperimentCounts } from './chunk-ledger.js';

/** How often the store is asked what other processes did, in ms: that reads all chunks of an experiment. */
export const LOOK_MS = 5000;

/** How much of a chunk is stored, in rows. */
export type ChunkProgress = Pick<ChunkDocument, 'done' | 'failed'>;

/** An experiment that this process sees to its end: what is done of it, each row counted once, and the wait for more. */
export class WatchedExperiment {
  /** What a chunk of it could not go on after. */
  error: Error | undefined;
  /** Chunks that have not ended, as they were looked at last. */
  open = 0;
  total = 0;
  /** What the jobs before this one computed. */
  computedBefore: number | undefined;
  /** Where this process began. */
  private since: Progress['since'];
  /** Of its chunks that are not at work here and did not end here. */
  private others: ChunkProgress = { done: 0, failed: 0 };
  /** Of each chunk that is at work here, or ended here. */
  private readonly own = new Map<string, ChunkProgress>();

  private hasChanged = false;
  private wake: () => void = () => undefined;

  /** @param tell told when there is more to {@link progress} */
  constructor(private readonly tell: () => void) {}

  /** How its chunks stand in the store. */
  look({ done, failed, open }: ExperimentCounts, now: string): void {
    this.others = { done, failed };
    this.open = open;
    this.since ??= { done: this.progress().done, at: now };
    this.tell();
  }

  /** The chunks whose counts are told by {@link count}, not by a look at the store. */
  get counted(): ReadonlyMap<string, unknown> {
    return this.own;
  }

  /** A chunk is at work here from now on. */
  take({ _id, done, failed }: ChunkDocument): void {
    this.own.set(_id, { done, failed });
    this.others = { done: this.others.done - done, failed: this.others.failed - failed };
  }

  /** What is stored of a chunk of ours as its work begins: also of one that a crash left without counts. */
  begin(id: string, counts: ChunkProgress): void {
    const known = this.own.get(id)?.done ?? 0;
    if (this.since) this.since = { ...this.since, done: this.since.done + counts.done - known };
    this.count(id, counts);
  }

  /** What is stored of a chunk of ours. */
  count(id: string, counts: ChunkProgress): void {
    this.own.set(id, counts);
    this.tell();
  }

  /** A chunk is at work here no more, and was left like this. */
  release(id: string, { done, failed }: ChunkProgress): void {
    if (!this.own.delete(id)) return;
    this.others = { done: this.others.done + done, failed: this.others.failed + failed };
  }

  progress(): ChunkProgress & Pick<Progress, 'total' | 'since' | 'computedBefore'> {
    const all = [this.others, ...this.own.values()];
    return {
      total: this.total,
      done: all.reduce((sum, { done }) => sum + done, 0),
      failed: all.reduce((sum, { failed }) => sum + failed, 0),
      ...(this.since ? { since: this.since } : {}),
      ...(this.computedBefore === undefined ? {} : { computedBefore: this.computedBefore }),
    };
  }

  /** Says what a chunk could not go on after. */
  fail(error: unknown): void {
    this.error ??= error instanceof Error ? error : new Error(String(error));
    this.change();
  }

  /** Says that a chunk has ended here. */
  change(): void {
    this.hasChanged = true;
    this.wake();
  }

  /** Waits until a chunk has ended here since the last time, the signal is aborted, or others may have done something. */
  async changed(signal: AbortSignal): Promise<void> {
    if (!this.hasChanged && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_MS);
        const leave = addAbortListener(signal, () => resolve());
        this.wake = () => {
          clearTimeout(timer);
          leave[Symbol.dispose]();
          resolve();
        };
      });
      this.wake();
    }
    this.hasChanged = false;
  }
}
