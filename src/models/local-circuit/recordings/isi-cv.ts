import type { Circuit } from '../circuit.js';
import type { CircuitConstants } from '../constants.js';
import { cellColumns, meanOverCells } from './figures.js';
import type { RecordedData, RecordedRun, Recorder } from './recorder.js';
import { cellsOf, populationsOf } from './recorder.js';

/** A cell with fewer intervals than these has no CV. */
export const LEAST_INTERVALS = 5;

/** No spike yet. */
const NONE = -1;

/**
 * The coefficient of variation of each cell's interspike intervals: their SD (n − 1) over their mean, both spikes after
 * the warm-up. 0 is a clock, 1 a Poisson process. Beside it the number of intervals; a cell with fewer than five has no
 * CV (NaN). A CV from few intervals is too low: of a Poisson process by 13 % at n = 5, 8 % at 10, 4 % at 20; and
 * intervals that are long against the run are missed.
 *
 * What is kept of a cell are sums of whole steps, exact in a double, so a regular train has a CV of exactly 0.
 *
 * Figures: the mean CV over the cells of each population that have one, with its error and SD over these cells as
 * {@link meanOverCells} says.
 */
export class IsiCv implements Recorder {
  private readonly constants: CircuitConstants;
  private readonly last: Int32Array;
  private readonly intervals: Uint32Array;
  private readonly sums: Float64Array;
  private readonly squares: Float64Array;

  constructor({ constants }: RecordedRun) {
    const cells = cellsOf(constants);
    this.constants = constants;
    this.last = new Int32Array(cells).fill(NONE);
    this.intervals = new Uint32Array(cells);
    this.sums = new Float64Array(cells);
    this.squares = new Float64Array(cells);
  }

  observe({ spikeCells, spikeSteps, spikesE, spikesI }: Circuit, block: number): void {
    const { last, intervals, sums, squares } = this;
    const firstStep = block * this.constants.delaySteps;
    const count = spikesE + spikesI;
    for (let spike = 0; spike < count; spike += 1) {
      const cell = spikeCells[spike] as number; // in range: spike < count, cell < cells
      const step = firstStep + (spikeSteps[spike] as number);
      const before = last[cell] as number;
      last[cell] = step;
      if (before === NONE) continue;
      const interval = step - before;
      intervals[cell] = (intervals[cell] as number) + 1;
      sums[cell] = (sums[cell] as number) + interval;
      squares[cell] = (squares[cell] as number) + interval * interval;
    }
  }

  finish(): RecordedData {
    const { constants, intervals } = this;
    const populations = populationsOf(constants);
    const cvs = Float64Array.from(intervals, (n, cell) => this.cvOf(cell, n));
    return {
      figures: populations.flatMap(({ name, first, end }) =>
        meanOverCells(
          `isiCv${name}`,
          '1',
          [...cvs.subarray(first, end)].filter((cv) => !Number.isNaN(cv)),
        ),
      ),
      table: {
        rowCount: cvs.length,
        columns: [
          ...cellColumns(constants, populations),
          { name: 'intervals', unit: null, numbers: intervals },
          { name: 'isiCv', unit: '1', numbers: cvs },
        ],
      },
    };
  }

  private cvOf(cell: number, n: number): number {
    if (n < LEAST_INTERVALS) return NaN;
    const sum = this.sums[cell] as number; // in range
    const variance = (n * (this.squares[cell] as number) - sum * sum) / (n * (n - 1));
    return Math.sqrt(Math.max(variance, 0)) / (sum / n);
  }
}
