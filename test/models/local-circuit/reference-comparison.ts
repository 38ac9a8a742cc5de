import { circuitConstants } from '../../../src/models/local-circuit/constants.js';
import { BIN_MS } from '../../../src/models/local-circuit/definition.js';
import type { Simulator } from '../../../src/models/model.js';
import type { ParameterValues } from '../../../src/domain/identity.js';
import { chiSquareTail, twoSidedNormalTail } from '../tail-probabilities.js';
import { readTestData } from '../test-data.js';

/** One parameter set with its rates, in Hz, and their standard errors from Brian2. */
export interface ReferenceCase {
  readonly parameters: ParameterValues;
  readonly rateE: number;
  readonly rateI: number;
  readonly standardErrorE: number;
  readonly standardErrorI: number;
}

const { cases } = readTestData('reference/brian2-rates.json') as { readonly cases: readonly ReferenceCase[] };

/** The six cases of test/reference/brian2-rates.json, numbered from 1. */
export function referenceCase(number: number): ReferenceCase {
  const found = cases[number - 1];
  if (!found) throw new RangeError(`there is no case ${number}`);
  return found;
}

/** The numbers that {@link referenceCase} knows. */
export const caseNumbers: readonly number[] = cases.map((_, i) => i + 1);

/** How much is simulated for one case: a run of `seconds` a network, with seeds that count up from `firstSeed`. */
export interface Effort {
  readonly networks: number;
  readonly seconds: number;
  readonly firstSeed: number;
}

const WARMUP_MS = 500;

/** The standard deviation, in Hz, of a long-run rate between networks: the reference has simulated one only. */
const NETWORK_DEVIATION = 0.05;

/**
 * The deviations of E and I from a reference case, each in units of its standard error. That is, in quadrature: the
 * reference's own error; the candidate's own, from batch means within runs (autocorrelation within a bin makes it a few
 * per cent too great at most); and the networks', one of the reference and `networks` of the candidate.
 */
export function deviations(
  simulator: Pick<Simulator, 'simulate'>,
  reference: ReferenceCase,
  { networks, seconds, firstSeed }: Effort,
  values: ParameterValues = reference.parameters,
): readonly [e: number, i: number] {
  const batches: { e: number[]; i: number[] }[] = [];
  for (let n = 0; n < networks; n += 1) {
    const protocol = {
      warmupMs: WARMUP_MS,
      durationMs: 1000 * seconds,
      networkSeed: firstSeed + n,
      noiseSeed: firstSeed + 1000 + n,
    };
    const result = simulator.simulate(values, protocol, () => false);
    if (result?.outcome !== 'COMPLETED') return [Infinity, Infinity];
    batches.push({ e: [...(result.sums.outputs.rateE ?? [])], i: [...(result.sums.outputs.rateI ?? [])] });
  }
  const deviation = (runs: readonly number[][], cells: number, rate: number, standardError: number): number => {
    const total = runs.flat().reduce((sum, spikes) => sum + spikes, 0);
    const batchesPerRun = (1000 * seconds) / BIN_MS;
    const full = runs.map((run) => run.slice(0, batchesPerRun)); // a mutated step may leave a remainder as one more
    const ownVariance = pooledVariance(full) * full.flat().length; // of the total
    const perHz = cells * networks * seconds;
    const error = Math.hypot(
      standardError,
      Math.sqrt(ownVariance) / perHz,
      NETWORK_DEVIATION * Math.sqrt(1 + 1 / networks),
    );
    return (total / perHz - rate) / error;
  };
  const { rateE, rateI, standardErrorE, standardErrorI } = reference;
  return [
    deviation(
      batches.map(({ e }) => e),
      circuitConstants.excitatoryCells,
      rateE,
      standardErrorE,
    ),
    deviation(
      batches.map(({ i }) => i),
      circuitConstants.inhibitoryCells,
      rateI,
      standardErrorI,
    ),
  ];
}

/** The variance of a sum within runs. */
function pooledVariance(runs: readonly (readonly number[])[]): number {
  let squares = 0;
  let degrees = 0;
  for (const run of runs) {
    const mean = run.reduce((sum, x) => sum + x, 0) / run.length;
    squares += run.reduce((sum, x) => sum + (x - mean) ** 2, 0);
    degrees += run.length - 1;
  }
  return squares / degrees;
}

/** Agreement is rejected where {@link disagreementProbability} is below this: so often at most for a right simulator. */
export const FALSE_ALARM = 1e-4;

/**
 * How probable it is at most that a right simulator deviates so much: Bonferroni's bound over two tests.
 * - χ², the sum of all squares. E and I of one case are correlated (by about .9), and by how much in the reference is
 *   not known; but whatever the correlation r, the sum over n cases is (1 + r)·χ²(n) + (1 − r)·χ²(n), whose tail far out
 *   is at most that of r = 1, of 2·χ²(n) (Székely & Bakirov, Probab. Theory Relat. Fields 126:184, 2003).
 * - The greatest deviation, by Bonferroni over all of them.
 */
export function disagreementProbability(deviationsOfCases: readonly (readonly [number, number])[]): number {
  const all = deviationsOfCases.flat();
  const sum = all.reduce((squares, z) => squares + z * z, 0);
  if (!Number.isFinite(sum)) return 0;
  const bySum = chiSquareTail(sum / 2, deviationsOfCases.length);
  const byGreatest = all.length * Math.min(...all.map(twoSidedNormalTail));
  return Math.min(1, 2 * Math.min(bySum, byGreatest));
}
