/**
 * Quantiles of Student's t distribution, from the regularised incomplete beta function: its continued fraction by the
 * modified Lentz method (Thompson & Barnett, J. Comput. Phys. 64:490, 1986), inverted by bisection. Relative error
 * below 1e-10 for levels that people use.
 */

/** Lanczos coefficients (g = 7, n = 9; Godfrey 2001). */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Γ(x) for x ≥ 1/2. */
function logGamma(x: number): number {
  const t = x + 6.5;
  const series = LANCZOS.reduce((sum, coefficient, i) => (i === 0 ? coefficient : sum + coefficient / (x - 1 + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(series);
}

/** The continued fraction of the incomplete beta function, for x < (a + 1)/(a + b + 2). */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 10_000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    const change = d * c;
    fraction *= change;
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return fraction;
}

/** The regularised incomplete beta function I_x(a, b); `complement` is 1 − x, which may be too small to show in x. */
function incompleteBeta(x: number, complement: number, a: number, b: number): number {
  if (x === 0) return 0;
  if (complement === 0) return 1;
  const logX = x < 0.5 ? Math.log(x) : Math.log1p(-complement);
  const logComplement = complement < 0.5 ? Math.log(complement) : Math.log1p(-x);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * logX + b * logComplement);
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(x, a, b)) / a;
  return 1 - (front * betaFraction(complement, b, a)) / b;
}

/** The probability that |t| exceeds `t` ≥ 0. */
export function studentTwoSidedTail(t: number, degreesOfFreedom: number): number {
  const square = t * t;
  const sum = degreesOfFreedom + square;
  return incompleteBeta(degreesOfFreedom / sum, square / sum, degreesOfFreedom / 2, 0.5);
}

/**
 * The t that |t| stays below with probability `level` (0 < level < 1): half the width of a two-sided interval, in
 * standard errors.
 */
export function studentHalfWidth(level: number, degreesOfFreedom: number): number {
  const tail = 1 - level;
  let upper = 1;
  while (studentTwoSidedTail(upper, degreesOfFreedom) > tail) upper *= 2;
  let lower = 0;
  for (let i = 0; i < 200 && upper - lower > 1e-12 * upper; i += 1) {
    const middle = (lower + upper) / 2;
    if (studentTwoSidedTail(middle, degreesOfFreedom) > tail) lower = middle;
    else upper = middle;
  }
  return (lower + upper) / 2;
}
