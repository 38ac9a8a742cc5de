import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { overEachStore } from '../support/each-store.js';
import { eventually, onlyError } from '../support/front-door.js';
import type { ResponseView } from '../support/questions.js';
import { responseNode, responseQuery, runMutation, shortProtocol } from '../support/questions.js';

interface Answer {
  readonly response: ResponseView;
}

overEachStore('a response that is not waited for', (door) => {
  const input = (sEE: number): object => ({ parameters: { sEE }, protocol: shortProtocol, replicates: 3 });
  const nodeOf = async (id: string): Promise<ResponseView> =>
    (await door().data<{ node: ResponseView }>(responseNode, { id })).node;

  test('is PENDING with an id, its job and no figures; later its id gives the finished answer', async () => {
    const { response } = await door().data<Answer>(responseQuery, { input: input(0.0241), waitMs: 0 });
    const { status, origin, cached, outputs, job } = response;
    assert.deepEqual(
      { status, origin, cached, outputs },
      { status: 'PENDING', origin: null, cached: false, outputs: [] },
    );
    assert.equal(job?.kind, 'response');
    assert.ok(job && ['QUEUED', 'RUNNING'].includes(job.status), job?.status);
    assert.equal(job.result, null);

    const finished = await eventually(
      () => nodeOf(response.id),
      ({ status: now }) => now === 'READY',
    );
    assert.deepEqual([finished.outputs.length, finished.runs.length], [2, 3]);
    const again = await door().data<Answer>(responseQuery, { input: input(0.0241), waitMs: 0 });
    assert.equal(again.response.status, 'READY');
    assert.equal(again.response.id, finished.id);
    assert.deepEqual(again.response.outputs, finished.outputs);
    const counts = await door().counts();
    assert.deepEqual([counts.runs, counts.jobs, counts.claims], [3, 1, 0]);
  });

  test('joins the work that is under way when it is asked for again', async () => {
    const first = (await door().data<Answer>(responseQuery, { input: input(0.0242), waitMs: 0 })).response;
    const second = (await door().data<Answer>(responseQuery, { input: input(0.0242) })).response;
    assert.equal(second.status, 'READY');
    assert.equal(second.job?.id, first.job?.id);
    assert.deepEqual([second.cached, second.computedRuns], [false, 3]);
  });

  test('of which some runs are stored tells of those', async () => {
    const one = { parameters: { sEE: 0.0243 }, protocol: shortProtocol };
    await door().data(responseQuery, { input: one });
    const { response } = await door().data<Answer>(responseQuery, { input: { ...one, replicates: 4 }, waitMs: 0 });
    assert.equal(response.status, 'PENDING');
    assert.equal(response.reusedRuns, 1);
    assert.deepEqual(response.outcomes, [{ outcome: 'COMPLETED', count: 1 }]);
    assert.equal(response.runs.length, 1);
    const finished = await eventually(
      () => nodeOf(response.id),
      ({ status }) => status === 'READY',
    );
    assert.equal(finished.runs.length, 4);
  });

  test('is finished although the client has gone', async () => {
    // Long enough that it is seen under way.
    const long = { ...input(0.0244), protocol: { durationMs: 60_000 } };
    const { explain } = await door().data<{ explain: { question: string } }>(
      'query ($input: ResponseInput!) { explain(input: $input) { question } }',
      { input: long },
    );
    const { url } = await door().server.http.start(0, '127.0.0.1');
    const asked = { query: responseQuery, variables: { input: long, waitMs: 60_000 } };
    const client = request(`${url}graphql`, { method: 'POST', headers: { 'content-type': 'application/json' } });
    const closed = new Promise((resolve) => client.once('close', resolve));
    client.on('error', () => undefined); // of its own going away
    client.end(JSON.stringify(asked));
    const { jobs } = door().collections;
    const job = await eventually(
      () => jobs.findOne({ key: explain.question, active: true }),
      (found) => found !== null,
    );
    client.destroy();
    await closed;
    const ended = await eventually(
      () => jobs.findOne({ _id: job?._id ?? '' }),
      (found) => found?.active === false,
    );
    assert.equal(ended?.status, 'COMPLETED');
    const { response } = await door().data<Answer>(responseQuery, { input: long, waitMs: 0 });
    assert.deepEqual([response.status, response.cached, response.id], ['READY', true, ended?.result]);
  });

  for (const waitMs of [-1, 60_001]) {
    test(`for ${waitMs} ms is refused`, async () => {
      for (const [query, more] of [
        [responseQuery, { input: input(0.0245) }],
        [runMutation, { input: { parameters: {}, protocol: shortProtocol } }],
      ] as const) {
        const { extensions } = await door().refusal(query, { ...more, waitMs });
        assert.equal(extensions.code, 'BAD_USER_INPUT');
        assert.deepEqual(extensions['allowed'], { min: 0, max: 60_000 });
      }
    });
  }

  test('for null ms waits as long as by default', async () => {
    const { response } = await door().data<Answer>(responseQuery, { input: input(0.0246), waitMs: null });
    assert.equal(response.status, 'READY');
  });
});

overEachStore('over HTTP GET', (door) => {
  const input = { model: 'ishigami', parameters: { x1: 1.5 } };

  test('nothing is computed or stored, and the error says to use POST', async () => {
    const before = await door().counts();
    const error = onlyError(await door().get(responseQuery, { input }));
    assert.equal(error.extensions.code, 'BAD_USER_INPUT');
    assert.match(error.message, /use POST/);
    assert.deepEqual(await door().counts(), before);
  });

  test('an answer that is stored is given', async () => {
    const { response } = await door().data<Answer>(responseQuery, { input });
    const { data, errors } = await door().get<Answer>(responseQuery, { input });
    assert.equal(errors, undefined);
    assert.equal(data?.response.cached, true);
    assert.equal(data?.response.id, response.id);
    assert.deepEqual(data?.response.outputs, response.outputs);
  });

  test('an explanation is given, for it computes nothing', async () => {
    const query = 'query ($input: ResponseInput!) { explain(input: $input) { willCompute } }';
    const { data } = await door().get(query, { input: { ...input, parameters: { x1: 1.6 } } });
    assert.deepEqual(data, { explain: { willCompute: true } });
  });
});
