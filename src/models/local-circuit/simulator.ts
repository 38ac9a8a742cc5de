import { completed } from '../../domain/model-definition.js';
import type { Protocol } from '../../domain/protocol.js';
import type { ParameterValues } from '../../domain/identity.js';
import type { SimulationResult, Simulator } from '../model.js';
import { Circuit } from './circuit.js';
import { circuitParameters } from './circuit-parameters.js';
import type { CircuitConstants } from './constants.js';
import { circuitConstants } from './constants.js';
import { BIN_MS, RUNAWAY_HZ, runaway } from './definition.js';
import { numericsDigestOf } from './golden-traces.js';
import type { Network } from './network.js';
import { buildNetwork } from './network.js';

/** Networks kept between runs: a network depends on its seed alone, and is asked for again and again. */
const NETWORKS_KEPT = 8;

/** Sees the circuit after each block; for golden traces and tests. */
export type BlockObserver = (circuit: Circuit, block: number) => void;

/**
 * Simulates the circuit in blocks of one conduction delay (1 ms). Bins of the runaway rule are aligned to the start,
 * bins of the stored sums to the end of the warm-up.
 */
export class CircuitSimulator implements Simulator {
  private readonly networks = new Map<number, Network>();

  constructor(private readonly constants: CircuitConstants = circuitConstants) {}

  numericsDigest(): string {
    return numericsDigestOf(this);
  }

  simulate(
    values: ParameterValues,
    protocol: Protocol,
    stopped: () => boolean,
    observe?: BlockObserver,
  ): SimulationResult | null {
    const { constants } = this;
    const { warmupMs, durationMs, networkSeed, noiseSeed } = protocol as Record<keyof Protocol, number>; // all are read
    const blockMs = constants.delaySteps * constants.stepMs;
    const blocks = (ms: number): number => Math.round(ms / blockMs);
    const warmupBlocks = blocks(warmupMs);
    const totalBlocks = warmupBlocks + blocks(durationMs);
    const blocksPerBin = blocks(BIN_MS);
    const runawaySpikes = (RUNAWAY_HZ * constants.excitatoryCells * BIN_MS) / 1000;

    const circuit = new Circuit(constants, circuitParameters(constants, values), this.network(networkSeed), noiseSeed);
    const rateE: number[] = [];
    const rateI: number[] = [];
    let spikesInBin = 0;
    for (let block = 0; block < totalBlocks; block += 1) {
      if (block % blocksPerBin === 0) {
        if (spikesInBin > runawaySpikes) return result(runaway, rateE, rateI);
        if (stopped()) return null;
        spikesInBin = 0;
      }
      circuit.advance();
      observe?.(circuit, block);
      spikesInBin += circuit.spikesE;
      if (block < warmupBlocks) continue;
      const bin = Math.floor((block - warmupBlocks) / blocksPerBin);
      rateE[bin] = (rateE[bin] ?? 0) + circuit.spikesE;
      rateI[bin] = (rateI[bin] ?? 0) + circuit.spikesI;
    }
    return result(spikesInBin > runawaySpikes ? runaway : completed, rateE, rateI);
  }

  private network(seed: number): Network {
    const kept = this.networks.get(seed);
    if (kept) return kept;
    const built = buildNetwork(this.constants, seed);
    const [oldest] = this.networks.keys();
    if (oldest !== undefined && this.networks.size >= NETWORKS_KEPT) this.networks.delete(oldest);
    this.networks.set(seed, built);
    return built;
  }
}

const result = (outcome: string, rateE: number[], rateI: number[]): SimulationResult => ({
  outcome,
  sums: { batchMs: BIN_MS, outputs: { rateE, rateI } },
});
