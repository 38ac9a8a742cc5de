import type { ParameterValues } from '../../../../src/domain/identity.js';
import { circuitConstants } from '../../../../src/models/local-circuit/constants.js';
import { localCircuitDefinition } from '../../../../src/models/local-circuit/definition.js';
import type { Simulator } from '../../../../src/models/model.js';
import { mean, variance } from '../../../../src/statistics/moments.js';
import { canonicalValues } from '../../../../src/domain/parameter-values.js';

/** How much is simulated at one parameter set: replicate n has the network of seed firstSeed + n. */
export interface Effort {
  readonly replicates: number;
  readonly seconds: number;
  readonly firstSeed: number;
}

/** The mean rates of each replicate, in Hz. */
export interface Rates {
  readonly e: readonly number[];
  readonly i: readonly number[];
}

/** A mean and its standard error. */
export interface Estimate {
  readonly mean: number;
  readonly error: number;
}

const WARMUP_MS = 500;

/** Noise seeds lie this far above network seeds. */
const NOISE_SEEDS = 100_000;

/** The default values of every input, but for those that are given. */
export const valuesWith = (given: ParameterValues = {}): ParameterValues => ({
  ...canonicalValues(localCircuitDefinition, {}),
  ...given,
});

/** Both LGN rates at one value: 80 is background, 240 mid, 480 driven. */
export const contrast = (rate: number): ParameterValues => ({ lgnRateE: rate, lgnRateI: rate });

/** The rates of E and I in one run with the spike counts of its bins, or null where it ran away. */
export function ratesOfRun(
  simulator: Pick<Simulator, 'simulate'>,
  values: ParameterValues,
  networkSeed: number,
  noiseSeed: number,
  durationMs: number,
): { e: number; i: number; binsE: readonly number[] } | null {
  const protocol = { warmupMs: WARMUP_MS, durationMs, networkSeed, noiseSeed };
  const result = simulator.simulate(values, protocol, () => false);
  if (result?.outcome !== 'COMPLETED') return null;
  const { rateE: binsE = [], rateI: binsI = [] } = result.sums.outputs;
  const rate = (bins: readonly number[], cells: number): number =>
    bins.reduce((sum, spikes) => sum + spikes, 0) / (cells * (durationMs / 1000));
  return {
    e: rate(binsE, circuitConstants.excitatoryCells),
    i: rate(binsI, circuitConstants.inhibitoryCells),
    binsE,
  };
}

/**
 * Rates of independent replicates: each has a network and noise of its own, so that their spread holds every error there
 * is. The same seeds serve every parameter set: differences between two sets taken replicate by replicate are free of
 * what is common to both.
 */
export function replicateRates(
  simulator: Pick<Simulator, 'simulate'>,
  given: ParameterValues,
  { replicates, seconds, firstSeed }: Effort,
): Rates {
  const values = valuesWith(given);
  const runs = Array.from({ length: replicates }, (_, n) => {
    const seed = firstSeed + n;
    const rates = ratesOfRun(simulator, values, seed, NOISE_SEEDS + seed, 1000 * seconds);
    if (!rates) throw new Error(`the run with the seeds of replicate ${seed} ran away`);
    return rates;
  });
  return { e: runs.map(({ e }) => e), i: runs.map(({ i }) => i) };
}

/** The mean of independent values and its standard error from their spread. */
export function estimate(values: readonly number[]): Estimate {
  return { mean: mean(values), error: Math.sqrt((variance(values) ?? NaN) / values.length) };
}

/** A weighted sum of several sets of replicates, replicate by replicate, and from its spread the error. */
export function estimateOfSum(terms: readonly (readonly [weight: number, values: readonly number[]])[]): Estimate {
  const length = terms[0]?.[1].length ?? 0;
  return estimate(
    Array.from({ length }, (_, n) => terms.reduce((sum, [weight, values]) => sum + weight * (values[n] ?? NaN), 0)),
  );
}

/** How an estimate reads in a message. */
export const show = ({ mean: value, error }: Estimate): string => `${value.toFixed(4)} ± ${error.toFixed(4)}`;
