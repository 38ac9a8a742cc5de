import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overEachStore } from '../support/each-store.js';
import { circuit, completed } from '../support/experiments.js';
import type { ResponseView } from '../support/questions.js';
import { responseQuery, shortProtocol } from '../support/questions.js';
import type { SweepData } from '../support/sweeps.js';
import { sweepQuery } from '../support/sweeps.js';

interface Cost {
  readonly points: number;
  readonly refusedPoints: number;
  readonly runsNeeded: number;
  readonly runsStored: number;
  readonly biologicalSeconds: number;
  readonly wallSeconds: number | null;
  readonly cpuSeconds: number | null;
  readonly limitSeconds: number;
  readonly wouldBeRefused: boolean;
  readonly reason: string | null;
  readonly basis: string;
}

interface CostData {
  readonly estimateCost: Cost;
}

const costQuery = `query ($input: EstimateCostInput!) { estimateCost(input: $input) {
  points refusedPoints runsNeeded runsStored biologicalSeconds wallSeconds cpuSeconds limitSeconds wouldBeRefused reason basis
} }`;

overEachStore('the cost of a request', (door) => {
  /** Fails when anything is stored for it. */
  const cost = async (input: object): Promise<Cost> => {
    const before = await door().counts();
    const { estimateCost } = await door().data<CostData>(costQuery, { input });
    assert.deepEqual(await door().counts(), before);
    return estimateCost;
  };
  const respond = async (input: object): Promise<ResponseView> =>
    (await door().data<{ response: ResponseView }>(responseQuery, { input })).response;

  test('of a response is what is then computed, and nothing once it is stored', async () => {
    const input = { parameters: { sEE: 0.0241 }, protocol: shortProtocol, replicates: 3 };
    const before = await cost({ response: input });
    assert.deepEqual(
      [before.points, before.runsNeeded, before.runsStored, before.biologicalSeconds, before.limitSeconds],
      [1, 3, 0, 1.65, 600],
    );
    assert.deepEqual([before.wouldBeRefused, before.reason, before.refusedPoints], [false, null, 0]);
    const { wallSeconds, cpuSeconds } = before;
    assert.ok(wallSeconds !== null && cpuSeconds !== null && wallSeconds > 0);
    // Three runs by two workers take two rounds.
    assert.ok(Math.abs(wallSeconds / cpuSeconds - 2 / 3) < 1e-9);
    assert.match(before.basis, /Short runs were timed in a worker at these parameters/);
    assert.equal((await respond(input)).computedRuns, before.runsNeeded);
    const after = await cost({ response: { ...input, replicates: 4 } });
    assert.deepEqual([after.runsNeeded, after.runsStored], [1, 3]);
    const none = await cost({ response: input });
    assert.deepEqual([none.runsNeeded, none.biologicalSeconds, none.wallSeconds, none.cpuSeconds], [0, 0, 0, 0]);
    assert.match(none.basis, /Nothing would be simulated/);
  });

  test('of a sweep is what is then computed: what is stored costs nothing', async () => {
    const base = { parameters: { sEE: 0.0242 }, protocol: shortProtocol, replicates: 2 };
    await respond({ ...base, parameters: { ...base.parameters, lgnRateE: 90 } });
    const sweep = { base, axes: [{ name: 'lgnRateE', min: 80, max: 100, points: 3 }] };
    const told = await cost({ sweep });
    assert.deepEqual([told.points, told.runsNeeded, told.runsStored, told.biologicalSeconds], [3, 4, 2, 2.2]);
    assert.equal(told.limitSeconds, 36_000);
    assert.ok(told.wallSeconds !== null && told.wallSeconds > 0);
    const { computedRuns, reusedRuns } = (await door().data<SweepData>(sweepQuery, { input: sweep })).sweep;
    assert.deepEqual([computedRuns, reusedRuns], [4, 2]);
  });

  test('of a model without time is told by the run', async () => {
    const told = await cost({ response: { model: 'ishigami-noisy', parameters: {}, replicates: 5 } });
    assert.deepEqual([told.runsNeeded, told.biologicalSeconds], [5, 0]);
    assert.ok(told.wallSeconds !== null && told.wallSeconds > 0 && told.wallSeconds < 1);
  });

  test('that is too much is told with the reason', async () => {
    const tolerances = [{ output: 'rateE', halfWidth: 0.0001 }];
    const told = await cost({ response: { parameters: { sEE: 0.0251 }, tolerances } });
    assert.deepEqual([told.wouldBeRefused, told.refusedPoints], [true, 1]);
    assert.ok(told.biologicalSeconds > 600);
    assert.match(told.reason ?? '', /That would take about/);
    const axes = [{ name: 'sEE', min: 0.02, max: 0.021, points: 2 }];
    const sweep = await cost({ sweep: { base: { parameters: {}, tolerances }, axes } });
    assert.deepEqual([sweep.wouldBeRefused, sweep.refusedPoints, sweep.runsNeeded], [false, 2, 0]);
    assert.match(sweep.reason ?? '', /2 of 2 points would be TOO_COSTLY/);
    const long = { base: { parameters: {}, protocol: { durationMs: 500_000 } }, axes: [{ ...axes[0], points: 100 }] };
    const refused = await cost({ sweep: long });
    assert.deepEqual([refused.wouldBeRefused, refused.runsNeeded], [true, 100]);
    assert.match(refused.reason ?? '', /one sweep may take 36000/);
  });

  test('of an experiment is what it adds to its rows, and what is beyond the limit', async () => {
    const experiment = circuit('costly', { size: 40, replicates: 5, protocol: { warmupMs: 500, durationMs: 4000 } });
    const before = await cost({ experiment });
    assert.deepEqual(
      [before.points, before.runsNeeded, before.runsStored, before.biologicalSeconds],
      [40, 200, 0, 900],
    );
    assert.deepEqual([before.wouldBeRefused, before.reason, before.limitSeconds], [false, null, 4_500_000]);
    assert.ok((before.wallSeconds ?? 0) > 0);
    const small = circuit('cheap', { size: 3 });
    await completed(door(), small);
    const after = await cost({ experiment: small });
    assert.deepEqual([after.runsNeeded, after.runsStored, after.wallSeconds], [0, 3, 0]);
    const elsewhere = await cost({ experiment: { ...small, name: 'the same points' } });
    assert.deepEqual(
      [elsewhere.runsNeeded, elsewhere.wouldBeRefused],
      [after.runsNeeded, false],
      'whoever had them run',
    );
    const larger = await cost({ experiment: { ...small, replicates: 4 } });
    assert.equal(larger.wouldBeRefused, true);
    assert.match(larger.reason ?? '', /There is another experiment "cheap": it differs in replicates/);
    const large = await cost({ experiment: circuit('large', { size: 2_000_000 }) });
    assert.deepEqual([large.wouldBeRefused, large.runsNeeded], [true, 2_000_000]);
    assert.match(large.reason ?? '', /one experiment may have 1000000 runs/);
  });

  test('is of exactly one request', async () => {
    const response = { parameters: {} };
    const sweep = { base: response, axes: [{ name: 'sEE', min: 0.02, max: 0.021, points: 2 }] };
    for (const input of [{}, { response, sweep }, { response: null }]) {
      const { extensions } = await door().refusal(costQuery, { input });
      assert.equal(extensions.code, 'BAD_USER_INPUT');
      assert.deepEqual(extensions['allowed'], ['response', 'sweep', 'experiment']);
    }
  });

  test('over HTTP GET takes no worker', async () => {
    const response = { parameters: { sEE: 0.0263 }, protocol: shortProtocol };
    const { data } = await door().get<CostData>(costQuery, { input: { response } });
    assert.equal(data?.estimateCost.runsNeeded, 1);
    assert.doesNotMatch(data?.estimateCost.basis ?? '', /at these parameters/);
  });
});
