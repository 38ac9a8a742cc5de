/**
 * Upper tails of the distributions that tests of random numbers compare with, so that each can state how often it would
 * reject a right program if its seeds were drawn anew.
 */

/** ln Γ(x) of x > 0, by Stirling's series after raising the argument above 15: within 1e-14 relative. */
export function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < 15; z += 1) shift += Math.log(z);
  const series = 1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * z * z)) / (z * z)) / (z * z);
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series / z - shift;
}

/** Γ(a, x)/Γ(a): the series of the complement below x = a + 1, Legendre's continued fraction above. */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > sum * 1e-17; n += 1) {
      term *= x / (a + n);
      sum += term;
    }
    return 1 - front * sum;
  }
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1, change = 0; Math.abs(change - 1) > 1e-15; n += 1) {
    b += 2;
    d = 1 / (b - n * (n - a) * d);
    c = b - (n * (n - a)) / c;
    change = c * d;
    fraction *= change;
  }
  return front * fraction;
}

/** P(χ² > x) for a number of degrees of freedom. */
export function chiSquareTail(x: number, degrees: number): number {
  return upperGamma(degrees / 2, x / 2);
}

/** P(Z > z) of a standard normal Z. */
export function normalTail(z: number): number {
  const tail = upperGamma(0.5, (z * z) / 2) / 2;
  return z >= 0 ? tail : 1 - tail;
}

/** P(|Z| > |z|) of a standard normal Z. */
export function twoSidedNormalTail(z: number): number {
  return 2 * normalTail(Math.abs(z));
}

/** How probable a χ² statistic is that is as far out or farther on either side: too uneven, or too even. */
export function twoSidedChiSquareTail(x: number, degrees: number): number {
  const above = chiSquareTail(x, degrees);
  return 2 * Math.min(above, 1 - above);
}

/** Kolmogorov and Smirnov's test: P(D > the distance of the sample from a distribution), with Stephens' correction. */
export function kolmogorovTail(sample: readonly number[], cumulative: (x: number) => number): number {
  const n = sample.length;
  const distance = [...sample]
    .sort((a, b) => a - b)
    .reduce((most, x, i) => Math.max(most, (i + 1) / n - cumulative(x), cumulative(x) - i / n), 0);
  const lambda = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * distance;
  let tail = 0;
  for (let k = 1; k <= 100; k += 1) tail += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * lambda * lambda);
  return lambda < 0.2 ? 1 : tail;
}

/** The χ² statistic of observed counts whose expectation is `expected` each. */
export function chiSquare(counts: readonly number[], expected: number): number {
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
