import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CompletedRun } from '../../src/statistics/batches.js';
import { halfWidth } from '../../src/statistics/estimator.js';
import type { PoolRequest } from '../../src/statistics/pool.js';
import { assessPool, selectPool } from '../../src/statistics/pool.js';
import { exactModel, meanModel, meanRun, rateModel, rateRun } from './synthetic-runs.js';

const request = (overrides: Partial<PoolRequest> = {}, protocol: object = {}): PoolRequest => ({
  estimand: 'FIXED_NETWORK',
  replicates: 1,
  tolerances: [],
  ...overrides,
  protocol: { warmupMs: 500, durationMs: 1000, networkSeed: 1, noiseSeed: null, ...protocol },
});

const anyRun = fc
  .record({
    counts: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 8 }),
    warmupMs: fc.constantFrom(0, 500),
    networkSeed: fc.integer({ min: 1, max: 6 }),
    noiseSeed: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ counts, ...protocol }) => rateRun(counts, protocol));
const anyRuns = fc.array(anyRun, { maxLength: 30 });
const seeds = ({ protocol }: CompletedRun): string => `${protocol.networkSeed}/${protocol.noiseSeed}`;

describe('selectPool', () => {
  it('counts each pair of seeds once, by its longest run, and only the warm-up that is asked for', () => {
    fc.assert(
      fc.property(anyRuns, fc.constantFrom('FIXED_NETWORK' as const, 'NETWORK_AVERAGE' as const), (runs, estimand) => {
        const pool = selectPool(rateModel, request({ estimand }), runs);
        assert.equal(new Set(pool.map(seeds)).size, pool.length);
        for (const run of pool) {
          assert.equal(run.protocol.warmupMs, 500);
          const rivals = runs.filter((other) => other.protocol.warmupMs === 500 && seeds(other) === seeds(run));
          assert.equal(Math.max(...rivals.map(({ protocol }) => protocol.durationMs ?? 0)), run.protocol.durationMs);
        }
      }),
    );
  });

  it('does not depend on the order in which runs are found', () => {
    fc.assert(
      fc.property(anyRuns, (runs) => {
        const values = (from: readonly CompletedRun[]): unknown =>
          assessPool(rateModel, request(), selectPool(rateModel, request(), from)).estimates?.map(({ n }) => n);
        assert.deepEqual(values(runs), values([...runs].reverse()));
      }),
    );
  });

  it('takes the network that is asked for', () => {
    const runs = [rateRun([1], { networkSeed: 1 }), rateRun([2], { networkSeed: 2 })];
    assert.deepEqual(selectPool(rateModel, request({}, { networkSeed: 2 }), runs), [runs[1]]);
  });

  it('takes networks 1, 2, … as far as each was simulated for a replicate’s duration', () => {
    const run = (networkSeed: number, batches: number, noiseSeed = 1): CompletedRun =>
      rateRun(new Array<number>(batches).fill(3), { networkSeed, noiseSeed });
    const networksOf = (runs: readonly CompletedRun[]): readonly (number | null)[] =>
      selectPool(rateModel, request({ estimand: 'NETWORK_AVERAGE' }), runs)
        .map(({ protocol }) => protocol.networkSeed)
        .sort();
    assert.deepEqual(networksOf([run(1, 4), run(2, 4), run(4, 4), run(7, 4)]), [1, 2]);
    assert.deepEqual(networksOf([run(1, 4), run(2, 3), run(3, 4)]), [1]);
    assert.deepEqual(networksOf([run(1, 4), run(2, 2), run(2, 2, 2), run(3, 4)]), [1, 2, 2, 3]);
    assert.deepEqual(networksOf([run(2, 4)]), []);
  });

  it('is the one exact run when a noise seed is given', () => {
    const runs = [rateRun([1, 2, 3, 4]), rateRun([1, 2, 3, 4, 5]), rateRun([5, 5, 5, 5], { noiseSeed: 2 })];
    assert.deepEqual(selectPool(rateModel, request({}, { noiseSeed: 1 }), runs), [runs[0]]);
  });
});

describe('assessPool', () => {
  const assess = (of: PoolRequest, runs: readonly CompletedRun[]): ReturnType<typeof assessPool> =>
    assessPool(rateModel, of, selectPool(rateModel, of, runs));

  it('misses what an empty pool lacks', () => {
    assert.equal(assess(request({ replicates: 3 }), []).missing, 3);
    assert.equal(assess(request({ estimand: 'NETWORK_AVERAGE' }), []).missing, 4);
    assert.equal(assess(request({ estimand: 'NETWORK_AVERAGE', replicates: 6 }), []).missing, 6);
    assert.equal(assess(request(), []).estimates, null);
  });

  it('counts simulated time, of runs of any duration', () => {
    const runs = [rateRun([3, 4], { noiseSeed: 1 }), rateRun([3, 4, 2, 5, 4, 3], { noiseSeed: 2 })];
    const { held, missing } = assess(request({ replicates: 3 }), runs);
    assert.deepEqual([held, missing], [2, 1]);
    assert.equal(assess(request({ replicates: 2 }), runs).missing, 0);
  });

  it('asks for as much more as the noise of the pool says, and for nothing once every tolerance is met', () => {
    const runs = [rateRun([5, 10, 15, 10])];
    const [estimate] = assess(request(), runs).estimates ?? [];
    const reached = estimate ? (halfWidth(estimate, 0.95) ?? NaN) : NaN;
    const tolerance = (share: number): PoolRequest =>
      request({ tolerances: [{ output: 'rate', halfWidth: reached * share, level: 0.95 }] });
    assert.equal(assess(tolerance(1), runs).missing, 0);
    const halved = assess(tolerance(0.5), runs);
    assert.equal(halved.missing, 3);
    assert.equal(halved.unmet.length, 1);
    assert.equal(halved.unmet[0]?.reached, reached);
    assert.ok(assess(tolerance(0.999), runs).missing >= 1);
  });

  it('asks for more where an error cannot be told yet', () => {
    const of = request({ tolerances: [{ output: 'rate', halfWidth: 1, level: 0.95 }] }, { durationMs: 250 });
    const { missing, unmet } = assess(of, [rateRun([5])]);
    assert.equal(missing, 1);
    assert.equal(unmet[0]?.reached, null);
  });

  it('gives outcomes and no estimates when a run of the pool aborted, and asks for nothing more', () => {
    const runs = [rateRun([3, 4, 5, 4]), rateRun([9], { noiseSeed: 2, durationMs: 1000 }, 'runaway')];
    const { estimates, outcomes, missing } = assess(request({ replicates: 5 }), runs);
    assert.equal(estimates, null);
    assert.equal(missing, 0);
    assert.deepEqual(outcomes, [
      { outcome: 'COMPLETED', count: 1 },
      { outcome: 'runaway', count: 1 },
    ]);
  });

  it('is content with one run of a model that reads no seed, and counts runs of one without time', () => {
    const none = { warmupMs: null, durationMs: null, networkSeed: null, noiseSeed: null };
    const exact = request({ replicates: 5, tolerances: [{ output: 'y', halfWidth: 1e-9, level: 0.95 }] }, none);
    const run = meanRun(1, null);
    assert.equal(assessPool(exactModel, exact, selectPool(exactModel, exact, [run])).missing, 0);
    const noisy = request({ replicates: 5 }, none);
    assert.equal(assessPool(meanModel, noisy, [meanRun(1, 1), meanRun(2, 2)]).missing, 3);
  });

  it('never asks for nothing while something is missing, nor for more once it is content', () => {
    fc.assert(
      fc.property(
        anyRuns,
        fc.integer({ min: 1, max: 5 }),
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        (runs, n, width) => {
          const of = request({ replicates: n, tolerances: [{ output: 'rate', halfWidth: width, level: 0.95 }] });
          const { missing, held, unmet, estimates } = assess(of, runs);
          assert.equal(missing === 0, held >= n && unmet.length === 0 && estimates !== null);
          assert.ok(Number.isInteger(missing) && missing >= 0);
        },
      ),
    );
  });
});
