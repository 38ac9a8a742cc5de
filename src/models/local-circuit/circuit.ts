/** The variables of a cell: half-scale voltage, rising and decaying parts of AMPA, NMDA and GABA. */
export type CellVariable = 'w' | 'rA' | 'yA' | 'rN' | 'yN' | 'rG' | 'yG';

/** What arrives at a cell: AMPA alone, AMPA and NMDA, GABA. */
export type CellInput = 'ampa' | 'cortical' | 'gaba';

/** One circuit under way, advanced a block at a time. Two that began alike have the same bits after every block. */
export interface Circuit {
  /** Of each cell. */
  readonly state: Readonly<Record<CellVariable, Float32Array>>;
  /** What arrives in the coming block, by place; see network.ts. */
  readonly inputs: Readonly<Record<CellInput, Float32Array>>;
  /** The spikes of the last block in the order of cells: who, and at which step. */
  readonly spikeCells: Uint16Array;
  readonly spikeSteps: Uint8Array;
  /** The spikes of E and of I since {@link advance} was called the last time. */
  readonly spikesE: number;
  readonly spikesI: number;

  /**
   * Advances by so many blocks of `delaySteps` steps, one unless told, or fewer: it ends after the block that brings
   * the spikes of E of this call above `mostSpikesE`. Tells how many blocks that was.
   */
  advance(blocks?: number, mostSpikesE?: number): number;
}
