import type { Circuit } from '../circuit.js';
import type { CircuitConstants } from '../constants.js';
import { cellColumns, meanOverCells } from './figures.js';
import type { RecordedData, RecordedRun, Recorder } from './recorder.js';
import { blockMsOf, cellsOf, populationsOf } from './recorder.js';

/**
 * The spikes and the rate of each cell over the whole recording; a rate is NaN where the run ended within the warm-up.
 *
 * Figures: the mean over the cells of each population, with its error and SD over cells as {@link meanOverCells} says;
 * the error is at least that of one spike, so that silence has one, too.
 */
export class CellRates implements Recorder {
  private readonly constants: CircuitConstants;
  private readonly spikes: Uint32Array;
  private blocks = 0;

  constructor({ constants }: RecordedRun) {
    this.constants = constants;
    this.spikes = new Uint32Array(cellsOf(constants));
  }

  observe({ spikeCells, spikesE, spikesI }: Circuit): void {
    this.blocks += 1;
    const count = spikesE + spikesI;
    for (let spike = 0; spike < count; spike += 1) {
      const cell = spikeCells[spike] as number; // in range: spike < count, cell < cells
      this.spikes[cell] = (this.spikes[cell] as number) + 1;
    }
  }

  finish(): RecordedData {
    const { blocks, constants, spikes } = this;
    const seconds = (blocks * blockMsOf(constants)) / 1000;
    const populations = populationsOf(constants);
    const rates = Float64Array.from(spikes, (count) => (blocks === 0 ? NaN : count / seconds)); // the bits of 0/0 differ
    return {
      figures: populations.flatMap(({ name, first, end, cells }) =>
        blocks === 0
          ? []
          : meanOverCells(`meanRate${name}`, 'Hz', [...rates.subarray(first, end)], 1 / (cells * seconds)),
      ),
      table: {
        rowCount: spikes.length,
        columns: [
          ...cellColumns(constants, populations),
          { name: 'spikes', unit: null, numbers: spikes },
          { name: 'rate', unit: 'Hz', numbers: rates },
        ],
      },
    };
  }
}
