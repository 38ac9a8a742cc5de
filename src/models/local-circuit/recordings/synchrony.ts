import type { Estimate } from '../../../domain/estimate.js';
import type { Circuit } from '../circuit.js';
import type { CircuitConstants } from '../constants.js';
import { error, figure } from './figures.js';
import { GrowingArray } from './growing-array.js';
import type { Population, RecordedData, RecordedRun, Recorder } from './recorder.js';
import { blockMsOf, blocksPerBin, cellsOf, populationsOf } from './recorder.js';

/** The length of a bin, in ms. */
const COUNT_BIN_MS = 5;
/** A segment of 500 ms: the default run of 4 s has eight. */
const BINS_PER_SEGMENT = 100;
/** Fewer segments than these, and the standard error cannot be told. */
const LEAST_SEGMENTS = 8;

const float64 = (length: number): Float64Array => new Float64Array(length);

/** Sums of one population over the bins of a segment, all whole numbers. */
class PopulationSums {
  /** Var(Σ counts) and Σ Var(count) of each segment, both times n(n − 1) with n the bins of a segment. */
  readonly together = new GrowingArray(float64);
  readonly apart = new GrowingArray(float64);
  private inBin = 0;
  private spikes = 0;
  /** Σ over bins of the squared count of the population, and Σ over bins and cells of the squared count of a cell. */
  private squares = 0;
  private squaresOfCells = 0;

  constructor(
    readonly population: Population,
    private readonly cellsInBin: Uint16Array,
    private readonly cellsInSegment: Uint32Array,
  ) {}

  add(spikeCells: Uint16Array, begin: number, end: number): void {
    const { cellsInBin, cellsInSegment } = this;
    this.inBin += end - begin;
    for (let spike = begin; spike < end; spike += 1) {
      const cell = spikeCells[spike] as number; // in range, as the indices below
      const count = cellsInBin[cell] as number;
      cellsInBin[cell] = count + 1;
      this.squaresOfCells += 2 * count + 1; // (count + 1)² − count²
      cellsInSegment[cell] = (cellsInSegment[cell] as number) + 1;
    }
  }

  endBin(): void {
    this.spikes += this.inBin;
    this.squares += this.inBin * this.inBin;
    this.inBin = 0;
  }

  endSegment(): void {
    const { first, end } = this.population;
    const ofCells = this.cellsInSegment.subarray(first, end).reduce((sum, count) => sum + count * count, 0);
    this.together.push(BINS_PER_SEGMENT * this.squares - this.spikes * this.spikes);
    this.apart.push(BINS_PER_SEGMENT * this.squaresOfCells - ofCells);
    [this.spikes, this.squares, this.squaresOfCells] = [0, 0, 0];
  }
}

/**
 * How far the cells of a population fire together: Var(Σ cᵢ) / Σ Var(cᵢ), with cᵢ the spikes of cell i in a bin of 5 ms
 * and variances over time. It is 1 for independent cells, whatever their number and rates, and N where all N fire as one;
 * below 1, cells avoid one another. Divided by N it is the χ² of Golomb & Rinzel (Phys. Rev. E 48:4810, 1993) and
 * Golomb, Hansel & Mato (Handbook of Biological Physics 4:887, 2001), of spike counts in place of voltages. Independent
 * cells have χ² = 1/N, so E and I could not be compared; hence the ratio. 1 + (N − 1)·r is it, too, with r the mean
 * correlation of pairs weighed by their SDs.
 *
 * Variances are taken within segments of 500 ms, so what is slower does not count. The table has a row a segment: its
 * start in ms after the warm-up and the ratio of each population, NaN where it did not fire. What is left over after
 * the last whole segment is not used; a run that is shorter than one has no row and no figure.
 *
 * Figures: Σ over segments of the numerator / Σ of the denominator, left out where the population never fired. n counts
 * segments. The standard error is that of a ratio of means with segments as independent batches (Cochran, Sampling
 * Techniques, 1977, § 6.4), √(Σ(aₛ − R·bₛ)²/(n(n − 1)))/b̄; null with fewer than eight segments, or where all agree.
 */
export class Synchrony implements Recorder {
  private readonly constants: CircuitConstants;
  private readonly blocksPerBin: number;
  private readonly sums: readonly [PopulationSums, PopulationSums];
  private readonly cellsInBin: Uint16Array;
  private readonly cellsInSegment: Uint32Array;
  private blocksInBin = 0;
  private binsInSegment = 0;

  constructor({ constants }: RecordedRun) {
    this.constants = constants;
    this.blocksPerBin = blocksPerBin(constants, COUNT_BIN_MS);
    this.cellsInBin = new Uint16Array(cellsOf(constants));
    this.cellsInSegment = new Uint32Array(cellsOf(constants));
    const [e, i] = populationsOf(constants);
    this.sums = [
      new PopulationSums(e, this.cellsInBin, this.cellsInSegment),
      new PopulationSums(i, this.cellsInBin, this.cellsInSegment),
    ];
  }

  observe({ spikeCells, spikesE, spikesI }: Circuit): void {
    const [e, i] = this.sums;
    e.add(spikeCells, 0, spikesE);
    i.add(spikeCells, spikesE, spikesE + spikesI);
    this.blocksInBin += 1;
    if (this.blocksInBin < this.blocksPerBin) return;
    this.blocksInBin = 0;
    e.endBin();
    i.endBin();
    this.cellsInBin.fill(0);
    this.binsInSegment += 1;
    if (this.binsInSegment < BINS_PER_SEGMENT) return;
    this.binsInSegment = 0;
    e.endSegment();
    i.endSegment();
    this.cellsInSegment.fill(0);
  }

  finish(): RecordedData {
    const rowCount = this.sums[0].together.length;
    const segmentMs = BINS_PER_SEGMENT * this.blocksPerBin * blockMsOf(this.constants);
    return {
      figures: this.sums.flatMap(({ population, together, apart }) =>
        ratioFigure(`synchrony${population.name}`, together.numbers(), apart.numbers()),
      ),
      table: {
        rowCount,
        columns: [
          { name: 'timeMs', unit: 'ms', numbers: Float64Array.from({ length: rowCount }, (_, row) => row * segmentMs) },
          ...this.sums.map(({ population, together, apart }) => ({
            name: `synchrony${population.name}`,
            unit: '1',
            numbers: ratios(together.numbers(), apart.numbers()),
          })),
        ],
      },
    };
  }
}

/** The ratio of each segment; NaN where it is 0/0, for whose own NaN machines have other bits. */
const ratios = (numerators: Float64Array, denominators: Float64Array): Float64Array =>
  numerators.map((numerator, row) => (denominators[row] === 0 ? NaN : numerator / (denominators[row] as number)));

function ratioFigure(name: string, numerators: Float64Array, denominators: Float64Array): Estimate[] {
  const n = numerators.length;
  const total = denominators.reduce((sum, b) => sum + b, 0);
  if (total === 0) return [];
  const value = numerators.reduce((sum, a) => sum + a, 0) / total;
  if (n < LEAST_SEGMENTS) return [figure({ name, unit: '1', value, n })];
  const squares = numerators.reduce((sum, a, row) => {
    const difference = a - value * (denominators[row] as number); // in range: one of each a segment
    return sum + difference * difference;
  }, 0);
  return [figure({ name, unit: '1', value, n, ...error(Math.sqrt((n * squares) / (n - 1)) / total, n - 1) })];
}
