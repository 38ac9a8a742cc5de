import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forEachStore, overEachStore, withServers } from '../support/each-store.js';
import type { ResponseView } from '../support/questions.js';
import { responseQuery, shortProtocol } from '../support/questions.js';

interface Answer {
  readonly response: ResponseView;
}

const circuit = { parameters: { sEE: 0.024 }, protocol: shortProtocol };

overEachStore('a response', (door) => {
  test('is computed and stored when it is asked for first', async () => {
    const input = { model: 'ishigami', parameters: { x1: 1, x2: -2, x3: 3 } };
    const before = await door().counts();
    const { response } = await door().data<Answer>(responseQuery, { input });
    assert.equal(response.status, 'READY');
    assert.equal(response.origin, 'SIMULATION');
    assert.equal(response.cached, false);
    assert.equal(response.estimand, 'FIXED_NETWORK');
    assert.deepEqual([response.computedRuns, response.reusedRuns], [1, 0]);
    assert.deepEqual(response.outcomes, [{ outcome: 'COMPLETED', count: 1 }]);
    assert.equal(response.job?.status, 'COMPLETED');
    assert.equal(response.job?.result, response.id);
    assert.deepEqual(await door().counts(), {
      ...before,
      parameterSets: before.parameterSets + 1,
      runs: before.runs + 1,
      executions: before.executions + 1,
      responses: before.responses + 1,
      sweeps: 0,
      jobs: before.jobs + 1,
      claims: 0,
    });
  });

  test('of the Ishigami function is its value, exactly', async () => {
    const [x1, x2, x3] = [0.5, 1.25, -2];
    const input = { model: 'ishigami', parameters: { x1, x2, x3 } };
    const { response } = await door().data<Answer>(responseQuery, { input });
    const [y, ...others] = response.outputs;
    assert.deepEqual(others, []);
    const expected = Math.sin(x1) + 7 * Math.sin(x2) ** 2 + 0.1 * x3 ** 4 * Math.sin(x1);
    assert.ok(y && Math.abs(y.value - expected) < 1e-12, `${y?.value} is not ${expected}`);
    assert.deepEqual(y, {
      name: 'y',
      unit: '1',
      value: y.value,
      standardError: 0,
      standardDeviation: null,
      n: 1,
      interval: { level: 0.95, lower: y.value, upper: y.value },
    });
  });

  test('of a model without seeds is one run, whatever replicates and tolerances ask for', async () => {
    const input = {
      model: 'ishigami',
      parameters: { x1: 2 },
      replicates: 7,
      tolerances: [{ output: 'y', halfWidth: 1e-9 }],
    };
    const { response } = await door().data<Answer>(responseQuery, { input });
    assert.deepEqual([response.computedRuns, response.runs.length], [1, 1]);
    assert.equal(response.outputs[0]?.standardError, 0);
    assert.deepEqual(response.runs[0]?.protocol, {
      warmupMs: null,
      durationMs: null,
      networkSeed: null,
      noiseSeed: null,
    });
  });

  test('that is repeated comes from the store, with the same id and figures, and nothing is computed', async () => {
    const first = (await door().data<Answer>(responseQuery, { input: circuit })).response;
    assert.equal(first.cached, false);
    assert.equal(first.computedRuns, 1);
    const before = await door().counts();
    const second = (await door().data<Answer>(responseQuery, { input: circuit })).response;
    assert.equal(second.cached, true);
    assert.deepEqual([second.computedRuns, second.reusedRuns], [0, 1]);
    assert.equal(second.job, null);
    assert.equal(second.id, first.id);
    assert.deepEqual(second.outputs, first.outputs);
    assert.deepEqual(second.runs, first.runs);
    assert.deepEqual(await door().counts(), before);
  });

  test('is the same for every spelling of a value', async () => {
    const asked = async (sEE: string): Promise<ResponseView> => {
      const query = `{ response(input: { parameters: { sEE: ${sEE} }, protocol: { warmupMs: 50, durationMs: 510 } },
        waitMs: 60000) { id cached computedRuns reusedRuns status runs { id protocol { durationMs } }
        outputs { name value } parameterSet { id values } } }`;
      return (await door().data<Answer>(query)).response;
    };
    const first = await asked('0.024');
    assert.equal(first.computedRuns, 1);
    for (const spelling of ['2.4e-2', '0.02400000020861626', '0.0240', '24E-3']) {
      const { id, cached, parameterSet, outputs } = await asked(spelling);
      assert.deepEqual({ id, cached, parameterSet, outputs }, { ...pick(first), cached: true });
    }
    assert.equal(first.parameterSet.values['sEE'], 0.024);
    const other = await asked('0.0241');
    assert.notEqual(other.parameterSet.id, first.parameterSet.id);
    assert.equal(other.computedRuns, 1);
  });

  test('takes what is omitted for the default of the model', async () => {
    const ids = await Promise.all(
      [{ x1: 0.75 }, { x1: 0.75, x2: 0 }, { x3: -0, x1: 0.75, x2: -0 }].map(async (parameters) => {
        const input = { model: 'ishigami', parameters };
        return (await door().data<Answer>(responseQuery, { input })).response.id;
      }),
    );
    assert.equal(new Set(ids).size, 1);
  });

  test('asked for ten times at once is computed once', async () => {
    const before = await door().counts();
    const input = { ...circuit, parameters: { sEE: 0.0235 }, replicates: 2 };
    const answers = await Promise.all(Array.from({ length: 10 }, () => door().data<Answer>(responseQuery, { input })));
    const after = await door().counts();
    assert.equal(after.executions - before.executions, 2);
    assert.equal(after.runs - before.runs, 2);
    assert.equal(after.responses - before.responses, 1);
    assert.equal(after.claims, 0);
    const distinct = new Set(
      answers.map(({ response: { id, outputs, runs } }) => JSON.stringify({ id, outputs, runs })),
    );
    assert.equal(distinct.size, 1);
    assert.ok(answers.every(({ response }) => response.status === 'READY' && response.outputs.length === 2));
  });

  test('of a source that does not exist yet is UNAVAILABLE, and nothing is stored', async () => {
    const input = { model: 'ishigami', parameters: { x1: 3 }, source: 'SURROGATE' };
    assert.equal((await door().refusal(responseQuery, { input })).extensions.code, 'UNAVAILABLE');
  });

  test('answers AUTO and SIMULATION alike', async () => {
    const asked = async (source: string): Promise<ResponseView> =>
      (await door().data<Answer>(responseQuery, { input: { ...circuit, parameters: { sEE: 0.0231 }, source } }))
        .response;
    const auto = await asked('AUTO');
    const simulated = await asked('SIMULATION');
    assert.equal(auto.cached, false);
    assert.equal(simulated.cached, true);
    assert.equal(simulated.id, auto.id);
  });
});

forEachStore('after a restart', (open) => {
  test('a response comes from the store, with the same id and figures', async () => {
    await withServers(open, async (openDoor) => {
      const input = { model: 'ishigami-noisy', parameters: { x1: 1 }, replicates: 3 };
      const before = await openDoor();
      const first = (await before.data<Answer>(responseQuery, { input })).response;
      await before.close();
      const after = await openDoor();
      const counts = await after.counts();
      const second = (await after.data<Answer>(responseQuery, { input })).response;
      assert.deepEqual(await after.counts(), counts);
      assert.deepEqual([first.cached, second.cached], [false, true]);
      assert.deepEqual([second.computedRuns, second.reusedRuns], [0, 3]);
      assert.equal(second.id, first.id);
      assert.deepEqual(second.outputs, first.outputs);
    });
  });
});

const pick = ({ id, parameterSet, outputs }: ResponseView): Pick<ResponseView, 'id' | 'parameterSet' | 'outputs'> => ({
  id,
  parameterSet,
  outputs,
});
