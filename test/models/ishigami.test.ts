import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Protocol } from '../../src/domain/protocol.js';
import { ishigami } from '../../src/models/ishigami/ishigami.js';
import type { ParameterValues } from '../../src/domain/identity.js';
import type { Model } from '../../src/models/model.js';
import {
  chiSquareTail,
  kolmogorovTail,
  normalTail,
  twoSidedChiSquareTail,
  twoSidedNormalTail,
} from './tail-probabilities.js';
import { simulatorOf } from '../support/simulator-of.js';

/** The coefficients of most of the literature. */
const A = 7;
const B = 0.1;

function valueOf(model: Model, values: ParameterValues, noiseSeed: number | null = null): number {
  const protocol: Protocol = { warmupMs: null, durationMs: null, networkSeed: null, noiseSeed };
  const result = simulatorOf(model).simulate(values, protocol, () => false);
  return result?.sums.outputs.y?.[0] ?? NaN;
}

/** The value by Math.sin. */
const expected = ({ x1 = 0, x2 = 0, x3 = 0 }: ParameterValues): number =>
  Math.sin(x1) + A * Math.sin(x2) ** 2 + B * x3 ** 4 * Math.sin(x1);

const exact = ishigami();
const ORIGIN: ParameterValues = { x1: 0, x2: 0, x3: 0 };

describe('the Ishigami function', () => {
  test('has known values', () => {
    const { PI } = Math;
    assert.equal(valueOf(exact, ORIGIN), 0);
    const known = [
      [{ x1: PI / 2, x2: 0, x3: 0 }, 1],
      [{ x1: -PI / 2, x2: PI / 2, x3: 0 }, A - 1],
      [{ x1: PI / 2, x2: -PI / 2, x3: PI }, 1 + A + B * PI ** 4],
      [{ x1: -PI / 2, x2: 0, x3: PI }, -1 - B * PI ** 4],
    ] as const;
    for (const [values, y] of known) assert.ok(Math.abs(valueOf(exact, values) - y) < 1e-13, `${y}`);
  });

  test('is sin x1 + 7 sin² x2 + .1 x3⁴ sin x1 within 1e-14 of its greatest part', () => {
    const x = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
    fc.assert(
      fc.property(fc.record({ x1: x, x2: x, x3: x }), (values) => {
        assert.ok(Math.abs(valueOf(exact, values) - expected(values)) <= 1e-14 * (A + B * Math.PI ** 4));
      }),
      { seed: 11, numRuns: 2000 },
    );
  });

  test('has over its domain the mean a/2 and the variance a²/8 + bπ⁴/5 + b²π⁸/18 + 1/2, within 1e-3 of each', () => {
    // 200,000 points of the R3 sequence (Roberts 2018), whose error falls nearly as 1/n.
    const n = 200_000;
    const g = 1.2207440846057596; // the root of g⁴ = g + 1
    let [sum, square] = [0, 0];
    for (let i = 1; i <= n; i += 1) {
      const [x1, x2, x3] = [1, 2, 3].map((power) => 2 * Math.PI * ((0.5 + i / g ** power) % 1) - Math.PI);
      const y = valueOf(exact, { x1: x1 ?? NaN, x2: x2 ?? NaN, x3: x3 ?? NaN });
      sum += y;
      square += y * y;
    }
    const mean = sum / n;
    const variance = square / n - mean * mean;
    const closedVariance = A ** 2 / 8 + (B * Math.PI ** 4) / 5 + (B ** 2 * Math.PI ** 8) / 18 + 1 / 2;
    assert.ok(Math.abs(mean / (A / 2) - 1) < 1e-3, `mean ${mean}`);
    assert.ok(Math.abs(variance / closedVariance - 1) < 1e-3, `variance ${variance}, not ${closedVariance}`);
  });
});

describe('the noisy Ishigami function', () => {
  /** Deviates of 20,000 successive seeds, in units of the noise. */
  const NOISE = 2.5;
  const noisy = ishigami(NOISE);
  const deviates = Array.from({ length: 20_000 }, (_, seed) => valueOf(noisy, ORIGIN, seed) / NOISE);
  const n = deviates.length;
  const mean = (of: (x: number) => number): number => deviates.reduce((sum, x) => sum + of(x), 0) / n;

  test('has noise of mean 0 (false alarms: 1e-5 of seeds)', () => {
    const z = mean((x) => x) * Math.sqrt(n);
    assert.ok(twoSidedNormalTail(z) > 1e-5, `z = ${z}`);
  });

  test('has noise of the standard deviation that it is given (false alarms: 1e-5 of seeds)', () => {
    const p = twoSidedChiSquareTail(n * mean((x) => x * x), n);
    assert.ok(p > 1e-5, `p = ${p}`);
  });

  test('has noise without skewness or excess kurtosis (false alarms: 2e-5 of seeds)', () => {
    const skewness = mean((x) => x ** 3) * Math.sqrt(n / 15); // the variance of x³ is 15
    const kurtosis = mean((x) => x ** 4 - 6 * x * x + 3) * Math.sqrt(n / 24); // of the Hermite polynomial of order 4: 24
    for (const z of [skewness, kurtosis]) assert.ok(twoSidedNormalTail(z) > 1e-5, `z = ${z}`);
  });

  test('has normal noise, by Kolmogorov and Smirnov (false alarms: 1e-5 of seeds)', () => {
    const p = kolmogorovTail(deviates, (x) => 1 - normalTail(x));
    assert.ok(p > 1e-5, `p = ${p}`);
  });

  test('has normal noise in its tails, beyond 3 standard deviations (false alarms: 1e-5 of seeds)', () => {
    const beyond = deviates.filter((x) => Math.abs(x) > 3).length;
    const z = (beyond - n * twoSidedNormalTail(3)) / Math.sqrt(n * twoSidedNormalTail(3));
    assert.ok(chiSquareTail(z * z, 1) > 1e-5, `${beyond} beyond`);
  });

  test('has independent noise of successive seeds (false alarms: 1e-5)', () => {
    const z = deviates.slice(1).reduce((sum, x, i) => sum + x * (deviates[i] ?? NaN), 0) / Math.sqrt(n - 1);
    assert.ok(twoSidedNormalTail(z) > 1e-5, `z = ${z}`);
  });

  test('adds the same noise wherever it is, and none without a seed', () => {
    const values = { x1: 1, x2: -2, x3: 3 };
    for (const seed of [0, 1, 2 ** 31 - 1]) {
      const noise = valueOf(noisy, values, seed) - valueOf(exact, values);
      assert.ok(Math.abs(noise - valueOf(noisy, ORIGIN, seed)) < 1e-13);
      assert.notEqual(noise, 0);
    }
    assert.equal(valueOf(noisy, values), valueOf(exact, values));
  });
});
