import type { Circuit } from '../circuit.js';
import { figure } from './figures.js';
import { GrowingArray } from './growing-array.js';
import type { Population, RecordedData, RecordedRun, Recorder } from './recorder.js';
import { blockMsOf, blocksPerBin, populationsOf } from './recorder.js';

/** The length of a bin, in ms. */
const RATE_BIN_MS = 5;

const float64 = (length: number): Float64Array => new Float64Array(length);
const float32 = (length: number): Float32Array => new Float32Array(length);

/**
 * The rate of each population in bins of 5 ms: the start of the bin in ms after the warm-up, and the rates in Hz. The last
 * bin may be shorter; its rate is over its own length. The rates are float32: rate × cells × bin rounds to the count.
 *
 * Figures: the greatest rate in a whole bin. It is the extreme of this one run, which grows with the run's length, so it
 * has no standard error.
 */
export class PopulationRates implements Recorder {
  private readonly populations: readonly [Population, Population];
  private readonly blockMs: number;
  private readonly blocksPerBin: number;
  private readonly starts = new GrowingArray(float64);
  private readonly rates = { E: new GrowingArray(float32), I: new GrowingArray(float32) };
  private readonly most = { E: 0, I: 0 };
  private wholeBins = 0;
  private blocks = 0;
  private blocksInBin = 0;
  private readonly counts = { E: 0, I: 0 };

  constructor({ constants }: RecordedRun) {
    this.populations = populationsOf(constants);
    this.blockMs = blockMsOf(constants);
    this.blocksPerBin = blocksPerBin(constants, RATE_BIN_MS);
  }

  observe({ spikesE, spikesI }: Circuit): void {
    this.counts.E += spikesE;
    this.counts.I += spikesI;
    this.blocks += 1;
    this.blocksInBin += 1;
    if (this.blocksInBin < this.blocksPerBin) return;
    this.most.E = Math.max(this.most.E, this.counts.E);
    this.most.I = Math.max(this.most.I, this.counts.I);
    this.wholeBins += 1;
    this.endBin();
  }

  finish(): RecordedData {
    if (this.blocksInBin > 0) this.endBin();
    const seconds = (this.blocksPerBin * this.blockMs) / 1000;
    const peaks = this.populations.map(({ name, cells }) =>
      figure({ name: `peakRate${name}`, unit: 'Hz', value: this.most[name] / (cells * seconds) }),
    );
    return {
      figures: this.wholeBins > 0 ? peaks : [],
      table: {
        rowCount: this.starts.length,
        columns: [
          { name: 'timeMs', unit: 'ms', numbers: this.starts.numbers() },
          { name: 'rateE', unit: 'Hz', numbers: this.rates.E.numbers() },
          { name: 'rateI', unit: 'Hz', numbers: this.rates.I.numbers() },
        ],
      },
    };
  }

  private endBin(): void {
    const { blockMs, blocks, blocksInBin, counts } = this;
    this.starts.push((blocks - blocksInBin) * blockMs);
    for (const { name, cells } of this.populations) {
      this.rates[name].push((1000 * counts[name]) / (cells * blocksInBin * blockMs));
      counts[name] = 0;
    }
    this.blocksInBin = 0;
  }
}
