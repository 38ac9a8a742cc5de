import type { ModelOutput } from '../domain/model-definition.js';
import type { Protocol } from '../domain/protocol.js';
import type { RawSums } from '../domain/raw-sums.js';

/** What the estimator needs of a run that went to its end. */
export interface CompletedRun {
  readonly id: string;
  readonly protocol: Protocol;
  readonly outcome: string;
  readonly sums: RawSums;
}

/** Sums and exposures of one output, over one run or several: a mean is sum/exposure. */
export interface Batches {
  readonly sum: number;
  readonly exposure: number;
  /** The sums of whole batches. The last, shorter one of a run counts in `sum` only. */
  readonly whole: readonly number[];
  /** The exposure of a whole batch. */
  readonly batchExposure: number;
}

/** For how long all sources of a rate together were counted, in seconds. */
export const exposureOf = ({ sources }: { readonly sources: number }, ms: number): number => (sources * ms) / 1000;

/** The batches of one output of one run. */
export function batchesOf(output: ModelOutput, { protocol, sums }: CompletedRun): Batches {
  const all = sums.outputs[output.name] ?? [];
  const sum = all.reduce((total, batch) => total + batch, 0);
  if (output.sum.kind === 'mean' || sums.batchMs === null || protocol.durationMs === null) {
    return { sum, exposure: all.length, whole: all, batchExposure: 1 };
  }
  return {
    sum,
    exposure: exposureOf(output.sum, protocol.durationMs),
    whole: all.slice(0, Math.floor(protocol.durationMs / sums.batchMs)),
    batchExposure: exposureOf(output.sum, sums.batchMs),
  };
}

/** The batches of several runs of one model together. */
export function joinBatches(runs: readonly Batches[]): Batches {
  return {
    sum: runs.reduce((total, run) => total + run.sum, 0),
    exposure: runs.reduce((total, run) => total + run.exposure, 0),
    whole: runs.flatMap((run) => run.whole),
    batchExposure: runs[0]?.batchExposure ?? 1,
  };
}
