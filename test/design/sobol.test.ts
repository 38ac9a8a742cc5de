import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sobolCoordinate, sobolDimensions, unitFraction } from '../../src/design/sobol.js';
import type { PointSet } from './point-sets.js';
import { centredDiscrepancy, isNet, leading, randomDiscrepancy } from './point-sets.js';

const pointsFrom = (first: number, count: number, dimensions: number): PointSet =>
  Array.from({ length: count }, (_, i) =>
    Array.from({ length: dimensions }, (_, dimension) => sobolCoordinate(first + i, dimension)),
  );

describe('the Sobol sequence', () => {
  // https://scilua.org/sci_qrng.html, which has Joe and Kuo's numbers, too; point 0 is the origin.
  it('has the points that the manual of SciLua prints', () => {
    const printed = [
      [0, 0, 0],
      [0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25],
      [0.25, 0.75, 0.75],
      [0.375, 0.375, 0.625],
      [0.875, 0.875, 0.125],
      [0.625, 0.125, 0.875],
      [0.125, 0.625, 0.375],
      [0.1875, 0.3125, 0.9375],
      [0.6875, 0.8125, 0.4375],
      [0.9375, 0.0625, 0.6875],
    ];
    assert.deepEqual(
      pointsFrom(0, printed.length, 3).map((point) => point.map(unitFraction)),
      printed,
    );
  });

  it('fills, with 2^m points from a multiple of that, each of 2^m equal bins of every dimension once', () => {
    const m = 9;
    for (const first of [0, 5 * 2 ** m, 2 ** 32 - 2 ** m]) {
      const points = pointsFrom(first, 2 ** m, sobolDimensions);
      for (let dimension = 0; dimension < sobolDimensions; dimension += 1) {
        const bins = new Set(points.map((point) => leading(point[dimension] ?? 0, m)));
        assert.equal(bins.size, 2 ** m, `dimension ${dimension} from ${first}`);
      }
    }
  });

  it('is a (0,2)-sequence in its first two dimensions: each such block is a net', () => {
    for (const m of [1, 4, 9]) {
      for (const first of [0, 3 * 2 ** m, 2 ** 20]) assert.ok(isNet(pointsFrom(first, 2 ** m, 2)), `${m}, ${first}`);
    }
  });

  it('lies far more evenly than random points, also where a block is not full', () => {
    for (const n of [100, 256]) {
      const ratio = centredDiscrepancy(pointsFrom(0, n, 6)) / randomDiscrepancy(n, 6);
      assert.ok(ratio < 0.2, `${n} points: ${ratio}`);
    }
  });

  it('steps from a point to the next by one direction number, whose place is the lowest zero of the number', () => {
    const point = fc.integer({ min: 0, max: 2 ** 32 - 2 });
    const dimension = fc.integer({ min: 0, max: sobolDimensions - 1 });
    fc.assert(
      fc.property(point, dimension, (i, j) => {
        const place = 31 - Math.clz32(~i & (i + 1));
        const step = (sobolCoordinate(i, j) ^ sobolCoordinate(i + 1, j)) >>> 0;
        // From 2^k − 1, whose Gray code is 2^(k−1), to 2^k, whose Gray code is 2^k + 2^(k−1).
        const direction = sobolCoordinate(2 ** place, j) ^ sobolCoordinate(2 ** place - 1, j);
        assert.equal(step, direction >>> 0);
      }),
    );
  });

  it('has no other points and dimensions', () => {
    for (const [point, dimension] of [
      [-1, 0],
      [2 ** 32, 0],
      [0.5, 0],
      [NaN, 0],
      [0, -1],
      [0, sobolDimensions],
    ] as const) {
      assert.throws(() => sobolCoordinate(point, dimension), RangeError);
    }
  });
});

describe('unitFraction', () => {
  it('is exact, from 0 to just below 1', () => {
    assert.equal(unitFraction(0), 0);
    assert.equal(unitFraction(1), 2 ** -32);
    assert.equal(unitFraction(2 ** 32 - 1), 1 - 2 ** -32);
  });
});
