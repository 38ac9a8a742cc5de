import type { Recorded } from '../../model.js';
import type { Circuit } from '../circuit.js';
import type { CircuitConstants } from '../constants.js';
import type { Recorder } from './recorder.js';
import { blockMsOf } from './recorder.js';
import { recorders } from './recorders.js';

/** What one run records: one recorder for each kind that was asked for. */
export class RecordingSession {
  private readonly active: readonly { readonly kind: string; readonly recorder: Recorder }[];
  private readonly warmupBlocks: number;

  /**
   * @param kinds of {@link recorders}
   * @throws Error for a kind that there is none of: whoever asks has checked it
   */
  constructor(kinds: readonly string[], constants: CircuitConstants, warmupMs: number, durationMs: number) {
    const blocks = (ms: number): number => Math.round(ms / blockMsOf(constants));
    const run = { constants, plannedBlocks: blocks(durationMs) };
    this.warmupBlocks = blocks(warmupMs);
    this.active = kinds.map((kind) => {
      const found = recorders.find((recorder) => recorder.kind === kind);
      if (!found) throw new Error(`local-circuit records no ${kind}`);
      return { kind, recorder: found.create(run) };
    });
  }

  /** Shows the circuit to the recorders after each block, counted from the start of the run. */
  observe(circuit: Circuit, block: number): void {
    if (block < this.warmupBlocks) return;
    for (const { recorder } of this.active) recorder.observe(circuit, block - this.warmupBlocks);
  }

  /** What was recorded up to here, in the order in which it was asked for. */
  finish(): readonly Recorded[] {
    return this.active.map(({ kind, recorder }) => ({ kind, ...recorder.finish() }));
  }
}
