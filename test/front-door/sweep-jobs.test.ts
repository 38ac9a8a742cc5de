import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forEachStore, overEachStore, withServers } from '../support/each-store.js';
import type { FrontDoor } from '../support/front-door.js';
import { eventually } from '../support/front-door.js';
import type { JobView, ResponseView } from '../support/questions.js';
import { cancelMutation, jobQuery, longProtocol, responseQuery, shortProtocol } from '../support/questions.js';
import type { SweepData, SweepView } from '../support/sweeps.js';
import { numbersOf, stringsOf, sweepNode, sweepQuery } from '../support/sweeps.js';

const ask = async (door: FrontDoor, input: object, waitMs = 60_000): Promise<SweepView> =>
  (await door.data<SweepData>(sweepQuery, { input, waitMs })).sweep;
const nodeOf = async (door: FrontDoor, id: string): Promise<SweepView> =>
  (await door.data<{ node: SweepView }>(sweepNode, { id })).node;
const jobOf = async (door: FrontDoor, id: string): Promise<JobView> =>
  (await door.data<{ job: JobView }>(jobQuery, { id })).job;
const isReady = ({ status }: SweepView): boolean => status === 'READY';

overEachStore(
  'a sweep that is not waited for',
  (door) => {
    const line = (sEI: number): object => ({
      base: { parameters: { sEI }, protocol: shortProtocol },
      axes: [{ name: 'lgnRateE', min: 80, max: 120, points: 5 }],
    });

    test('is PENDING, with a row for what is stored; later its id gives all of it', async () => {
      const { response } = await door().data<{ response: ResponseView }>(responseQuery, {
        input: { parameters: { sEI: 0.041, lgnRateE: 90 }, protocol: shortProtocol },
      });
      const sweep = await ask(door(), line(0.041), 0);
      assert.deepEqual([sweep.status, sweep.cached, sweep.job?.kind], ['PENDING', false, 'sweep']);
      assert.deepEqual(stringsOf(sweep.table, 'status'), ['PENDING', 'READY', 'PENDING', 'PENDING', 'PENDING']);
      assert.deepEqual(stringsOf(sweep.table, 'outcome'), [null, 'COMPLETED', null, null, null]);
      assert.deepEqual(numbersOf(sweep.table, 'rateE'), [NaN, response.outputs[0]?.value, NaN, NaN, NaN]);
      const finished = await eventually(() => nodeOf(door(), sweep.id), isReady);
      assert.deepEqual([finished.computedRuns, finished.reusedRuns, finished.cached], [4, 1, false]);
      assert.ok(stringsOf(finished.table, 'status').every((status) => status === 'READY'));
      const job = await jobOf(door(), sweep.job?.id ?? '');
      assert.deepEqual([job.status, job.result, job.progress.total, job.progress.done], ['COMPLETED', sweep.id, 4, 4]);
    });

    test('is shared by those who ask for it at once', async () => {
      const before = await door().counts();
      const sweeps = await Promise.all([1, 2, 3].map(() => ask(door(), line(0.042))));
      assert.equal(new Set(sweeps.map(({ job }) => job?.id)).size, 1);
      assert.ok(sweeps.every(({ table }) => stringsOf(table, 'status').every((status) => status === 'READY')));
      const { runs, jobs, executions, claims } = await door().counts();
      assert.deepEqual([runs - before.runs, executions - before.executions, jobs - before.jobs, claims], [5, 5, 1, 0]);
    });

    test('shares its runs with another that crosses it', async () => {
      const before = await door().counts();
      const across = {
        base: { parameters: { lgnRateE: 100 }, protocol: shortProtocol },
        axes: [{ name: 'sEI', min: 0.043, max: 0.043, points: 1 }],
      };
      await Promise.all([ask(door(), line(0.043)), ask(door(), across)]);
      assert.equal((await door().counts()).runs - before.runs, 5);
    });

    test('stops when it is cancelled, says so in the rows that are missing, and begins anew when it is asked for again', async () => {
      const input = {
        base: { parameters: { sEI: 0.044 }, protocol: longProtocol },
        axes: [{ name: 'lgnRateE', min: 80, max: 120, points: 41 }],
      };
      const { id, job } = await ask(door(), input, 0);
      const jobId = job?.id ?? assert.fail('no job');
      await eventually(
        () => jobOf(door(), jobId),
        ({ progress }) => progress.running > 0,
      );
      await door().data(cancelMutation, { id: jobId });
      await eventually(door().counts, ({ claims }) => claims === 0);
      const cancelled = await nodeOf(door(), id);
      assert.deepEqual([cancelled.status, cancelled.job?.status], ['READY', 'CANCELLED']);
      assert.equal(stringsOf(cancelled.table, 'status').at(-1), 'CONFLICT');
      assert.match(stringsOf(cancelled.table, 'error').at(-1) ?? '', /cancelled; ask again/);
      const again = await ask(door(), input, 0);
      assert.equal(again.status, 'PENDING');
      assert.notEqual(again.job?.id, jobId);
      await door().data(cancelMutation, { id: again.job?.id });
      await eventually(door().counts, ({ claims }) => claims === 0);
    });

    test('lets a response go before it', async () => {
      const input = {
        base: { parameters: { sEI: 0.045 }, protocol: { warmupMs: 50, durationMs: 1000 } },
        axes: [{ name: 'lgnRateE', min: 80, max: 279, points: 200 }],
      };
      const { id, job } = await ask(door(), input, 0);
      await eventually(
        () => jobOf(door(), job?.id ?? ''),
        ({ progress }) => progress.running > 0,
      );
      const question = { parameters: { sEI: 0.046 }, protocol: shortProtocol, replicates: 2 };
      const { response } = await door().data<{ response: ResponseView }>(responseQuery, { input: question });
      assert.equal(response.status, 'READY');
      const meanwhile = await nodeOf(door(), id);
      assert.equal(meanwhile.status, 'PENDING', 'the sweep was over before the response');
      await door().data(cancelMutation, { id: job?.id });
      await eventually(door().counts, ({ claims }) => claims === 0);
    });
  },
  { env: { CORTIGRAPH_MAX_RESPONSE_SECONDS: '1000' } },
);

forEachStore('a server that stops during a sweep', (open) => {
  test('gives it back, and the next one computes what is missing and nothing twice', async () => {
    await withServers(open, async (openDoor) => {
      const input = {
        base: { parameters: {}, protocol: { warmupMs: 50, durationMs: 20_000 } },
        axes: [{ name: 'lgnRateE', min: 80, max: 310, points: 24 }],
      };
      const before = await openDoor();
      const { runs, executions, claims } = before.collections;
      const { id } = await ask(before, input, 0);
      await eventually(
        () => runs.countDocuments({}),
        (count) => count >= 2,
      );
      await before.close();
      assert.equal(await claims.countDocuments({}), 0);
      const done = await runs.countDocuments({});
      assert.ok(done < 24, 'the job was over before the server stopped');
      const after = await openDoor();
      const sweep = await eventually(() => nodeOf(after, id), isReady, 60_000);
      assert.ok(stringsOf(sweep.table, 'status').every((status) => status === 'READY'));
      assert.deepEqual([await runs.countDocuments({}), await executions.countDocuments({})], [24, 24]);
      assert.deepEqual([sweep.job?.status, sweep.computedRuns, sweep.reusedRuns], ['COMPLETED', 24 - done, done]);
    });
  });
});

forEachStore('two servers on one store', (open) => {
  test('share one computation of one sweep', async () => {
    await withServers(open, async (openDoor) => {
      const doors = [await openDoor(), await openDoor()];
      const input = {
        base: { parameters: {}, protocol: shortProtocol },
        axes: [{ name: 'sEE', min: 0.02, max: 0.024, points: 5 }],
      };
      const sweeps = await Promise.all(doors.map((door) => ask(door, input)));
      assert.equal(new Set(sweeps.map(({ id }) => id)).size, 1);
      assert.ok(sweeps.every((sweep) => isReady(sweep) && sweep.computedRuns === 5));
      const [door] = doors;
      const { runs, executions, jobs, claims } = (await door?.counts()) ?? assert.fail();
      assert.deepEqual({ runs, executions, jobs, claims }, { runs: 5, executions: 5, jobs: 1, claims: 0 });
    });
  });
});
