import { cosine } from '../../exact-math.js';
import type { FourierTransform } from './fourier.js';

/** The power at each frequency from 1 up to half the points of a segment, and the standard error of each. */
export interface PowerSpectrum {
  readonly power: Float64Array;
  /** NaN with one segment only. */
  readonly standardError: Float64Array;
}

/** What the powers of neighbouring Hann segments with half an overlap share: their correlation, (1/6)², of white noise. */
const OVERLAP_CORRELATION = 1 / 36;

/**
 * Welch's estimate of the power spectral density of a series that comes a sample at a time (Welch, IEEE Trans. Audio
 * Electroacoust. 15:70, 1967): segments that overlap by half, each less its mean and under a Hann window. One-sided and
 * for samples at unit distance: white noise of variance σ² has 2σ² at every frequency, and σ² at the last. The sum over
 * frequencies / points is the variance. Frequency 0 is left out, for the mean is.
 */
export class WelchSpectrum {
  segments = 0;
  private readonly window: Float64Array;
  private readonly samples: Float64Array;
  private readonly real: Float64Array;
  private readonly imaginary: Float64Array;
  private readonly windowPower: number;
  private readonly means: Float64Array;
  /** Σ(power − mean)² of each frequency, by Welford's update. */
  private readonly squares: Float64Array;
  private filled = 0;

  constructor(private readonly fourier: FourierTransform) {
    const { points } = fourier;
    this.window = Float64Array.from(
      { length: points },
      (_, n) => 0.5 - 0.5 * cosine((2 * Math.PI * Math.min(n, points - n)) / points),
    );
    this.windowPower = this.window.reduce((sum, value) => sum + value * value, 0);
    this.samples = new Float64Array(points);
    this.real = new Float64Array(points);
    this.imaginary = new Float64Array(points);
    this.means = new Float64Array(points / 2);
    this.squares = new Float64Array(points / 2);
  }

  /** Takes one more sample. */
  push(sample: number): void {
    const { points } = this.fourier;
    this.samples[this.filled] = sample;
    this.filled += 1;
    if (this.filled < points) return;
    this.endSegment();
    this.samples.copyWithin(0, points / 2);
    this.filled = points / 2;
  }

  /** The mean power of the segments; its error, from their spread, allows for what they share. */
  spectrum(): PowerSpectrum {
    const { segments } = this;
    const overlap = 1 + (2 * OVERLAP_CORRELATION * (segments - 1)) / segments;
    return {
      power: this.means.slice(),
      standardError: this.squares.map((squares) =>
        segments < 2 ? NaN : Math.sqrt((squares / (segments - 1) / segments) * overlap),
      ),
    };
  }

  private endSegment(): void {
    const { fourier, samples, window, real, imaginary, means, squares } = this;
    const { points } = fourier;
    const mean = samples.reduce((sum, sample) => sum + sample, 0) / points;
    for (let n = 0; n < points; n += 1) real[n] = (window[n] as number) * ((samples[n] as number) - mean); // in range
    imaginary.fill(0);
    fourier.transform(real, imaginary);
    this.segments += 1;
    for (let k = 1; k <= points / 2; k += 1) {
      const x = real[k] as number; // in range, as the indices below
      const y = imaginary[k] as number;
      const sides = k === points / 2 ? 1 : 2;
      const power = (sides * (x * x + y * y)) / this.windowPower;
      const before = means[k - 1] as number;
      const after = before + (power - before) / this.segments;
      means[k - 1] = after;
      squares[k - 1] = (squares[k - 1] as number) + (power - before) * (power - after);
    }
  }
}
