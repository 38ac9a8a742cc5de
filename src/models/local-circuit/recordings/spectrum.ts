import type { Estimate } from '../../../domain/estimate.js';
import type { NumberColumn } from '../../../domain/table.js';
import type { Circuit } from '../circuit.js';
import { error, figure } from './figures.js';
import { FourierTransform } from './fourier.js';
import type { RecordedData, RecordedRun, Recorder } from './recorder.js';
import { blockMsOf, blocksPerBin, populationsOf } from './recorder.js';
import type { PowerSpectrum } from './welch.js';
import { WelchSpectrum } from './welch.js';

/** The length of a bin, in ms. */
const SAMPLE_MS = 1;
const MOST_POINTS = 1024;
const LEAST_POINTS = 128;
/** The peak is looked for above this, in Hz: below lie the slow fluctuations that every population has. */
const LEAST_PEAK_HZ = 10;

/**
 * The power spectral density of each population's rate, by Welch's method ({@link WelchSpectrum}) on the rate in bins of
 * 1 ms, in segments of 1,024 bins. A run that is planned shorter has segments of the greatest power of 2 that it holds;
 * one of less than 128 bins, or that was aborted before its first segment was full, has an empty table. Frequencies go
 * from 1/segment to half the rate of bins, 500 Hz. The unit is Hz²/Hz, one-sided: N independent Poisson cells of rate r
 * have 2r/N everywhere (counts in bins of Δ have variance NrΔ, their rates r/(NΔ), and a one-sided spectrum 2Δ times
 * that).
 *
 * The columns of standard errors are from the spread over segments, NaN with one segment.
 *
 * Figures, left out of a population that did not fire: the frequency of the greatest power between 10 Hz and the last
 * frequency, without an error (where a maximum lies is no mean; it is known to a step of the frequency at best); and the
 * power there, with that frequency's own error, null with one segment. For the frequency was chosen as the greatest, its
 * power is too high by chance: of a flat spectrum by several errors. n counts segments.
 */
export class Spectrum implements Recorder {
  private readonly blocksPerSample: number;
  private readonly sampleMs: number;
  private readonly points: number;
  private readonly spectra: readonly { readonly name: string; readonly cells: number; readonly welch: WelchSpectrum }[];
  private blocksInSample = 0;
  private spikesE = 0;
  private spikesI = 0;

  constructor({ constants, plannedBlocks }: RecordedRun) {
    this.blocksPerSample = blocksPerBin(constants, SAMPLE_MS);
    this.sampleMs = this.blocksPerSample * blockMsOf(constants);
    const samples = Math.min(Math.floor(plannedBlocks / this.blocksPerSample), MOST_POINTS);
    this.points = samples < LEAST_POINTS ? 0 : 2 ** (31 - Math.clz32(samples));
    const fourier = this.points === 0 ? null : new FourierTransform(this.points);
    this.spectra = populationsOf(constants).flatMap(({ name, cells }) =>
      fourier === null ? [] : [{ name, cells, welch: new WelchSpectrum(fourier) }],
    );
  }

  observe({ spikesE, spikesI }: Circuit): void {
    this.spikesE += spikesE;
    this.spikesI += spikesI;
    this.blocksInSample += 1;
    if (this.blocksInSample < this.blocksPerSample) return;
    this.spectra[0]?.welch.push(this.spikesE);
    this.spectra[1]?.welch.push(this.spikesI);
    [this.blocksInSample, this.spikesE, this.spikesI] = [0, 0, 0];
  }

  finish(): RecordedData {
    const spectra = this.spectra.flatMap(({ name, cells, welch }) =>
      welch.segments === 0 ? [] : [{ name, segments: welch.segments, ...this.inHz(welch.spectrum(), cells) }],
    );
    const rowCount = spectra.length === 0 ? 0 : this.points / 2;
    const stepHz = 1000 / (this.points * this.sampleMs);
    const frequency = Float64Array.from({ length: rowCount }, (_, row) => (row + 1) * stepHz);
    const column = (name: string, index: number, of: keyof PowerSpectrum): NumberColumn => ({
      name,
      unit: 'Hz²/Hz',
      numbers: spectra[index]?.[of] ?? new Float64Array(0),
    });
    return {
      figures: spectra.flatMap(({ name, segments, power, standardError }) =>
        peakFigures(name, segments, frequency, power, standardError),
      ),
      table: {
        rowCount,
        columns: [
          { name: 'frequency', unit: 'Hz', numbers: frequency },
          column('powerE', 0, 'power'),
          column('powerI', 1, 'power'),
          column('standardErrorE', 0, 'standardError'),
          column('standardErrorI', 1, 'standardError'),
        ],
      },
    };
  }

  /** From spikes² for unit distance to Hz²/Hz. */
  private inHz({ power, standardError }: PowerSpectrum, cells: number): PowerSpectrum {
    const seconds = this.sampleMs / 1000;
    const scale = 1 / (cells * cells * seconds); // (1/(cells·seconds))² · seconds
    return { power: power.map((value) => value * scale), standardError: standardError.map((value) => value * scale) };
  }
}

function peakFigures(
  population: string,
  n: number,
  frequency: Float64Array,
  power: Float64Array,
  standardError: Float64Array,
): Estimate[] {
  let peak = -1;
  for (let row = 0; row < power.length - 1; row += 1) {
    if ((frequency[row] as number) <= LEAST_PEAK_HZ) continue; // in range, as the indices below
    if (peak < 0 || (power[row] as number) > (power[peak] as number)) peak = row;
  }
  const value = power[peak] ?? 0;
  if (value === 0) return [];
  return [
    figure({ name: `peakFrequency${population}`, unit: 'Hz', value: frequency[peak] as number, n }),
    figure({
      name: `peakPower${population}`,
      unit: 'Hz²/Hz',
      value,
      n,
      ...error(n > 1 ? (standardError[peak] as number) : 0, n - 1),
    }),
  ];
}
