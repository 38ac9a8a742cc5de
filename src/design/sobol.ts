import { joeKuoRows } from './joe-kuo.js';

/** The bits of a coordinate. */
const BITS = 32;

/** The dimensions that the Sobol sequence has here. */
export const sobolDimensions = joeKuoRows.length + 1;

/** Of each dimension the direction numbers v₁ … v₃₂, as 32-bit fractions. */
const directionNumbers: readonly Uint32Array[] = [
  Uint32Array.from({ length: BITS }, (_, k) => 2 ** (BITS - 1 - k)),
  ...joeKuoRows.map(([a, ...initial]) => directionNumbersOf(a, initial)),
];

/** The recurrence of P. Bratley and B. L. Fox, ACM Trans. Math. Softw. 14, 88-100 (1988), Algorithm 659. */
function directionNumbersOf(a: number, initial: readonly number[]): Uint32Array {
  const degree = initial.length;
  const v = Uint32Array.from({ length: BITS }, (_, k) => (initial[k] ?? 0) * 2 ** (BITS - 1 - k));
  const at = (k: number): number => v[k] ?? 0; // only ever read within the array
  for (let k = degree; k < BITS; k += 1) {
    let next = at(k - degree) ^ (at(k - degree) >>> degree);
    for (let term = 1; term < degree; term += 1) {
      if ((a >>> (degree - 1 - term)) & 1) next ^= at(k - term);
    }
    v[k] = next;
  }
  return v;
}

/**
 * A coordinate of a point of the Sobol sequence, without the points before it: the exclusive or of the direction numbers
 * that the bits of the point's Gray code pick (I. A. Antonov and V. M. Saleev, USSR Comput. Math. Math. Phys. 19,
 * 252-256, 1979). This is the order of `scipy.stats.qmc.Sobol` and of Joe and Kuo's own program.
 * @param point from 0 to 2³² − 1
 * @param dimension from 0 to {@link sobolDimensions} − 1
 * @returns a whole number from 0 to 2³² − 1, to be read as a fraction of 2³²
 * @throws RangeError beyond either
 */
export function sobolCoordinate(point: number, dimension: number): number {
  const numbers = directionNumbers[dimension];
  if (!numbers) throw new RangeError(`The Sobol sequence has no dimension ${dimension} here.`);
  if (!Number.isInteger(point) || point < 0 || point >= 2 ** BITS) throw new RangeError(`There is no point ${point}.`);
  let coordinate = 0;
  let gray = (point ^ (point >>> 1)) >>> 0;
  for (let k = 0; gray !== 0; k += 1, gray >>>= 1) {
    if (gray & 1) coordinate ^= numbers[k] ?? 0; // one a bit
  }
  return coordinate >>> 0;
}

/** A fraction of 2³² as a number in [0, 1): exact, a multiple of 2⁻³², at most 1 − 2⁻³². */
export const unitFraction = (coordinate: number): number => coordinate / 2 ** BITS;
