import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { joeKuoRows } from '../../src/design/joe-kuo.js';

/** Whether a polynomial over GF(2), its coefficients as bits, is primitive: the powers of x run through all residues. */
function isPrimitive(polynomial: number, degree: number): boolean {
  let [power, order] = [1, 0];
  do {
    power <<= 1;
    if (power >>> degree) power ^= polynomial;
    order += 1;
  } while (power !== 1 && power !== 0 && order < 2 ** degree);
  return power === 1 && order === 2 ** degree - 1;
}

/** The first bits of the first direction numbers of a dimension, from the recurrence in whole numbers of any length. */
function firstBits([a, ...initial]: readonly [number, ...number[]], count: number): readonly number[] {
  const degree = initial.length;
  const m = initial.map(BigInt);
  const at = (k: number): bigint => m[k] ?? 0n;
  for (let k = degree; k < count; k += 1) {
    let next = at(k - degree) ^ (at(k - degree) << BigInt(degree));
    for (let term = 1; term < degree; term += 1) {
      if ((a >>> (degree - 1 - term)) & 1) next ^= at(k - term) << BigInt(term);
    }
    m.push(next);
  }
  return m.slice(0, count).map((value, k) => Number(value >> BigInt(k)));
}

describe('the table of Joe and Kuo', () => {
  it('has every primitive polynomial, by degree and then by coefficients, as its authors say', () => {
    const polynomials: [number, number][] = [];
    for (let degree = 1; polynomials.length < joeKuoRows.length; degree += 1) {
      for (let a = 0; a < 2 ** (degree - 1); a += 1) {
        if (isPrimitive(2 ** degree + 2 * a + 1, degree)) polynomials.push([degree, a]);
      }
    }
    assert.deepEqual(
      joeKuoRows.map(([a, ...initial]) => [initial.length, a]),
      polynomials.slice(0, joeKuoRows.length),
    );
  });

  it('has initial numbers that are odd, the i-th below 2 to the i', () => {
    for (const [, ...initial] of joeKuoRows)
      for (const [i, m] of initial.entries()) assert.ok(m % 2 === 1 && m > 0 && m < 2 ** (i + 1));
  });

  // Sobol's property A: of 2^d points in d dimensions, each of the 2^d halves of all axes has one. Its authors say that the
  // table has it up to dimension 1111. It holds when the first bits make a regular matrix.
  it('has property A in every dimension, which most other numbers have not', () => {
    const size = joeKuoRows.length + 1;
    const matrix: number[][] = [Array.from({ length: size }, (_, k) => Number(k === 0))];
    for (const row of joeKuoRows) matrix.push([...firstBits(row, size)]);
    // Elimination without exchanging rows: it gets through when the matrix is regular in each number of dimensions.
    for (const [d, pivot] of matrix.entries()) {
      assert.equal(pivot[d], 1, `dimension ${d + 1}`);
      for (const row of matrix.slice(d + 1)) {
        if (row[d] === 1) for (let k = d; k < size; k += 1) row[k] = (row[k] ?? 0) ^ (pivot[k] ?? 0);
      }
    }
  });
});
