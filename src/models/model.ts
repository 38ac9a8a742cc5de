import type { ParameterValues } from '../domain/identity.js';
import type { Estimate } from '../domain/estimate.js';
import type { ModelDefinition } from '../domain/model-definition.js';
import type { Protocol } from '../domain/protocol.js';
import type { RawSums } from '../domain/raw-sums.js';
import type { Table } from '../domain/table.js';

/** What was recorded of a run: a table, and the few figures that sum it up. */
export interface Recorded {
  /** One of the definition's recordings. */
  readonly kind: string;
  readonly figures: readonly Estimate[];
  readonly table: Table;
}

/** What one simulation gives: how it ended, and the raw sums up to there. */
export interface SimulationResult {
  readonly outcome: string;
  readonly sums: RawSums;
  /** What was asked for, in that order; absent where nothing was. Of a run that was aborted: up to there. */
  readonly recorded?: readonly Recorded[];
}

/**
 * Runs one model. It may keep caches between runs, but nothing that shows in a result: the same values and protocol
 * give the same bits, on every machine and in every order.
 */
export interface Simulator {
  /**
   * Simulates. `stopped` is asked at least once in 250 ms of simulated time; once it says true the simulation ends at
   * once and the answer is null. `recordings` names kinds of the definition's recordings; what is recorded changes
   * nothing else of the result.
   */
  simulate(
    values: ParameterValues,
    protocol: Protocol,
    stopped: () => boolean,
    recordings?: readonly string[],
  ): SimulationResult | null;

  /**
   * The SHA-256 of the model's golden traces, computed by the code that does the work, and of its revision: two
   * simulators with one digest give the same bits.
   */
  numericsDigest(): string;
}

/** A model as a plug-in: what it is, and how to run it. Every model passes test/models/conformance.ts. */
export interface Model {
  readonly definition: ModelDefinition;
  /** The file that does the arithmetic; executions record its digest. */
  readonly kernelUrl: string;
  /** @param kernel what that file holds: who compiles it computes by just these bytes */
  createSimulator(kernel: Uint8Array): Simulator;
}
