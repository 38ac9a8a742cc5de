import type { Estimate } from '../domain/estimate.js';
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
  /** Kinds of the model's recordings to make. */
  readonly recordings: readonly string[];
  /** One shared word: anything but 0 stops the simulation. */
  readonly stop: Int32Array;
}

/** What was recorded, its table as an Arrow stream. */
export interface EncodedRecording {
  readonly kind: string;
  /** Of the code that recorded it. */
  readonly version: string;
  readonly figures: readonly Estimate[];
  readonly arrow: Uint8Array;
  /** The SHA-256 of the stream. */
  readonly digest: string;
}

/** A simulation that went to an end, with what was asked to be recorded of it. */
export interface SimulationDone {
  readonly kind: 'done';
  readonly outcome: string;
  readonly sums: RawSums;
  readonly kernelDigest: string;
  readonly recorded: readonly EncodedRecording[];
}

/** What comes back. `stopped` has no result: nobody wanted it any more. */
export type SimulationReply =
  SimulationDone | { readonly kind: 'stopped' } | { readonly kind: 'otherNumerics'; readonly numericsDigest: string };

/** What is timed: runs of these values, short ones. */
export type SpeedTask = Omit<SimulationTask, 'numericsDigest' | 'recordings'>;

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
