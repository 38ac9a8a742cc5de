import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { cosine, exponential, logarithm, sine } from '../../src/models/exact-math.js';

/** The distance from a finite double > 0 to the next greater one. */
function unitInLastPlace(x: number): number {
  const bits = new BigUint64Array(new Float64Array([x]).buffer);
  const [next = NaN] = new Float64Array(BigUint64Array.of((bits[0] ?? 0n) + 1n).buffer);
  return next - x;
}

/** What Math.exp, Math.log and Math.sin may be off by themselves, in units in the last place. */
const ENGINE = 1;

const grid = (min: number, max: number, count: number): number[] =>
  Array.from({ length: count + 1 }, (_, i) => min + ((max - min) * i) / count);

describe('exponential', () => {
  test('is e^x within 2^−52 for −1 ≤ x ≤ 0', () => {
    for (const x of grid(-1, 0, 200_000)) {
      const error = Math.abs(exponential(x) - Math.exp(x));
      assert.ok(error <= 2 ** -52 + ENGINE * unitInLastPlace(Math.exp(x)), `x = ${x}`);
    }
  });

  test('is e^x within 2 units in the last place for 0 < x ≤ 1', () => {
    for (const x of grid(0, 1, 200_000)) {
      const error = Math.abs(exponential(x) - Math.exp(x));
      assert.ok(error <= (2 + ENGINE) * unitInLastPlace(Math.exp(x)), `x = ${x}`);
    }
  });

  test('has known values', () => {
    assert.equal(exponential(0), 1);
    assert.ok(Math.abs(exponential(1) - 2.718281828459045) <= 2 * 2 ** -51);
    assert.ok(Math.abs(exponential(-1) - 0.36787944117144233) <= 2 ** -52);
    assert.equal(exponential(2 ** -60), 1);
  });

  test('keeps the float32 factors of the circuit the nearest ones', () => {
    for (const tau of [0.5, 2, 3, 5, 80])
      assert.equal(Math.fround(exponential(-0.1 / tau)), Math.fround(Math.exp(-0.1 / tau)));
  });
});

describe('logarithm', () => {
  /** 4 units in the last place of the greater part, which is the exponent's or the mantissa's; and the engine's. */
  const bound = (x: number): number => {
    const exponentPart = Math.abs(Math.round(Math.log2(x))) * Math.LN2;
    const greater = Math.max(exponentPart, Math.abs(Math.log(x)));
    return (4 + ENGINE) * (greater === 0 ? 0 : unitInLastPlace(greater));
  };
  const assertClose = (x: number): void => {
    const error = Math.abs(logarithm(x) - Math.log(x));
    assert.ok(error <= bound(x), `x = ${x}, error ${error}`);
  };

  test('is ln x within 4 units in the last place of the greater part, between 1/8 and 8', () => {
    for (const x of grid(1 / 8, 8, 200_000)) assertClose(x);
  });

  test('is that over all finite numbers, the denormal and the greatest too', () => {
    fc.assert(fc.property(fc.double({ min: 5e-324, max: Number.MAX_VALUE, noNaN: true }), assertClose), {
      seed: 6,
      numRuns: 20_000,
      examples: [[5e-324], [2 ** -1022], [Number.MAX_VALUE]],
    });
  });

  test('is that beside 1 and beside the seams of its reduction', () => {
    for (const seam of [1, 2 / 3, 4 / 3, 8 / 3, 1 / 3])
      for (let n = -50; n <= 50; n += 1) assertClose(seam * (1 + n * 2 ** -52));
  });

  test('is 0 of 1, and of powers of 2 their exponent times ln 2', () => {
    assert.equal(logarithm(1), 0);
    for (let n = -1074; n <= 1023; n += 1) assert.equal(logarithm(2 ** n), n * Math.LN2);
  });
});

describe('sine', () => {
  test('is sin x within 2^−52 for |x| ≤ π', () => {
    for (const x of grid(-Math.PI, Math.PI, 400_000))
      assert.ok(Math.abs(sine(x) - Math.sin(x)) <= 2 ** -52 + ENGINE * 2 ** -53, `x = ${x}`);
  });

  test('is odd and keeps the sign of zero', () => {
    for (const x of grid(0, Math.PI, 1000)) assert.equal(sine(-x), -sine(x));
    assert.equal(sine(-0), -0);
  });

  test('keeps its last bits at π, where the sum of two doubles is needed', () => {
    for (const x of [Math.PI, 3.1415926535, 3.14159])
      assert.ok(Math.abs(sine(x) / Math.sin(x) - 1) < 2 ** -50, `x = ${x}`);
  });
});

describe('cosine', () => {
  test('is cos x within 2^−52 for |x| ≤ π', () => {
    for (const x of grid(-Math.PI, Math.PI, 400_000))
      assert.ok(Math.abs(cosine(x) - Math.cos(x)) <= 2 ** -52 + ENGINE * 2 ** -53, `x = ${x}`);
  });

  test('is even, and has known values', () => {
    for (const x of grid(0, Math.PI, 1000)) assert.equal(cosine(-x), cosine(x));
    assert.deepEqual([cosine(0), cosine(Math.PI)], [1, -1]);
    assert.ok(Math.abs(cosine(Math.PI / 2) - Math.cos(Math.PI / 2)) <= 2 ** -52);
  });
});
