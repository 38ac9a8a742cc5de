import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Estimand, Estimate } from '../../src/domain/estimate.js';
import type { ModelDefinition } from '../../src/domain/model-definition.js';
import type { CompletedRun } from '../../src/statistics/batches.js';
import { estimateOutputs, halfWidth, raisedFlags } from '../../src/statistics/estimator.js';
import { mean, variance } from '../../src/statistics/moments.js';
import { exactModel, meanModel, meanRun, normals, rateModel, rateRun } from './synthetic-runs.js';

function only(model: ModelDefinition, runs: readonly CompletedRun[], estimand: Estimand = 'FIXED_NETWORK'): Estimate {
  const [estimate] = estimateOutputs(model, runs, estimand);
  assert.ok(estimate);
  return estimate;
}

const close = (found: number | null, expected: number, relative = 1e-12): void => {
  assert.ok(
    found !== null && Math.abs(found - expected) <= relative * Math.abs(expected),
    `${found} is not ${expected}`,
  );
};

describe('estimateOutputs', () => {
  it('makes a rate of counts: events per second and source', () => {
    const { value, unit, n } = only(rateModel, [rateRun([5, 10, 15, 10])]);
    close(value, 40 / (10 * 1));
    assert.deepEqual([unit, n], ['Hz', 1]);
  });

  it('takes the standard error from the batch means', () => {
    const { standardError, degreesOfFreedom } = only(rateModel, [rateRun([5, 10, 15, 10])]);
    const batchMeans = [2, 4, 6, 4];
    close(standardError, Math.sqrt((variance(batchMeans) ?? NaN) / 4));
    assert.equal(degreesOfFreedom, 3);
  });

  it('counts a last, shorter batch in the value and not in the spread', () => {
    const whole = rateRun([5, 10, 15, 10]);
    const longer = rateRun([5, 10, 15, 10, 4], { durationMs: 1100 });
    const estimate = only(rateModel, [longer]);
    close(estimate.value, 44 / 11);
    close(estimate.standardError, (only(rateModel, [whole]).standardError ?? NaN) * Math.sqrt(1 / 1.1));
    assert.equal(estimate.degreesOfFreedom, 3);
  });

  it('weighs runs by their duration and takes all their batches together', () => {
    const short = rateRun([5, 7], { noiseSeed: 1 });
    const long = rateRun([10, 12, 8, 14, 9, 11], { noiseSeed: 2 });
    const estimate = only(rateModel, [short, long]);
    close(estimate.value, (12 + 64) / (10 * 2));
    const batchMeans = [5, 7, 10, 12, 8, 14, 9, 11].map((count) => count / 2.5);
    close(estimate.standardError, Math.sqrt((variance(batchMeans) ?? NaN) / 8));
    assert.deepEqual([estimate.n, estimate.degreesOfFreedom], [2, 7]);
    close(estimate.standardDeviation, Math.sqrt(variance([12 / 5, 64 / 15]) ?? NaN));
  });

  it('says null, not 0, where an error cannot be told', () => {
    const one = only(rateModel, [rateRun([5])]);
    assert.deepEqual([one.standardError, one.standardDeviation, one.fanoFactor], [null, null, null]);
    assert.equal(halfWidth(one, 0.95), null);
    assert.equal(only(meanModel, [meanRun(3, 1)]).standardError, null);
  });

  it('is never surer of a rate than one event: silence has an error, too', () => {
    const silent = only(rateModel, [rateRun([0, 0, 0, 0])]);
    assert.equal(silent.value, 0);
    close(silent.standardError, 1 / 10);
    assert.equal(silent.fanoFactor, null);
    close(only(rateModel, [rateRun([7, 7])]).standardError, 1 / 5);
  });

  it('has no error where no seed is read, and an interval of no width', () => {
    const exact = only(exactModel, [meanRun(3, null)]);
    assert.deepEqual([exact.value, exact.standardError, exact.n], [3, 0, 1]);
    assert.equal(halfWidth(exact, 0.99), 0);
  });

  it('takes the error of means without time from the spread of runs', () => {
    const estimate = only(meanModel, [meanRun(1, 1), meanRun(2, 2), meanRun(6, 3)]);
    close(estimate.value, 3);
    close(estimate.standardError, Math.sqrt(7 / 3));
    assert.deepEqual([estimate.n, estimate.degreesOfFreedom, estimate.fanoFactor], [3, 2, null]);
  });

  it('averages networks with equal weight, and takes the error between them', () => {
    const runs = [
      rateRun([10, 10], { networkSeed: 1 }),
      rateRun([20, 20, 20, 20], { networkSeed: 2 }),
      rateRun([10, 20], { networkSeed: 2, noiseSeed: 5 }),
      rateRun([30, 30], { networkSeed: 3 }),
      rateRun([40, 40], { networkSeed: 4 }),
    ];
    const estimate = only(rateModel, runs, 'NETWORK_AVERAGE');
    const networks = [20, 110 / 6, 30, 40].map((counts, i) => (i === 1 ? counts / 2.5 : (i === 0 ? 10 : counts) / 2.5));
    close(estimate.value, mean(networks));
    close(estimate.standardError, Math.sqrt((variance(networks) ?? NaN) / 4));
    assert.deepEqual([estimate.n, estimate.degreesOfFreedom], [4, 3]);
  });

  it('gives the Fano factor of the counts of whole batches', () => {
    const counts = [3, 9, 6, 2, 15, 4];
    close(only(rateModel, [rateRun(counts)]).fanoFactor, (variance(counts) ?? NaN) / mean(counts));
  });

  it('raises a flag when the Fano factor lies above its limit', () => {
    const bursting = [only(rateModel, [rateRun([0, 0, 0, 400, 0, 0])])];
    assert.deepEqual(raisedFlags(rateModel, bursting), ['bursty']);
    assert.deepEqual(raisedFlags(rateModel, [only(rateModel, [rateRun([5, 10, 15, 10])])]), []);
  });
});

describe('batch means, on a process whose answer is known', () => {
  const PHI = 0.9;
  const SAMPLES_A_BATCH = 250;
  const BATCHES = 16;

  /** The variance of the mean of m samples of a stationary AR(1) process with innovations of variance 1. */
  const varianceOfMean = (m: number): number => {
    const marginal = 1 / (1 - PHI * PHI);
    return (marginal / m) * ((1 + PHI) / (1 - PHI) - (2 * PHI * (1 - PHI ** m)) / (m * (1 - PHI) ** 2));
  };

  /** Batch means of an AR(1) process, as the runs of a model without time: each batch is one sum. */
  function batchMeans(seed: number): readonly number[] {
    const normal = normals(seed);
    let x = normal() / Math.sqrt(1 - PHI * PHI);
    return Array.from({ length: BATCHES }, () => {
      let sum = 0;
      for (let i = 0; i < SAMPLES_A_BATCH; i += 1) {
        x = PHI * x + normal();
        sum += x;
      }
      return sum / SAMPLES_A_BATCH;
    });
  }

  const replicates = Array.from({ length: 2000 }, (_, seed) => {
    const means = batchMeans(seed);
    const { value, standardError } = only(
      meanModel,
      means.map((y, i) => meanRun(y, i)),
    );
    return { value, squaredError: (standardError ?? NaN) ** 2 };
  });
  const squaredErrors = replicates.map(({ squaredError }) => squaredError);
  const meanSquaredError = mean(squaredErrors);
  const errorOfThat = Math.sqrt((variance(squaredErrors) ?? NaN) / replicates.length);
  const truth = varianceOfMean(BATCHES * SAMPLES_A_BATCH);

  it('gives the squared error that theory gives for batches (4 standard errors: false alarm 6e-5)', () => {
    const expected = (varianceOfMean(SAMPLES_A_BATCH) - truth) / (BATCHES - 1);
    assert.ok(Math.abs(meanSquaredError - expected) < 4 * errorOfThat, `${meanSquaredError}, not ${expected}`);
  });

  it('is biased by as much as the docstring says, 2φ/(m(1 − φ²)) of the squared error, to a fifth of it', () => {
    const expected = (varianceOfMean(SAMPLES_A_BATCH) - truth) / (BATCHES - 1);
    const stated = (2 * PHI) / (SAMPLES_A_BATCH * (1 - PHI * PHI));
    const bias = 1 - expected / truth;
    assert.ok(bias > 0 && Math.abs(bias / stated - 1) < 0.2, `bias ${bias}, stated ${stated}`);
  });

  it('agrees with the spread of replicates (4 standard errors of both: false alarm 6e-5)', () => {
    const spread = variance(replicates.map(({ value }) => value)) ?? NaN;
    const errorOfSpread = spread * Math.sqrt(2 / (replicates.length - 1));
    const bias = truth - (varianceOfMean(SAMPLES_A_BATCH) - truth) / (BATCHES - 1);
    assert.ok(Math.abs(spread - bias - meanSquaredError) < 4 * Math.hypot(errorOfSpread, errorOfThat));
  });

  it('covers the true mean as often as the level says (2,000 intervals at .95, 4 standard errors)', () => {
    const covered = replicates.filter(({ value, squaredError }) => {
      const half = halfWidth(
        {
          ...only(meanModel, [meanRun(0, 1), meanRun(1, 2)]),
          standardError: Math.sqrt(squaredError),
          degreesOfFreedom: BATCHES - 1,
        },
        0.95,
      );
      return Math.abs(value) <= (half ?? NaN);
    }).length;
    const expected = 0.95 * replicates.length;
    // The bias above lowers the coverage by less than .005.
    assert.ok(Math.abs(covered - expected) < 4 * Math.sqrt(expected * 0.05) + 0.005 * replicates.length, `${covered}`);
  });
});
