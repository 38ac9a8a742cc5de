import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { overEachStore } from '../support/each-store.js';
import { eventually, onlyError } from '../support/front-door.js';
import type { ResponseView, RunPayload } from '../support/questions.js';
import { cancelMutation, longProtocol, responseQuery, runMutation, shortProtocol } from '../support/questions.js';

type Payload = RunPayload['runSimulation'];

const runQuery = `query ($id: ID!) { simulationRun(id: $id) {
  id digest status outcome protocol { warmupMs durationMs networkSeed noiseSeed } error
  parameterSet { id values simulationRuns(first: 5) { nodes { id } totalCount } }
  executions { id error } recordings { kind } tags tainted flags numericsDigest createdAt
  outputs { name value } output(name: "rateI") { name value }
} }`;

interface RunView {
  readonly simulationRun: {
    readonly id: string;
    readonly status: string;
    readonly outcome: string | null;
    readonly error: string | null;
    readonly parameterSet: {
      readonly values: Readonly<Record<string, number>>;
      readonly simulationRuns: { readonly nodes: readonly { readonly id: string }[]; readonly totalCount: number };
    };
    readonly outputs: readonly { readonly name: string; readonly value: number }[];
    readonly output: { readonly name: string; readonly value: number } | null;
    readonly executions: readonly { readonly id: string }[];
    readonly recordings: readonly unknown[];
    readonly tags: readonly string[];
    readonly tainted: boolean;
    readonly flags: readonly string[];
  };
}

overEachStore(
  'a simulation run',
  (door) => {
    const run = async (input: object, waitMs?: number): Promise<Payload> =>
      (await door().data<RunPayload>(runMutation, { input, waitMs })).runSimulation;
    const look = async (id: string): Promise<RunView['simulationRun']> =>
      (await door().data<RunView>(runQuery, { id })).simulationRun;

    test('is made once: created tells whether it was stored already', async () => {
      const input = { parameters: { sEE: 0.0241 }, protocol: { ...shortProtocol, networkSeed: 2, noiseSeed: 3 } };
      const first = await run(input);
      assert.equal(first.created, true);
      assert.equal(first.job?.kind, 'simulation');
      assert.equal(first.job?.result, first.simulationRun.id);
      const before = await door().counts();
      const second = await run(input);
      assert.equal(second.created, false);
      assert.equal(second.job, null);
      assert.deepEqual(second.simulationRun, first.simulationRun);
      assert.deepEqual(await door().counts(), before);
      assert.deepEqual(first.simulationRun.protocol, input.protocol);
      assert.deepEqual([first.simulationRun.status, first.simulationRun.outcome], ['COMPLETED', 'COMPLETED']);
    });

    test('that many ask for at once is made once', async () => {
      const before = await door().counts();
      const input = { parameters: { sEE: 0.0242 }, protocol: shortProtocol };
      const payloads = await Promise.all(Array.from({ length: 10 }, () => run(input)));
      const after = await door().counts();
      assert.deepEqual([after.runs - before.runs, after.executions - before.executions], [1, 1]);
      assert.equal(new Set(payloads.map(({ simulationRun }) => JSON.stringify(simulationRun))).size, 1);
    });

    test('without a noise seed is the first replicate of a response', async () => {
      const input = { parameters: { sEE: 0.0243 }, protocol: shortProtocol };
      const { simulationRun } = await run(input);
      const { response } = await door().data<{ response: ResponseView }>(responseQuery, { input });
      assert.deepEqual([response.cached, response.runs.map(({ id }) => id)], [true, [simulationRun.id]]);
      assert.deepEqual(response.outputs, simulationRun.outputs);
      assert.equal(typeof simulationRun.protocol.noiseSeed, 'number');
    });

    test('tells who made it, with which code, and when', async () => {
      const { simulationRun } = await run({ parameters: { sEE: 0.0244 }, protocol: shortProtocol });
      const [execution, ...others] = simulationRun.executions;
      assert.ok(execution);
      assert.deepEqual(others, []);
      assert.deepEqual([execution.attempt, execution.agent, execution.host], [1, 'cortigraph', hostname()]);
      assert.match(execution.kernelDigest ?? '', /^[0-9a-f]{64}$/);
      assert.match(execution.softwareVersion, /^\d+\.\d+\.\d+/);
      assert.equal(execution.error, null);
      const { startedAt, finishedAt } = execution;
      assert.ok(finishedAt !== null && Date.parse(startedAt) <= Date.parse(finishedAt));
      assert.equal(simulationRun.createdAt, finishedAt);
    });

    test('is found by its id, with its parameter set, whose runs it is among', async () => {
      const { simulationRun } = await run({ parameters: { sEE: 0.0245 }, protocol: shortProtocol });
      const seen = await look(simulationRun.id);
      assert.equal(seen.parameterSet.values['sEE'], 0.0245);
      assert.deepEqual(seen.parameterSet.simulationRuns, { nodes: [{ id: simulationRun.id }], totalCount: 1 });
      assert.deepEqual(seen.output, seen.outputs[1]);
      assert.equal(seen.output?.name, 'rateI');
      const { recordings, tags, tainted, error } = seen;
      assert.deepEqual({ recordings, tags, tainted, error }, { recordings: [], tags: [], tainted: false, error: null });
    });

    test('that ran away is ABORTED with the code of the model, and has no figures', async () => {
      const { simulationRun } = await run({ parameters: { sEE: 0.5, sEI: 0 }, protocol: shortProtocol });
      assert.deepEqual(
        [simulationRun.status, simulationRun.outcome, simulationRun.outputs],
        ['ABORTED', 'runaway', []],
      );
      assert.equal((await look(simulationRun.id)).output, null);
    });

    test('on its way is QUEUED or RUNNING, without an outcome', async () => {
      const payload = await run({ parameters: { sEE: 0.0246 }, protocol: longProtocol }, 0);
      const { simulationRun, created, job } = payload;
      assert.equal(created, true);
      assert.ok(['QUEUED', 'RUNNING'].includes(simulationRun.status));
      assert.deepEqual([simulationRun.outcome, simulationRun.outputs, simulationRun.executions], [null, [], []]);
      const running = await eventually(
        () => look(simulationRun.id),
        ({ status }) => status === 'RUNNING',
      );
      assert.equal(running.outcome, null);
      assert.equal(running.parameterSet.values['sEE'], 0.0246);
      assert.equal(running.parameterSet.simulationRuns.totalCount, 0);
      await door().data(cancelMutation, { id: job?.id });
      const gone = await eventually(
        () => door().ask(runQuery, { id: simulationRun.id }),
        ({ errors }) => errors !== undefined,
      );
      assert.equal(onlyError(gone).extensions.code, 'NOT_FOUND');
    });

    test('waits as QUEUED while all workers are busy', async () => {
      const busy = await Promise.all([1, 2].map((noiseSeed) => run(long(noiseSeed), 0)));
      for (const { simulationRun } of busy) {
        await eventually(
          () => look(simulationRun.id),
          ({ status }) => status === 'RUNNING',
        );
      }
      const waiting = await run(long(3), 0);
      assert.equal(waiting.simulationRun.status, 'QUEUED');
      assert.equal((await look(waiting.simulationRun.id)).status, 'QUEUED');
      for (const { job } of [waiting, ...busy]) await door().data(cancelMutation, { id: job?.id });
      await eventually(door().counts, ({ claims }) => claims === 0);
    });

    test('whose last attempt failed is FAILED with the reason, and asking again makes it', async () => {
      const input = { parameters: { sEE: 0.0247 }, protocol: shortProtocol };
      const { simulationRun } = await run(input);
      const { runs, claims } = door().collections;
      const stored = await runs.findOne({ _id: simulationRun.id });
      assert.ok(stored);
      const { _id, schemaVersion, createdAt, digest, model, numericsDigest, parameterSetId, protocol } = stored;
      // As the service leaves it when a simulator throws, which none of these models does.
      await runs.deleteMany({ _id });
      await claims.insertOne({
        ...{ _id, schemaVersion, createdAt, digest, model, numericsDigest, parameterSetId, protocol },
        ...{ state: 'FAILED', attempt: 2, holder: null, heartbeat: 0, startedAt: createdAt, error: 'It broke.' },
      });
      const failed = await look(_id);
      assert.deepEqual(
        [failed.status, failed.outcome, failed.error, failed.outputs],
        ['FAILED', null, 'It broke.', []],
      );
      const { response } = await door().data<{ response: ResponseView }>(responseQuery, { input });
      assert.deepEqual([response.status, response.computedRuns], ['READY', 1]);
      assert.equal((await look(_id)).status, 'COMPLETED');
      const attempts = await door()
        .collections.executions.find({ runId: _id }, { sort: { attempt: 1 } })
        .toArray();
      assert.deepEqual(
        attempts.map(({ attempt }) => attempt),
        [1, 3],
      );
      assert.equal(await claims.findOne({ _id }), null);
    });

    test('of a cancelled job is a CONFLICT for those who waited for it, and not on its way', async () => {
      const waiting = door().ask<RunPayload>(runMutation, { input: long(4) });
      const job = await eventually(
        () => door().collections.jobs.findOne({ active: true }),
        (found) => found?.status === 'RUNNING',
      );
      await door().data(cancelMutation, { id: job?._id });
      const { extensions, message } = onlyError(await waiting);
      assert.equal(extensions.code, 'CONFLICT');
      assert.equal(extensions['job'], job?._id);
      assert.match(message, /cancelled/);
    });

    test('has no output of another name, and the nearest is offered', async () => {
      const { simulationRun } = await run({ parameters: { sEE: 0.0248 }, protocol: shortProtocol });
      const query = `query ($id: ID!) { simulationRun(id: $id) { output(name: "rateX") { value } } }`;
      const { extensions, message } = await door().refusal(query, { id: simulationRun.id });
      assert.equal(extensions.code, 'BAD_USER_INPUT');
      assert.deepEqual(extensions['allowed'], ['rateE', 'rateI']);
      assert.match(message, /Did you mean "rate[EI]"\?/);
    });
  },
  { env: { CORTIGRAPH_MAX_RESPONSE_SECONDS: '1000' } },
);

const long = (noiseSeed: number): object => ({ parameters: {}, protocol: { ...longProtocol, noiseSeed } });
