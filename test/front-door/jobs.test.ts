import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overEachStore } from '../support/each-store.js';
import { eventually, onlyError } from '../support/front-door.js';
import type { JobView, ResponseView, RunPayload } from '../support/questions.js';
import {
  cancelMutation,
  jobQuery,
  longProtocol,
  responseNode,
  responseQuery,
  runMutation,
  shortProtocol,
} from '../support/questions.js';

interface Answer {
  readonly response: ResponseView;
}

interface Cancelled {
  readonly cancelJob: { readonly job: JobView };
}

overEachStore(
  'a job',
  (door) => {
    const jobOf = async (id: string): Promise<JobView> => (await door().data<{ job: JobView }>(jobQuery, { id })).job;
    const cancel = async (id: string): Promise<JobView> =>
      (await door().data<Cancelled>(cancelMutation, { id })).cancelJob.job;
    const start = async (input: object): Promise<ResponseView & { readonly job: JobView }> => {
      const { response } = await door().data<Answer>(responseQuery, { input, waitMs: 0 });
      assert.equal(response.status, 'PENDING');
      const { job } = response;
      return job ? { ...response, job } : assert.fail('no job');
    };
    const running = (id: string): Promise<JobView> =>
      eventually(
        () => jobOf(id),
        ({ status, progress }) => status === 'RUNNING' && progress.running > 0,
      );
    const noClaims = (): Promise<unknown> => eventually(door().counts, ({ claims }) => claims === 0);

    test('that is done tells what it made and how far it came', async () => {
      const input = { model: 'ishigami-noisy', parameters: { x1: 1 }, replicates: 5 };
      const { response } = await door().data<Answer>(responseQuery, { input });
      const job = await jobOf(response.job?.id ?? '');
      assert.deepEqual(job, {
        id: response.job?.id,
        kind: 'response',
        status: 'COMPLETED',
        result: response.id,
        error: null,
        progress: { total: 5, done: 5, running: 0 },
      });
    });

    test('tells its speed and its times', async () => {
      const input = { parameters: { sEE: 0.0241 }, protocol: shortProtocol, replicates: 3 };
      const { response } = await door().data<Answer>(responseQuery, { input });
      const query = `query ($id: ID!) { job(id: $id) {
        attempt createdAt finishedAt progress { failed runsPerSecond secondsLeft at }
      } }`;
      interface Timed {
        readonly job: {
          readonly attempt: number;
          readonly createdAt: string;
          readonly finishedAt: string;
          readonly progress: {
            readonly failed: number;
            readonly runsPerSecond: number;
            readonly secondsLeft: number;
            readonly at: string;
          };
        };
      }
      const { attempt, createdAt, finishedAt, progress } = (await door().data<Timed>(query, { id: response.job?.id }))
        .job;
      assert.equal(attempt, 1);
      const seconds = (Date.parse(finishedAt) - Date.parse(createdAt)) / 1000;
      assert.ok(seconds > 0 && Math.abs(progress.runsPerSecond - 3 / seconds) < 1e-9);
      assert.deepEqual([progress.failed, progress.secondsLeft, progress.at], [0, 0, finishedAt]);
    });

    test('under way that is cancelled stops promptly, and leaves neither run nor claim', async () => {
      const input = { parameters: { sEE: 0.0242 }, protocol: longProtocol };
      const { job, id, parameterSet } = await start(input);
      await running(job.id);
      assert.equal((await door().counts()).claims, 1);
      const before = performance.now();
      assert.equal((await cancel(job.id)).status, 'CANCELLED');
      await noClaims();
      const took = performance.now() - before;
      assert.ok(took < 5000, `it took ${took} ms`); // a run to its end takes minutes
      assert.equal(await door().collections.runs.findOne({ parameterSetId: parameterSet.id }), null);
      assert.equal(await door().collections.executions.findOne({ parameterSetId: parameterSet.id }), null);
      const ended = await jobOf(job.id);
      assert.deepEqual([ended.status, ended.result, ended.error], ['CANCELLED', null, null]);
      const { extensions } = onlyError(await door().ask(responseNode, { id }));
      assert.equal(extensions.code, 'CONFLICT');
      assert.equal(extensions['job'], job.id);
    });

    test('that is cancelled frees its worker for others', async () => {
      const jobs = await Promise.all(
        [0.0243, 0.0244, 0.0245].map(async (sEE) => (await start({ parameters: { sEE }, protocol: longProtocol })).job),
      );
      for (const { id } of jobs) await cancel(id);
      const input = { parameters: { sEE: 0.0246 }, protocol: shortProtocol };
      assert.equal((await door().data<Answer>(responseQuery, { input })).response.status, 'READY');
      await noClaims();
    });

    test('that was cancelled tells those who waited for it, and is not joined by those who ask again', async () => {
      const input = { parameters: { sEE: 0.0247 }, protocol: longProtocol };
      const { job } = await start(input);
      const waiting = door().ask(responseQuery, { input });
      await running(job.id);
      await cancel(job.id);
      const { extensions, message } = onlyError(await waiting);
      assert.equal(extensions.code, 'CONFLICT');
      assert.match(message, /cancelled/);
      const again = await start(input);
      assert.notEqual(again.job.id, job.id);
      assert.equal((await running(again.job.id)).status, 'RUNNING');
      await cancel(again.job.id);
      await noClaims();
    });

    test('that is asked for again after it was cancelled comes to its end', async () => {
      const input = { model: 'ishigami-noisy', parameters: { x1: 2 }, replicates: 200 };
      const first = await start(input);
      await cancel(first.job.id);
      const { response } = await door().data<Answer>(responseQuery, { input });
      assert.deepEqual([response.status, response.outputs[0]?.n], ['READY', 200]);
      assert.notEqual(response.job?.id, first.job.id);
      assert.equal((await jobOf(first.job.id)).status, 'CANCELLED');
    });

    test('that is cancelled does not stop a run that another job wants', async () => {
      const input = { parameters: { sEE: 0.0248 }, protocol: { warmupMs: 50, durationMs: 300_000 } };
      const { job } = await start(input);
      await running(job.id);
      const other = door().data<RunPayload>(runMutation, { input });
      const { jobs } = door().collections;
      await eventually(
        () => jobs.countDocuments({ active: true }),
        (active) => active === 2,
      );
      const claim = await door().collections.claims.findOne({ state: 'RUNNING' });
      await cancel(job.id);
      const { simulationRun } = (await other).runSimulation;
      assert.equal(simulationRun.status, 'COMPLETED');
      assert.deepEqual(
        simulationRun.executions.map(({ attempt, startedAt }) => ({ attempt, startedAt })),
        [{ attempt: 1, startedAt: claim?.startedAt }],
        'it was begun once, before the other job was cancelled',
      );
      assert.equal((await jobOf(job.id)).status, 'CANCELLED');
      await noClaims();
    });

    test('that wanted the same run as another may be the one that is cancelled second', async () => {
      const input = { parameters: { sEE: 0.0249 }, protocol: longProtocol };
      const { job } = await start(input);
      const { runSimulation } = await door().data<RunPayload>(runMutation, { input, waitMs: 0 });
      await eventually(
        () => door().counts(),
        ({ claims }) => claims === 1,
      );
      const other = runSimulation.job?.id ?? '';
      await cancel(job.id);
      assert.ok(['QUEUED', 'RUNNING'].includes((await jobOf(other)).status));
      assert.equal((await door().counts()).claims, 1);
      await cancel(other);
      await noClaims();
      assert.equal(await door().collections.runs.findOne({ _id: runSimulation.simulationRun.id }), null);
    });

    test('that is at an end stays as it is when it is cancelled', async () => {
      const input = { model: 'ishigami', parameters: { x1: 3 } };
      const { response } = await door().data<Answer>(responseQuery, { input });
      const before = await jobOf(response.job?.id ?? '');
      assert.deepEqual(await cancel(before.id), before);
      assert.deepEqual(await jobOf(before.id), before);
      const again = (await door().data<Answer>(responseQuery, { input })).response;
      assert.deepEqual([again.id, again.cached], [response.id, true]);
    });

    test('that was cancelled stays cancelled when it is cancelled again', async () => {
      const { job } = await start({ parameters: { sEE: 0.0251 }, protocol: longProtocol });
      await cancel(job.id);
      const query = `query ($id: ID!) { job(id: $id) { status finishedAt } }`;
      const before = await door().data(query, { id: job.id });
      await cancel(job.id);
      assert.deepEqual(await door().data(query, { id: job.id }), before);
      await noClaims();
    });
  },
  { env: { CORTIGRAPH_MAX_RESPONSE_SECONDS: '1000' } },
);
