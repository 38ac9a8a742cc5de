import type { Circuit } from '../circuit.js';
import { GrowingArray } from './growing-array.js';
import type { RecordedData, RecordedRun, Recorder } from './recorder.js';

/**
 * Every spike, in the order of time and then of cells: when, in ms after the warm-up, and which cell (E first, then I).
 * The time is the start of the step in which the voltage crossed the threshold, so a spike lies in the bin that counts
 * it. It is the double nearest to the decimal: 0.3, not 0.30000000000000004. No figures: the rows are the data.
 */
export class Raster implements Recorder {
  private readonly delaySteps: number;
  private readonly stepsPerMs: number;
  private readonly steps = new GrowingArray((length) => new Uint32Array(length));
  private readonly cells = new GrowingArray((length) => new Uint16Array(length));
  /** Of each step of a block, where its next spike goes. */
  private readonly places: Uint32Array;

  constructor({ constants }: RecordedRun) {
    this.delaySteps = constants.delaySteps;
    this.stepsPerMs = Math.round(1 / constants.stepMs);
    this.places = new Uint32Array(constants.delaySteps);
  }

  observe({ spikeCells, spikeSteps, spikesE, spikesI }: Circuit, block: number): void {
    const { delaySteps, places, steps, cells } = this;
    const spikes = spikesE + spikesI;
    if (spikes === 0) return;
    steps.reserve(spikes);
    cells.reserve(spikes);
    // A counting sort by step; it keeps the order of cells. Every index is in range: spike < spikes, step < delaySteps.
    places.fill(0);
    for (let spike = 0; spike < spikes; spike += 1) {
      const step = spikeSteps[spike] as number;
      places[step] = (places[step] as number) + 1;
    }
    let place = steps.length;
    for (let step = 0; step < delaySteps; step += 1) {
      const ofStep = places[step] as number;
      places[step] = place;
      place += ofStep;
    }
    for (let spike = 0; spike < spikes; spike += 1) {
      const step = spikeSteps[spike] as number;
      const at = places[step] as number;
      places[step] = at + 1;
      steps.room[at] = block * delaySteps + step;
      cells.room[at] = spikeCells[spike] as number;
    }
    steps.length = place;
    cells.length = place;
  }

  finish(): RecordedData {
    const rowCount = this.steps.length;
    const timeMs = new Float64Array(rowCount);
    for (let row = 0; row < rowCount; row += 1) timeMs[row] = (this.steps.room[row] as number) / this.stepsPerMs; // in range
    return {
      figures: [],
      table: {
        rowCount,
        columns: [
          { name: 'timeMs', unit: 'ms', numbers: timeMs },
          { name: 'cell', unit: null, numbers: this.cells.numbers() },
        ],
      },
    };
  }
}
