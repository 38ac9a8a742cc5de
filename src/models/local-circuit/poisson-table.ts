/**
 * The cumulative distribution of a Poisson count, for inversion by a uniform 32-bit number.
 * `thresholds[i]` is the greatest uniform that still gives at most `first + i`; the last is 2^32 − 1, so that a search
 * always ends. `guide[top]` is where to start for a uniform whose upper eight bits are `top`.
 */
export interface PoissonTable {
  readonly first: number;
  readonly thresholds: Uint32Array;
  readonly guide: Uint16Array;
}

/** Probabilities below this part of the mode's are left out: they are far below the resolution of 2^−32. */
const NEGLIGIBLE = 1e-22;

const LAST_UNIFORM = 2 ** 32 - 1;

/**
 * The table for a mean ≥ 0. Probabilities go outward from the mode by p(k + 1) = p(k)·mean/(k + 1) and are normalised
 * by their sum: so a mean of 1,500, whose e^−mean underflows, needs neither exp nor log, and the bits depend on IEEE
 * arithmetic alone.
 */
export function poissonTable(mean: number): PoissonTable {
  const mode = Math.floor(mean);
  const belowMode: number[] = [];
  for (let k = mode, p = 1; k > 0; k -= 1) {
    p = (p * k) / mean;
    if (p < NEGLIGIBLE) break;
    belowMode.push(p);
  }
  const probabilities = [...belowMode.reverse(), 1];
  for (let k = mode + 1, p = mean / k; p >= NEGLIGIBLE; k += 1, p = (p * mean) / k) probabilities.push(p);
  const total = probabilities.reduce((sum, p) => sum + p, 0);

  const thresholds = new Uint32Array(probabilities.length);
  let cumulative = 0;
  probabilities.forEach((p, i) => {
    cumulative += p;
    thresholds[i] = Math.min(Math.max(Math.ceil((cumulative / total) * 2 ** 32) - 1, 0), LAST_UNIFORM);
  });
  thresholds[thresholds.length - 1] = LAST_UNIFORM;

  const guide = new Uint16Array(256);
  for (let top = 0, i = 0; top < 256; top += 1) {
    while ((thresholds[i] ?? LAST_UNIFORM) < top * 2 ** 24) i += 1;
    guide[top] = i;
  }
  return { first: mode - belowMode.length, thresholds, guide };
}

/** The count that a uniform 32-bit number (unsigned) stands for. */
export function poissonCount({ first, thresholds, guide }: PoissonTable, uniform: number): number {
  let i = guide[uniform >>> 24] ?? 0;
  while (uniform > (thresholds[i] ?? LAST_UNIFORM)) i += 1;
  return first + i;
}
