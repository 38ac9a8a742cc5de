import type { ModelRecording } from '../../../domain/model-definition.js';
import type { Recorded } from '../../model.js';
import type { Circuit } from '../circuit.js';
import type { CircuitConstants } from '../constants.js';

/** What a recorder knows of a run before it starts. */
export interface RecordedRun {
  readonly constants: CircuitConstants;
  /** The blocks after the warm-up that the run is to have; one that is aborted has fewer. */
  readonly plannedBlocks: number;
}

/** What a recorder gives at the end. */
export type RecordedData = Omit<Recorded, 'kind'>;

/** Sees the spikes of a run as it goes on, and keeps what its recording needs of them. */
export interface Recorder {
  /** Called after each block that follows the warm-up, with its number among these. */
  observe(circuit: Circuit, block: number): void;
  /** Called once, after the last block. */
  finish(): RecordedData;
}

/** A kind of recording, and how it is made. */
export interface RecorderKind extends ModelRecording {
  create(run: RecordedRun): Recorder;
}

/** A population: its name, its cells from `first` up to but not including `end`. */
export interface Population {
  readonly name: 'E' | 'I';
  readonly first: number;
  readonly end: number;
  readonly cells: number;
}

/** The two populations, E first. */
export function populationsOf({
  excitatoryCells,
  inhibitoryCells,
}: CircuitConstants): readonly [Population, Population] {
  const end = excitatoryCells + inhibitoryCells;
  return [
    { name: 'E', first: 0, end: excitatoryCells, cells: excitatoryCells },
    { name: 'I', first: excitatoryCells, end, cells: inhibitoryCells },
  ];
}

/** All cells, E first. */
export const cellsOf = ({ excitatoryCells, inhibitoryCells }: CircuitConstants): number =>
  excitatoryCells + inhibitoryCells;

/** The length of a block, in ms. */
export const blockMsOf = ({ delaySteps, stepMs }: CircuitConstants): number => delaySteps * stepMs;

/** The blocks, one at least, of a bin of about `binMs`. */
export const blocksPerBin = (constants: CircuitConstants, binMs: number): number =>
  Math.max(1, Math.round(binMs / blockMsOf(constants)));
