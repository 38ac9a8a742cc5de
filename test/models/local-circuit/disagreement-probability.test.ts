import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chiSquareTail, normalTail } from '../tail-probabilities.js';
import { disagreementProbability, FALSE_ALARM } from './reference-comparison.js';

/** The deviations of six cases. */
const six = (e: number, i: number): [number, number][] => Array.from({ length: 6 }, () => [e, i]);

/** P((1 + r)·χ²(n) + (1 − r)·χ²(n) > x), by Simpson's rule over the root of the first χ². */
function tailOfCorrelated(x: number, n: number, r: number): number {
  if (r === 1) return chiSquareTail(x / 2, n);
  const end = Math.sqrt(x / (1 + r));
  const intervals = 4000;
  const width = end / intervals;
  const gamma = n === 1 ? Math.sqrt(Math.PI) : 2; // Γ(n/2) of n = 1 and n = 6
  const density = (u: number): number => (2 * u ** (n - 1) * Math.exp((-u * u) / 2)) / (2 ** (n / 2) * gamma);
  let sum = 0;
  for (let k = 0; k <= intervals; k += 1) {
    const u = k * width;
    const weight = k === 0 || k === intervals ? 1 : k % 2 === 1 ? 4 : 2;
    sum += weight * density(u) * chiSquareTail((x - (1 + r) * u * u) / (1 - r), n);
  }
  return (sum * width) / 3 + chiSquareTail(end * end, n);
}

describe('the comparison with reference rates', () => {
  test('has a false-alarm rate of at most half of 1e-4 by its χ² part, whatever the correlation of E and I', () => {
    for (const [n, threshold] of [
      [1, 33.0],
      [6, 58.9],
    ] as const) {
      assert.ok(
        Math.abs(Math.log(chiSquareTail(threshold / 2, n) / (FALSE_ALARM / 2))) < 0.05,
        'the threshold in force',
      );
      for (const r of [0, 0.3, 0.6, 0.8, 0.9, 0.95, 0.99])
        assert.ok(tailOfCorrelated(threshold, n, r) <= chiSquareTail(threshold / 2, n), `n = ${n}, r = ${r}`);
    }
    assert.ok(Math.abs(tailOfCorrelated(20, 6, 0) / chiSquareTail(20, 12) - 1) < 1e-6, 'the integral itself');
  });

  test('has a false-alarm rate of at most half of 1e-4 by its greatest deviation', () => {
    const greatest = 4.598; // P(|Z| > 4.598) = 1e-4/2/12 = 4.2e-6
    assert.ok(Math.abs((24 * normalTail(greatest)) / (FALSE_ALARM / 2) - 1) < 0.05);
    assert.ok(disagreementProbability([[greatest + 0.02, 0], ...six(0, 0).slice(1)]) < FALSE_ALARM);
    assert.ok(disagreementProbability([[greatest - 0.02, 0], ...six(0, 0).slice(1)]) > FALSE_ALARM);
  });

  test('rejects deviations that are each innocent but great together', () => {
    assert.ok(disagreementProbability(six(2.3, 2.3)) < FALSE_ALARM);
    assert.ok(disagreementProbability(six(2.1, 2.1)) > FALSE_ALARM);
  });

  test('rejects an aborted run and accepts no deviation at all', () => {
    assert.equal(disagreementProbability([[Infinity, Infinity]]), 0);
    assert.equal(disagreementProbability(six(0, 0)), 1);
  });
});
