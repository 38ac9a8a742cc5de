import type { ParameterValues } from '../../domain/identity.js';
import { completed } from '../../domain/model-definition.js';
import type { Protocol } from '../../domain/protocol.js';
import type { SimulationResult, Simulator } from '../model.js';
import type { Circuit } from './circuit.js';
import type { CircuitConstants } from './constants.js';
import { BIN_MS, RUNAWAY_HZ, runaway } from './definition.js';
import { numericsDigestOf } from './golden-traces.js';
import { RecordingSession } from './recordings/recording-session.js';

/** Sees the circuit after each block, counted from the start. */
export type BlockObserver = (circuit: Circuit, block: number) => void;

/** What advances circuits: the oracle or the kernel. */
export interface CircuitEngine {
  readonly constants: CircuitConstants;
  /** A circuit at its start. It may be one that an earlier run had: that is then over. */
  begin(values: ParameterValues, networkSeed: number, noiseSeed: number): Circuit;
}

/**
 * Simulates the circuit in blocks of one conduction delay (1 ms). Bins of the runaway rule are aligned to the start,
 * bins of the stored sums to the end of the warm-up. A runaway ends with the block in which its bin holds too many
 * spikes, not with the bin; of its sums, the bins that were full by then are kept.
 */
export class CircuitSimulator implements Simulator {
  constructor(private readonly engine: CircuitEngine) {}

  numericsDigest(): string {
    return numericsDigestOf(this);
  }

  simulate(
    values: ParameterValues,
    protocol: Protocol,
    stopped: () => boolean,
    recordings: readonly string[] = [],
  ): SimulationResult | null {
    if (recordings.length === 0) return this.run(values, protocol, stopped, undefined);
    const { warmupMs, durationMs } = protocol as Record<keyof Protocol, number>; // all are read
    const session = new RecordingSession(recordings, this.engine.constants, warmupMs, durationMs);
    const result = this.trace(values, protocol, stopped, (circuit, block) => session.observe(circuit, block));
    return result && { ...result, recorded: session.finish() };
  }

  /** Simulates under the eyes of an observer. */
  trace(
    values: ParameterValues,
    protocol: Protocol,
    stopped: () => boolean,
    observe: BlockObserver,
  ): SimulationResult | null {
    return this.run(values, protocol, stopped, observe);
  }

  private run(
    values: ParameterValues,
    protocol: Protocol,
    stopped: () => boolean,
    observe: BlockObserver | undefined,
  ): SimulationResult | null {
    const { constants } = this.engine;
    const { warmupMs, durationMs, networkSeed, noiseSeed } = protocol as Record<keyof Protocol, number>; // all are read
    const blockMs = constants.delaySteps * constants.stepMs;
    const blocks = (ms: number): number => Math.round(ms / blockMs);
    const warmupBlocks = blocks(warmupMs);
    const totalBlocks = warmupBlocks + blocks(durationMs);
    const blocksPerBin = blocks(BIN_MS);
    const runawaySpikes = (RUNAWAY_HZ * constants.excitatoryCells * BIN_MS) / 1000;
    const blocksToNextEnd = (block: number): number => {
      const toSum =
        block < warmupBlocks ? warmupBlocks - block : blocksPerBin - ((block - warmupBlocks) % blocksPerBin);
      return Math.min(blocksPerBin - (block % blocksPerBin), toSum, totalBlocks - block);
    };

    const circuit = this.engine.begin(values, networkSeed, noiseSeed);
    const rateE: number[] = [];
    const rateI: number[] = [];
    let [spikesInBin, sumE, sumI] = [0, 0, 0];
    for (let block = 0; block < totalBlocks;) {
      if (block % blocksPerBin === 0) {
        if (stopped()) return null;
        spikesInBin = 0;
      }
      const begin = block;
      block += circuit.advance(observe ? 1 : blocksToNextEnd(block), runawaySpikes - spikesInBin);
      observe?.(circuit, begin);
      spikesInBin += circuit.spikesE;
      if (spikesInBin > runawaySpikes) return result(runaway, rateE, rateI);
      if (begin < warmupBlocks) continue;
      sumE += circuit.spikesE;
      sumI += circuit.spikesI;
      if ((block - warmupBlocks) % blocksPerBin !== 0 && block < totalBlocks) continue;
      rateE.push(sumE);
      rateI.push(sumI);
      [sumE, sumI] = [0, 0];
    }
    return result(completed, rateE, rateI);
  }
}

const result = (outcome: string, rateE: number[], rateI: number[]): SimulationResult => ({
  outcome,
  sums: { batchMs: BIN_MS, outputs: { rateE, rateI } },
});
