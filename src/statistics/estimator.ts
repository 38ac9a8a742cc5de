import type { Estimand, Estimate } from '../domain/estimate.js';
import type { ModelDefinition, ModelOutput } from '../domain/model-definition.js';
import { readsSeed } from '../domain/protocol.js';
import type { Batches, CompletedRun } from './batches.js';
import { batchesOf, joinBatches } from './batches.js';
import { mean, variance } from './moments.js';
import { studentHalfWidth } from './student-t.js';

/** Names the way estimates are made from raw sums; part of a response's identity. Raised with every change of figures. */
export const estimatorVersion = 'batch-means/1';

/**
 * Estimates every output of a model from completed runs of one parameter set and warm-up, which share no pair of seeds.
 *
 * The value is Σ sums / Σ exposures, so runs weigh by their duration. Its standard error:
 * - FIXED_NETWORK: **non-overlapping batch means** over the whole batches of all runs, s·√(e/E) with s² the unbiased
 *   variance of the N batch means about their mean, e a batch's and E the whole exposure, N − 1 degrees of freedom.
 *   Bias: neighbouring batches correlate. For an AR(1) process with correlation φ from sample to sample and m samples
 *   a batch, the squared error is too small by the part 2φ/(m(1 − φ²)) to first order in 1/m, hence too great for
 *   φ < 0. The circuit's rates are of that second kind: 250-ms batches give a standard error 2–13 % too great.
 *   Where runs are too short to hold two whole batches each, the replicates themselves, weighed by their duration, take
 *   the place of batches.
 * - NETWORK_AVERAGE: the value is the plain mean of the networks' own values, for each network stands for one draw of
 *   the population that is averaged over; the error is their standard deviation over √k, k − 1 degrees of freedom.
 * - No seed is read: the value is exact, its error 0.
 * - Counts are never surer than one event: the error of a rate is at least 1/E, so that silence has an error, too.
 * @param runs at least one; for NETWORK_AVERAGE every network has at least one
 */
export function estimateOutputs(
  model: ModelDefinition,
  runs: readonly CompletedRun[],
  estimand: Estimand,
): readonly Estimate[] {
  return model.outputs.map((output) => {
    const ofRuns = runs.map((run) => batchesOf(output, run));
    const together = joinBatches(ofRuns);
    if (!readsSeed(model.protocol)) return exact(output, together);
    const replicates = estimand === 'FIXED_NETWORK' ? ofRuns : batchesOfNetworks(output, runs);
    const values = replicates.map((replicate) => replicate.sum / replicate.exposure);
    const error = standardErrorOf(estimand, together, replicates);
    const leastError = output.sum.kind === 'rate' ? 1 / together.exposure : 0;
    const spread = variance(values);
    return {
      name: output.name,
      unit: output.unit,
      value: estimand === 'FIXED_NETWORK' ? together.sum / together.exposure : mean(values),
      standardError: error && Math.max(error.standardError, leastError),
      degreesOfFreedom: error && error.degreesOfFreedom,
      least: output.sum.kind === 'rate' ? 0 : null,
      n: values.length,
      standardDeviation: spread === null ? null : Math.sqrt(spread),
      fanoFactor: output.sum.kind === 'rate' ? fanoFactor(together) : null,
    };
  });
}

/** The named warnings that estimates give cause for. */
export function raisedFlags(model: ModelDefinition, estimates: readonly Estimate[]): readonly string[] {
  return model.flags
    .filter((flag) => (estimates.find(({ name }) => name === flag.output)?.fanoFactor ?? 0) > flag.fanoFactorAbove)
    .map((flag) => flag.name);
}

/** Half the width of an estimate's interval at a level; null where its error cannot be told. */
export function halfWidth(
  estimate: Pick<Estimate, 'standardError' | 'degreesOfFreedom'>,
  level: number,
): number | null {
  if (estimate.standardError === null) return null;
  if (estimate.degreesOfFreedom === null) return 0;
  return estimate.standardError * studentHalfWidth(level, estimate.degreesOfFreedom);
}

/** Fewer whole batches a run than these, and the spread of replicates tells the error instead. */
const leastBatchesPerRun = 2;

interface StandardError {
  readonly standardError: number;
  readonly degreesOfFreedom: number;
}

function exact(output: ModelOutput, { sum, exposure }: Batches): Estimate {
  return {
    name: output.name,
    unit: output.unit,
    value: sum / exposure,
    standardError: 0,
    degreesOfFreedom: null,
    least: null,
    n: 1,
    standardDeviation: null,
    fanoFactor: null,
  };
}

function batchesOfNetworks(output: ModelOutput, runs: readonly CompletedRun[]): readonly Batches[] {
  const ofNetworks = new Map<number | null, Batches[]>();
  for (const run of runs) {
    const known = ofNetworks.get(run.protocol.networkSeed);
    const batches = batchesOf(output, run);
    if (known) known.push(batches);
    else ofNetworks.set(run.protocol.networkSeed, [batches]);
  }
  return [...ofNetworks.values()].map(joinBatches);
}

function standardErrorOf(estimand: Estimand, together: Batches, replicates: readonly Batches[]): StandardError | null {
  if (estimand === 'NETWORK_AVERAGE') return errorBetween(replicates, () => 1);
  const hasBatches = together.whole.length >= leastBatchesPerRun * replicates.length;
  return hasBatches ? errorFromBatches(together) : errorBetween(replicates, ({ exposure }) => exposure);
}

function errorFromBatches({ whole, batchExposure, exposure }: Batches): StandardError | null {
  const spread = variance(whole.map((sum) => sum / batchExposure));
  if (spread === null) return null;
  return { standardError: Math.sqrt((spread * batchExposure) / exposure), degreesOfFreedom: whole.length - 1 };
}

/** The error of a weighted mean of replicates, from their spread about it: √(n/(n − 1)·Σw²(x − x̄)²)/Σw. */
function errorBetween(replicates: readonly Batches[], weightOf: (replicate: Batches) => number): StandardError | null {
  const n = replicates.length;
  if (n < 2) return null;
  const weighed = replicates.map((replicate) => ({
    value: replicate.sum / replicate.exposure,
    weight: weightOf(replicate),
  }));
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  const centre = weighed.reduce((sum, { value, weight }) => sum + value * weight, 0) / total;
  const squares = weighed.reduce((sum, { value, weight }) => sum + (weight * (value - centre)) ** 2, 0);
  return { standardError: Math.sqrt((n / (n - 1)) * squares) / total, degreesOfFreedom: n - 1 };
}

function fanoFactor({ whole }: Batches): number | null {
  const spread = variance(whole);
  const centre = mean(whole);
  return spread === null || centre === 0 ? null : spread / centre;
}
