import type { ParameterValues } from '../domain/identity.js';
import type { Protocol } from '../domain/protocol.js';
import type { RawSums } from '../domain/raw-sums.js';

/** One simulation, as it crosses into a worker thread. */
export interface SimulationTask {
  readonly model: string;
  /** The numerics that the answer will be stored under: a worker with others refuses. */
  readonly numericsDigest: string;
  readonly values: ParameterValues;
  readonly protocol: Protocol;
  /** One shared word: anything but 0 stops the simulation. */
  readonly stop: Int32Array;
}

/** What comes back. `stopped` has no result: nobody wanted it any more. */
export type SimulationReply =
  | { readonly kind: 'done'; readonly outcome: string; readonly sums: RawSums; readonly kernelDigest: string }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'otherNumerics'; readonly numericsDigest: string };

/** What is timed: runs of these values, short ones. */
export type SpeedTask = Omit<SimulationTask, 'numericsDigest'>;

/** How long a run takes in one worker, on the wall: so long, and so long again for each second that it simulates. */
export interface SimulationSpeed {
  readonly msPerRun: number;
  readonly msPerBiologicalSecond: number;
}

/** What the code of a worker computes, told by itself. */
export interface ModelNumerics {
  readonly numericsDigest: string;
  readonly kernelDigest: string;
}
