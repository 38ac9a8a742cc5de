import type { Estimate } from '../domain/estimate.js';
import type { ModelOutput } from '../domain/model-definition.js';
import type { Protocol } from '../domain/protocol.js';
import { exposureOf } from './batches.js';
import { mean, variance } from './moments.js';

/** An output of one run, with its error by the run's own batches. */
type ReplicateFigure = Pick<Estimate, 'value' | 'standardError' | 'degreesOfFreedom'>;

/**
 * The mean of an output over replicates of one protocol that went to their end, each with seeds of its own. Its standard
 * error is their standard deviation over √n, with n − 1 degrees of freedom; a single replicate has the error that the
 * batches of its run give. As in `estimateOutputs`, a rate is never surer than one event in all that was simulated, so
 * that silence has an error, too.
 * @param figures one at least
 */
export function estimateOverReplicates(
  { name, unit, sum }: ModelOutput,
  { durationMs }: Protocol,
  figures: readonly [ReplicateFigure, ...ReplicateFigure[]],
): Estimate {
  const values = figures.map(({ value }) => value);
  const n = values.length;
  const spread = variance(values);
  const common = { name, unit, value: mean(values), least: sum.kind === 'rate' ? 0 : null, n, fanoFactor: null };
  if (spread === null) {
    const [{ standardError, degreesOfFreedom }] = figures;
    return { ...common, standardError, degreesOfFreedom, standardDeviation: null };
  }
  const leastError = sum.kind === 'rate' && durationMs !== null ? 1 / (n * exposureOf(sum, durationMs)) : 0;
  return {
    ...common,
    standardError: Math.max(Math.sqrt(spread / n), leastError),
    degreesOfFreedom: n - 1,
    standardDeviation: Math.sqrt(spread),
  };
}
