import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FourierTransform } from '../../../../src/models/local-circuit/recordings/fourier.js';
import { WelchSpectrum } from '../../../../src/models/local-circuit/recordings/welch.js';
import { Xoshiro128 } from '../../../../src/models/xoshiro128.js';

const uniform = (seed: number, length: number): Float64Array => {
  const random = new Xoshiro128('noise', seed);
  return Float64Array.from({ length }, () => random.next() / 2 ** 31 - 1);
};
const power = (real: Float64Array, imaginary: Float64Array): number =>
  real.reduce((sum, x, k) => sum + x * x + (imaginary[k] ?? NaN) ** 2, 0);

describe('the Fourier transform', () => {
  test('is the sum that defines it, of 1 to 256 points', () => {
    for (let points = 1; points <= 256; points *= 2) {
      const [x, y] = [uniform(1, points), uniform(2, points)];
      const [real, imaginary] = [x.slice(), y.slice()];
      new FourierTransform(points).transform(real, imaginary);
      for (let k = 0; k < points; k += 1) {
        let [re, im] = [0, 0];
        for (let n = 0; n < points; n += 1) {
          const angle = (-2 * Math.PI * ((k * n) % points)) / points;
          re += (x[n] ?? NaN) * Math.cos(angle) - (y[n] ?? NaN) * Math.sin(angle);
          im += (x[n] ?? NaN) * Math.sin(angle) + (y[n] ?? NaN) * Math.cos(angle);
        }
        assert.ok(Math.abs((real[k] ?? NaN) - re) < 1e-12 && Math.abs((imaginary[k] ?? NaN) - im) < 1e-12);
      }
    }
  });

  test('keeps the power (Parseval) of 1,024 points', () => {
    const [real, imaginary] = [uniform(3, 1024), uniform(4, 1024)];
    const before = power(real, imaginary);
    new FourierTransform(1024).transform(real, imaginary);
    assert.ok(Math.abs(power(real, imaginary) / 1024 / before - 1) < 1e-14);
  });

  test('takes powers of 2 only', () => {
    for (const points of [0, 3, 1000]) assert.throws(() => new FourierTransform(points), RangeError);
  });
});

describe('the spectrum by Welch’s method', () => {
  const spectrumOf = (points: number, samples: number, of: (n: number) => number): WelchSpectrum => {
    const welch = new WelchSpectrum(new FourierTransform(points));
    for (let n = 0; n < samples; n += 1) welch.push(of(n));
    return welch;
  };

  test('of a sinusoid has a²N/3 at its frequency, a quarter of that beside it, its variance in all, and no error', () => {
    const welch = spectrumOf(1024, 4096, (n) => 7 + 3 * Math.cos((2 * Math.PI * 40 * n) / 1024 + 1));
    assert.equal(welch.segments, 7);
    const { power: powers, standardError } = welch.spectrum();
    const at = (k: number): number => (powers[k - 1] ?? NaN) / ((9 * 1024) / 3);
    [0, 0.25, 1, 0.25, 0].forEach((expected, i) => assert.ok(Math.abs(at(38 + i) - expected) < 1e-9));
    assert.ok(Math.abs(powers.reduce((sum, p) => sum + p, 0) / 1024 - 9 / 2) < 1e-9);
    assert.ok(standardError.every((error) => error < 1e-9));
  });

  test('knows no mean, and no power of what is constant', () => {
    const { power: powers } = spectrumOf(128, 512, () => 5).spectrum();
    assert.ok(powers.every((value) => value === 0));
  });

  test('counts half the overlapping segments twice, and has no error with one', () => {
    assert.equal(spectrumOf(128, 127, () => 1).segments, 0);
    assert.equal(spectrumOf(128, 128, () => 1).segments, 1);
    assert.equal(spectrumOf(128, 191, () => 1).segments, 1);
    assert.equal(spectrumOf(128, 192, () => 1).segments, 2);
    assert.ok(
      spectrumOf(128, 191, () => 1)
        .spectrum()
        .standardError.every(Number.isNaN),
    );
  });

  test('of white noise has errors that agree with the spread over repetitions', () => {
    const random = new Xoshiro128('noise', 9);
    const repetitions = Array.from({ length: 200 }, () =>
      spectrumOf(128, 64 * 9, () => random.next() / 2 ** 32).spectrum(),
    );
    // The variance at each frequency but the last two, averaged: told by the errors, and seen over repetitions.
    const rows = Array.from({ length: 62 }, (_, row) => row + 1);
    let [told, seen] = [0, 0];
    for (const row of rows) {
      const values = repetitions.map(({ power: powers }) => powers[row] ?? NaN);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      seen += values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
      told += repetitions.reduce((sum, r) => sum + (r.standardError[row] ?? NaN) ** 2, 0) / repetitions.length;
    }
    assert.ok(Math.abs(told / seen - 1) < 0.1, `${told / seen}`); // some 2 %, of 6,000 variances' worth, and the bias
  });
});
