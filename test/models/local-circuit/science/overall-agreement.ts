import { mean, variance } from '../../../../src/statistics/moments.js';
import { chiSquareTail } from '../../tail-probabilities.js';
import type { Rates } from './replicates.js';

/** The deviations of E and of I from a reference, in standard errors. */
export type Deviation = readonly [e: number, i: number];

/** The correlation of the E and I rates of replicates, over several parameter sets together. */
export function pooledCorrelation(sets: readonly Rates[]): number {
  let [cross, squaresE, squaresI] = [0, 0, 0];
  for (const { e, i } of sets) {
    const [centreE, centreI] = [mean(e), mean(i)];
    const [deviationE, deviationI] = [Math.sqrt(variance(e) ?? NaN), Math.sqrt(variance(i) ?? NaN)];
    e.forEach((x, n) => (cross += ((x - centreE) / deviationE) * (((i[n] ?? NaN) - centreI) / deviationI)));
    squaresE += e.length - 1;
    squaresI += i.length - 1;
  }
  return cross / Math.sqrt(squaresE * squaresI);
}

/** Three answers to how probable deviations as great as these are, overall, of a simulator that is right. */
export interface OverallProbability {
  /** χ² of all deviations as though E and I were independent: too small where they are correlated. */
  readonly independent: number;
  /** At most this, whatever the correlation: as though E and I were one. */
  readonly anyCorrelation: number;
  /** χ² of the sums and differences of E and I at the correlation given, in E and I and in the reference alike. */
  readonly correlated: number;
}

/** See {@link OverallProbability}. */
export function overallProbability(deviations: readonly Deviation[], correlation: number): OverallProbability {
  const squares = deviations.reduce((sum, [e, i]) => sum + e * e + i * i, 0);
  const freed = deviations.reduce(
    (sum, [e, i]) => sum + (e + i) ** 2 / (2 * (1 + correlation)) + (e - i) ** 2 / (2 * (1 - correlation)),
    0,
  );
  return {
    independent: chiSquareTail(squares, 2 * deviations.length),
    anyCorrelation: chiSquareTail(squares / 2, deviations.length),
    correlated: chiSquareTail(freed, 2 * deviations.length),
  };
}
