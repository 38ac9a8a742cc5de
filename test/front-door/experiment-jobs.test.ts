import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forEachStore, overEachStore, withServers } from '../support/each-store.js';
import {
  circuit,
  completed,
  create,
  ended,
  extend,
  experimentOf,
  ishigami,
  pointsOf,
  rowsOf,
} from '../support/experiments.js';
import type { FrontDoor, FrontDoorOptions } from '../support/front-door.js';
import { eventually } from '../support/front-door.js';
import type { JobView, ResponseView } from '../support/questions.js';
import { cancelMutation, jobFields, responseQuery } from '../support/questions.js';

const change = async (door: FrontDoor, mutation: string, id: string): Promise<JobView> => {
  const query = `mutation ($id: ID!) { ${mutation}(id: $id) { job { ${jobFields} } } }`;
  return (await door.data<Record<string, { job: JobView }>>(query, { id }))[mutation]?.job ?? assert.fail(mutation);
};

/** How many runs a job computed, and how many it found. */
async function runsOf(door: FrontDoor, job: JobView | null): Promise<object> {
  const stored = await door.collections.jobs.findOne({ _id: job?.id ?? '' });
  return { computedRuns: stored?.computedRuns, reusedRuns: stored?.reusedRuns };
}

/** Waits until so many rows of an experiment are stored. */
const rowsStored = (door: FrontDoor, experimentId: string, least: number): Promise<number> =>
  eventually(
    () => door.collections.experimentRows.countDocuments({ experimentId }),
    (count) => count >= least,
  );

/** A second of work for two workers, at points of its own: 400 runs of a second of biological time. */
const seconds = (name: string, seed: number): object =>
  circuit(name, { size: 20, seed, replicates: 20, protocol: { warmupMs: 0, durationMs: 1000 } });

overEachStore('the work on an experiment', (door) => {
  test('pauses, also for the rest of the world, and goes on where it was', async () => {
    const { experiment, job } = await create(door(), seconds('pauses', 1));
    await rowsStored(door(), experiment.id, 32);
    const paused = await change(door(), 'pauseJob', job.id);
    assert.deepEqual([paused.status, paused.progress.running], ['PAUSED', 0]);
    await eventually(door().counts, ({ claims }) => claims === 0);
    const { runs, experimentRows } = await door().counts();
    assert.ok(experimentRows < 400, 'it was over before it was paused');
    assert.equal((await change(door(), 'pauseJob', job.id)).status, 'PAUSED');
    assert.equal((await create(door(), seconds('pauses', 1))).job.status, 'PAUSED');
    assert.equal((await door().counts()).runs, runs, 'nothing runs while it is paused');
    await change(door(), 'resumeJob', job.id);
    const { progress, job: last } = await ended(door(), experiment.id);
    assert.deepEqual(progress, { total: 400, done: 400, failed: 0 });
    const { executions, runs: all } = await door().counts();
    assert.deepEqual([executions, all], [400, 400], 'what was stored is not computed again');
    assert.deepEqual(await runsOf(door(), last), { computedRuns: 400, reusedRuns: 0 }, 'before the pause as well');
  });

  test('says how much is done, never less than before and never more than is stored', async () => {
    const { experiment, job } = await create(door(), seconds('told', 6));
    const experimentId = experiment.id;
    let told = 0;
    const look = async (): Promise<string> => {
      const { progress, status } = await experimentOf(door(), experimentId);
      const rows = await door().collections.experimentRows.countDocuments({ experimentId });
      assert.ok(progress.done >= told && progress.done <= rows, `${told}, then ${progress.done} of ${rows} rows (${status})`); // prettier-ignore
      told = progress.done;
      return status;
    };
    for (const least of [32, 120]) {
      await eventually(look, () => told >= least);
      await change(door(), 'pauseJob', job.id);
      for (let i = 0; i < 20; i += 1) assert.equal(await look(), 'PAUSED');
      await change(door(), 'resumeJob', job.id);
    }
    await eventually(look, (status) => status === 'COMPLETED');
    assert.equal(told, 400);
  });

  test('ends when it is cancelled, keeps what it has, and does the rest when it is retried', async () => {
    const { experiment, job } = await create(door(), seconds('cancelled', 2));
    await rowsStored(door(), experiment.id, 32);
    await door().data(cancelMutation, { id: job.id });
    await eventually(door().counts, ({ claims }) => claims === 0);
    const { status } = await experimentOf(door(), experiment.id);
    assert.equal(status, 'CANCELLED');
    const points = await pointsOf(door(), experiment.id);
    assert.ok(points.nodes.some(({ rows }) => rows.length === 0));
    const rows = await door().collections.experimentRows.countDocuments({ experimentId: experiment.id });
    const again = await change(door(), 'retryJob', job.id);
    assert.notEqual(again.id, job.id);
    const { progress, job: last } = await ended(door(), experiment.id);
    assert.deepEqual(progress, { total: 400, done: 400, failed: 0 });
    assert.deepEqual(await runsOf(door(), last), { computedRuns: 400 - rows, reusedRuns: rows });
  });

  test('goes on when it is retried as soon as it was cancelled, and computes nothing twice', async () => {
    const { experiment, job } = await create(door(), seconds('at once', 7));
    await rowsStored(door(), experiment.id, 32);
    const { executions: before, runs: runsBefore } = await door().counts();
    await door().data(cancelMutation, { id: job.id });
    await change(door(), 'retryJob', job.id);
    const told = await eventually(
      () => experimentOf(door(), experiment.id),
      ({ status, progress: { done, failed } }) => {
        assert.ok(done >= 32 && failed === 0, `${done} done, ${failed} failed`);
        return status === 'COMPLETED';
      },
    );
    assert.deepEqual(told.progress, { total: 400, done: 400, failed: 0 });
    const { executions, runs } = await door().counts();
    assert.equal(executions - before, runs - runsBefore);
  });

  test('is not retried when all of it is done', async () => {
    const { job } = await completed(door(), ishigami('all done'));
    const query = 'mutation ($id: ID!) { retryJob(id: $id) { job { id } } }';
    assert.equal((await door().refusal(query, { id: job?.id })).extensions.code, 'CONFLICT');
  });

  test('lets a response go before it: that waits for one run at most', async () => {
    const long = { warmupMs: 0, durationMs: 4000 };
    const { experiment, job } = await create(door(), circuit('background', { size: 400, protocol: long }));
    await rowsStored(door(), experiment.id, 1);
    const { response } = await door().data<{ response: ResponseView }>(responseQuery, {
      input: { parameters: { lgnRateE: 77 }, protocol: { warmupMs: 0, durationMs: 500 } },
    });
    assert.equal(response.status, 'READY');
    const stored = await door().collections.runs.find({}, { sort: { createdAt: 1, _id: 1 }, projection: { _id: 1 } as never }).toArray(); // prettier-ignore
    const before = stored.findIndex(({ _id }) => _id === response.runs[0]?.id);
    assert.ok(stored.length - before <= 64, 'it was stored among the last');
    assert.ok((await experimentOf(door(), experiment.id)).progress.done < 300, 'the experiment was not over before it');
    await door().data(cancelMutation, { id: job.id });
  });
});

const quick: FrontDoorOptions = { settings: { heartbeatMs: 50, staleLeaseMs: 400 } };

forEachStore('an experiment over restarts', (open) => {
  test('is given back by a server that stops, and finished by the next without computing anything twice', async () => {
    await withServers(open, async (openDoor) => {
      const before = await openDoor();
      const { experiment } = await create(before, seconds('restarted', 3));
      await rowsStored(before, experiment.id, 40);
      await before.close();
      const { runs } = await before.counts();
      assert.ok(runs < 400, 'it was over before the server stopped');
      const after = await openDoor();
      const { progress } = await ended(after, experiment.id);
      assert.deepEqual(progress, { total: 400, done: 400, failed: 0 });
      const { executions, runs: all, claims } = await after.counts();
      assert.deepEqual([executions, all, claims], [400, 400, 0]);
    });
  });

  test('stays paused', async () => {
    await withServers(open, async (openDoor) => {
      const before = await openDoor();
      const { experiment, job } = await create(before, seconds('still paused', 4));
      await change(before, 'pauseJob', job.id);
      await before.close();
      const after = await openDoor();
      assert.equal((await experimentOf(after, experiment.id)).status, 'PAUSED');
      await change(after, 'resumeJob', job.id);
      await ended(after, experiment.id);
    });
  });

  test('has the counts of its rows, whoever of two servers does it', async () => {
    await withServers(open, async (openDoor) => {
      const [one, two] = await Promise.all([openDoor(quick), openDoor(quick)]);
      const made = await Promise.all([one, two].map((door) => create(door, seconds('two servers', 5))));
      const id = made[0]?.experiment.id ?? '';
      await rowsStored(one, id, 40);
      await one.close();
      const { progress, outcomes } = await ended(two, id);
      assert.deepEqual(progress, { total: 400, done: 400, failed: 0 });
      assert.equal(outcomes.reduce((sum, { count }) => sum + count, 0), 400); // prettier-ignore
      assert.equal((await rowsOf(two, id)).totalCount, 400);
      assert.equal((await two.counts()).executions, 400);
    });
  });

  test('that a crash left larger than its chunks grows at the next start, or when that is asked for again', async () => {
    await withServers(open, async (openDoor) => {
      const before = await openDoor();
      const { id } = await completed(before, ishigami('half grown', { size: 10 }));
      const { experiments } = before.collections;
      const leave = async (size: number): Promise<void> => {
        const stored = await experiments.findOne({ _id: id });
        const extents = [...(stored?.extents ?? []), { size, replicates: 1 }];
        await experiments.updateOne({ _id: id }, { $set: { size, extents, 'design.size': size } });
      };
      await leave(300);
      await extend(before, { id, targetSize: 300 });
      assert.equal((await ended(before, id)).progress.done, 300);
      await leave(500);
      await before.close();
      const after = await openDoor();
      await eventually(() => experimentOf(after, id), ({ progress }) => progress.done === 500); // prettier-ignore
      await ended(after, id);
    });
  });

  test('that a crash left without its chunks and its job is taken up', async () => {
    await withServers(open, async (openDoor) => {
      const before = await openDoor();
      const { experiment } = await create(before, ishigami('crashed', { size: 300 }));
      await ended(before, experiment.id);
      await before.close();
      const { chunks, jobs } = before.collections;
      await jobs.deleteMany({ key: experiment.id });
      await chunks.deleteMany({ experimentId: experiment.id, firstPoint: { $gt: 0 } });
      await chunks.updateOne({ experimentId: experiment.id }, { $set: { state: 'RUNNING', holder: 'gone', done: 0 } });
      const after = await openDoor();
      const { progress } = await ended(after, experiment.id);
      assert.deepEqual(progress, { total: 300, done: 300, failed: 0 });
      assert.equal(await chunks.countDocuments({ experimentId: experiment.id }), 3);
      assert.equal((await after.counts()).executions, 300);
    });
  });
});
