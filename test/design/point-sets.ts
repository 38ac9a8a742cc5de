/** Points of the unit cube as whole numbers of 32 bits, one array a point. */
export type PointSet = readonly (readonly number[])[];

/**
 * Whether 2^m points in two dimensions are a (0,m,2)-net in base 2: each of the boxes of area 2^-m, of every shape that
 * halving gives, has one point.
 */
export function isNet(points: PointSet): boolean {
  const m = Math.log2(points.length);
  return Array.from({ length: m + 1 }, (_, bits) => bits).every((bits) => {
    const boxes = new Set(points.map(([x = 0, y = 0]) => leading(x, bits) * 2 ** (m - bits) + leading(y, m - bits)));
    return boxes.size === points.length;
  });
}

/** The first bits of a whole number of 32 bits. */
export const leading = (x: number, bits: number): number => Math.floor(x / 2 ** (32 - bits));

/**
 * The squared centred L2 discrepancy of points in the unit cube: F. J. Hickernell, "A generalized discrepancy and
 * quadrature error bound", Math. Comput. 67, 299-322 (1998), in the form of equation (5c).
 */
export function centredDiscrepancy(points: PointSet): number {
  const centred = points.map((point) => point.map((x) => x / 2 ** 32 - 0.5));
  const dimensions = points[0]?.length ?? 0;
  const n = points.length;
  const product = (factor: (j: number) => number): number => {
    let value = 1;
    for (let j = 0; j < dimensions; j += 1) value *= factor(j);
    return value;
  };
  let [single, double] = [0, 0];
  for (const x of centred) {
    const at = (j: number): number => x[j] ?? 0;
    single += product((j) => 1 + Math.abs(at(j)) / 2 - at(j) ** 2 / 2);
    for (const y of centred) {
      const other = (j: number): number => y[j] ?? 0;
      double += product((j) => 1 + Math.abs(at(j)) / 2 + Math.abs(other(j)) / 2 - Math.abs(at(j) - other(j)) / 2);
    }
  }
  return (13 / 12) ** dimensions - (2 * single) / n + double / n ** 2;
}

/** What {@link centredDiscrepancy} of n independent, uniform points is on average. */
export const randomDiscrepancy = (n: number, dimensions: number): number =>
  ((5 / 4) ** dimensions - (13 / 12) ** dimensions) / n;
