import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobDocument } from '../../src/domain/documents.js';
import { forEachStore, withServers } from '../support/each-store.js';
import type { FrontDoor, FrontDoorOptions } from '../support/front-door.js';
import { eventually } from '../support/front-door.js';
import type { JobView, ResponseView, RunPayload } from '../support/questions.js';
import { jobQuery, responseNode, responseQuery, runMutation } from '../support/questions.js';

interface Answer {
  readonly response: ResponseView;
}

const fast: FrontDoorOptions = { settings: { heartbeatMs: 50, staleLeaseMs: 400 } };

const ended = (door: FrontDoor, id: string): Promise<JobView> =>
  eventually(
    async () => (await door.data<{ job: JobView }>(jobQuery, { id })).job,
    ({ status }) => !['QUEUED', 'RUNNING'].includes(status),
  );

/** Several seconds of work for two workers. */
const input = { parameters: {}, protocol: { warmupMs: 50, durationMs: 2000 }, replicates: 24 };

forEachStore('a server that stops while a job is under way', (open) => {
  test('gives the job back, and the next server finishes it without computing anything twice', async () => {
    await withServers(open, async (openDoor) => {
      const before = await openDoor();
      const { jobs, claims, runs, executions } = before.collections;
      const { response } = await before.data<Answer>(responseQuery, { input, waitMs: 0 });
      const id = response.job?.id ?? assert.fail('no job');
      await eventually(
        () => runs.countDocuments({}),
        (count) => count >= 2,
      );
      await before.close();
      const back = await jobs.findOne({ _id: id });
      assert.ok(back);
      assert.deepEqual(
        [back.status, back.active, back.holder, back.progress.running],
        ['QUEUED', true, null, 0],
        'it is neither held nor at an end',
      );
      assert.equal(await claims.countDocuments({}), 0);
      const done = await runs.countDocuments({});
      assert.ok(done < 24, 'the job was over before the server stopped');

      const after = await openDoor();
      const job = await ended(after, id);
      assert.equal(job.status, 'COMPLETED');
      const { node } = await after.data<{ node: ResponseView }>(responseNode, { id: response.id });
      assert.deepEqual([node.status, node.runs.length, node.id], ['READY', 24, job.result]);
      assert.deepEqual([await runs.countDocuments({}), await executions.countDocuments({})], [24, 24]);
      assert.equal((await jobs.findOne({ _id: id }))?.attempt, 2);
    });
  });

  test('answers those who wait with what there is, and takes no more', async () => {
    await withServers(open, async (openDoor) => {
      const door = await openDoor();
      const waiting = door.ask<Answer>(responseQuery, { input });
      const { jobs } = door.collections;
      await eventually(
        () => jobs.findOne({ active: true }),
        (job) => job !== null,
      );
      const closing = door.close();
      const { data } = await waiting;
      await closing;
      assert.equal(data?.response.status, 'PENDING');
      const late = await door.agent.post('/graphql').send({ query: '{ models { name } }' });
      assert.equal(late.status, 503);
    });
  });
});

forEachStore('a server that is gone without a word', (open) => {
  /** A job of a process that does not exist, as it stands in the store when that process dies. */
  async function abandon(door: FrontDoor): Promise<JobDocument> {
    const { jobs } = door.collections;
    const { response } = await door.data<Answer>(responseQuery, { input: small });
    const finished = await jobs.findOne({ _id: response.job?.id ?? '' });
    assert.ok(finished);
    const { executions, runs, responses } = door.collections;
    for (const collection of [executions, runs, responses]) await collection.deleteMany({});
    await jobs.updateOne(
      { _id: finished._id },
      {
        $set: {
          status: 'RUNNING',
          active: true,
          holder: 'another/1/2',
          result: null,
          computedRuns: 0,
          finishedAt: null,
        },
      },
    );
    return finished;
  }
  const small = { model: 'ishigami-noisy', parameters: { x2: 1 }, replicates: 3 };

  test('leaves its jobs to another, once their heartbeat has stood still', async () => {
    await withServers(open, async (openDoor) => {
      const first = await openDoor({ settings: { heartbeatMs: 600_000 } });
      const { _id } = await abandon(first);
      await first.close();
      const door = await openDoor(fast);
      const job = await ended(door, _id);
      assert.equal(job.status, 'COMPLETED');
      assert.equal((await door.collections.jobs.findOne({ _id }))?.attempt, 2);
      assert.equal(await door.collections.runs.countDocuments({}), 3);
    });
  });

  test('leaves its claims to another, and a living one keeps them', async () => {
    await withServers(open, async (openDoor) => {
      const door = await openDoor(fast);
      const request = { model: 'ishigami-noisy', parameters: { x3: 1 } };
      const { simulationRun } = (await door.data<RunPayload>(runMutation, { input: request })).runSimulation;
      const { runs, claims } = door.collections;
      const run = await runs.findOne({ _id: simulationRun.id });
      assert.ok(run);
      const { _id, schemaVersion, createdAt, digest, model, numericsDigest, parameterSetId, protocol } = run;
      await runs.deleteMany({ _id });
      await claims.insertOne({
        ...{ _id, schemaVersion, createdAt, digest, model, numericsDigest, parameterSetId, protocol },
        ...{ state: 'RUNNING', attempt: 1, holder: 'another/1/2', heartbeat: 0, startedAt: createdAt, error: null },
      });
      let heartbeat = 0;
      const living = setInterval(() => void claims.updateOne({ _id }, { $set: { heartbeat: (heartbeat += 1) } }), 50);
      const held = (await door.data<RunPayload>(runMutation, { input: request, waitMs: 1500 })).runSimulation;
      clearInterval(living);
      assert.equal(held.simulationRun.status, 'RUNNING');
      assert.equal(held.job?.result, null);
      const { runSimulation } = await door.data<RunPayload>(runMutation, { input: request });
      assert.deepEqual([runSimulation.simulationRun.status, runSimulation.simulationRun.id], ['COMPLETED', _id]);
      const attempts = await door.collections.executions.find({ runId: _id }, { sort: { attempt: 1 } }).toArray();
      assert.deepEqual(
        attempts.map(({ attempt }) => attempt),
        [1, 2],
      );
      assert.equal(await claims.findOne({ _id }), null);
    });
  });
});

forEachStore('two servers on one store', (open) => {
  test('share one computation of one question', async () => {
    await withServers(open, async (openDoor) => {
      const [one, two] = [await openDoor(fast), await openDoor(fast)];
      const question = { parameters: { sEE: 0.0241 }, protocol: { warmupMs: 50, durationMs: 1000 }, replicates: 4 };
      const answers = await Promise.all(
        [one, two, one, two].map((door) => door.data<Answer>(responseQuery, { input: question })),
      );
      assert.equal(new Set(answers.map(({ response }) => response.id)).size, 1);
      assert.ok(answers.every(({ response }) => response.status === 'READY' && response.computedRuns === 4));
      const { runs, executions, jobs, claims } = await one.counts();
      assert.deepEqual({ runs, executions, jobs, claims }, { runs: 4, executions: 4, jobs: 1, claims: 0 });
    });
  });

  test('cancel each other’s jobs', async () => {
    await withServers(open, async (openDoor) => {
      const options = { ...fast, env: { CORTIGRAPH_MAX_RESPONSE_SECONDS: '1000' } };
      const [one, two] = [await openDoor(options), await openDoor(options)];
      const long = { parameters: {}, protocol: { warmupMs: 0, durationMs: 600_000 } };
      const { response } = await one.data<Answer>(responseQuery, { input: long, waitMs: 0 });
      await eventually(one.counts, ({ claims }) => claims === 1);
      await two.data('mutation ($id: ID!) { cancelJob(id: $id) { job { id } } }', { id: response.job?.id });
      await eventually(one.counts, ({ claims }) => claims === 0);
      assert.equal((await ended(one, response.job?.id ?? '')).status, 'CANCELLED');
    });
  });
});
