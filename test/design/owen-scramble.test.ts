import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { owenScrambled, scrambleKey } from '../../src/design/owen-scramble.js';
import { sobolCoordinate, sobolDimensions, unitFraction } from '../../src/design/sobol.js';
import type { PointSet } from './point-sets.js';
import { centredDiscrepancy, isNet, leading, randomDiscrepancy } from './point-sets.js';

function scrambledPoints(seed: number, count: number, dimensions: number): PointSet {
  const keys = Array.from({ length: dimensions }, (_, dimension) => scrambleKey(seed, dimension));
  return Array.from({ length: count }, (_, i) =>
    keys.map((key, dimension) => owenScrambled(sobolCoordinate(i, dimension), key)),
  );
}

const seeds = (count: number): readonly number[] => Array.from({ length: count }, (_, seed) => seed);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]): number => {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
};

const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('nested uniform scrambling', () => {
  it('keeps how many first bits two coordinates share, and so is a bijection that keeps every net', () => {
    fc.assert(
      fc.property(uint32, uint32, uint32, fc.integer({ min: 0, max: 31 }), (x, other, key, shared) => {
        const y = shared === 0 ? other : (x ^ (other >>> shared)) >>> 0;
        const after = owenScrambled(x, key) ^ owenScrambled(y, key);
        assert.equal(Math.clz32(after), Math.clz32(x ^ y));
      }),
    );
  });

  it('leaves the first two dimensions a net and every dimension one point a bin, whatever the seed', () => {
    for (const seed of [0, 1, 2, 12_345, 2 ** 31 - 1]) {
      for (const m of [1, 4, 9]) assert.ok(isNet(scrambledPoints(seed, 2 ** m, 2)), `${seed}, ${m}`);
      const points = scrambledPoints(seed, 256, sobolDimensions);
      for (let dimension = 0; dimension < sobolDimensions; dimension += 1) {
        assert.equal(new Set(points.map((point) => leading(point[dimension] ?? 0, 8))).size, 256);
      }
    }
  });

  it('gives the same points for a seed and others for another, also in the dimensions of one seed', () => {
    assert.deepEqual(scrambledPoints(7, 64, 8), scrambledPoints(7, 64, 8));
    const firstPoints = seeds(2000).map((seed) => scrambledPoints(seed, 1, 4)[0] ?? []);
    // Of 8000 numbers of 32 bits, two are the same with a probability of 0.7 %; with these seeds none are.
    assert.equal(new Set(firstPoints.flat()).size, 8000);
    for (const seed of [0, 1, 99]) {
      const keys = Array.from({ length: sobolDimensions }, (_, dimension) => scrambleKey(seed, dimension));
      assert.equal(new Set(keys).size, sobolDimensions);
    }
  });

  // Experiments are stored by their seeds: their points may not move. A program in Python gave the same digest, written from
  // the definition over the points of scipy.stats.qmc.Sobol.
  it('gives for good the points that it gave first', () => {
    const bytes = new Uint8Array(Uint32Array.from(scrambledPoints(1, 256, sobolDimensions).flat()).buffer);
    assert.equal(
      createHash('sha256').update(bytes).digest('hex'),
      'bc53e0efbeafc03fe56d93d2ca1fe687045727c0e140e273e999f3461b79c67c',
    );
  });

  // False alarms of the tests below: seeds are fixed, so they never come and go. Were the seeds others, a bound of 4.5
  // standard errors, or of the chi-square's standard deviations, would be missed by chance less than once in 10,000.
  const bound = 4.5;

  it('puts any one point anywhere, evenly over the seeds, and its dimensions independently', () => {
    const count = 20_000;
    for (const [point, dimension] of [
      [0, 0],
      [5, 3],
      [77_777, 13],
    ] as const) {
      const cells = new Float64Array(256);
      for (const seed of seeds(count)) {
        const x = owenScrambled(sobolCoordinate(point, dimension), scrambleKey(seed, dimension));
        const y = owenScrambled(sobolCoordinate(point, dimension + 1), scrambleKey(seed, dimension + 1));
        const cell = leading(x, 4) * 16 + leading(y, 4);
        cells[cell] = (cells[cell] ?? 0) + 1;
      }
      const expected = count / cells.length;
      const chiSquare = cells.reduce((sum, cell) => sum + (cell - expected) ** 2 / expected, 0);
      const degrees = cells.length - 1;
      assert.ok(Math.abs(chiSquare - degrees) < bound * Math.sqrt(2 * degrees), `${point}, ${dimension}: ${chiSquare}`);
    }
  });

  /** Integrals over the cube of five dimensions, with their values and the variances of the integrands. */
  const dimensions = 5;
  const integrands: readonly (readonly [string, (x: readonly number[]) => number, number, number, number])[] = [
    ['a smooth product', (x) => x.reduce((product, each) => product * 2 * each, 1), 1, (4 / 3) ** dimensions - 1, 0.05],
    ['a corner', (x) => Number(x.every((each) => each < 0.7)), 0.7 ** 5, 0.7 ** 5 * (1 - 0.7 ** 5), 0.25],
  ];

  for (const [name, integrand, integral, varianceOfOne, most] of integrands) {
    it(`estimates an integral without bias and with a smaller error than random points: ${name}`, () => {
      const points = 256;
      const estimates = seeds(200).map((seed) =>
        mean(scrambledPoints(seed, points, dimensions).map((point) => integrand(point.map(unitFraction)))),
      );
      const error = mean(estimates) - integral;
      const standardError = Math.sqrt(variance(estimates) / estimates.length);
      assert.ok(Math.abs(error) < bound * standardError, `${error} ± ${standardError}`);
      const ratio = variance(estimates) / (varianceOfOne / points);
      assert.ok(ratio < most, `the variance is ${ratio} of that of random points`);
    });
  }

  it('lies as far more evenly than random points as what it scrambles', () => {
    for (const seed of [1, 2, 3]) {
      const ratio = centredDiscrepancy(scrambledPoints(seed, 256, 6)) / randomDiscrepancy(256, 6);
      assert.ok(ratio < 0.2, `seed ${seed}: ${ratio}`);
    }
  });
});
