import { createHash } from 'node:crypto';
import type { ExperimentDocument, ExperimentRowDocument } from '../../domain/documents.js';

/** What the files of experiments call themselves. */
export const format = 'cortigraph-experiment';

/** Raised when older software could not read them. */
export const formatVersion = 1;

/** What a file says of itself beside the experiment. */
export interface ExperimentFileHeader {
  readonly schemaVersion: number;
  readonly softwareVersion: string;
  readonly createdAt: string;
}

/** Whether rows come in the order of points, then replicates, none left out. */
export class Places {
  count = 0;

  constructor(private readonly extent: Pick<ExperimentDocument, 'size' | 'replicates'>) {}

  /** Counts a row, if it is the next. */
  isNext({ point, replicate }: Pick<ExperimentRowDocument, 'point' | 'replicate'>): boolean {
    const { replicates } = this.extent;
    const isNext = point === Math.floor(this.count / replicates) && replicate === this.count % replicates;
    if (isNext) this.count += 1;
    return isNext;
  }

  isWhole(): boolean {
    return this.count === this.extent.size * this.extent.replicates;
  }
}

/** The hash of the ids of runs, in the order of rows. */
export class RunsDigest {
  private readonly hash = createHash('sha256');

  add(runId: string | null): void {
    this.hash.update(`${runId ?? ''}\n`);
  }

  digest(): string {
    return this.hash.digest('hex');
  }
}
