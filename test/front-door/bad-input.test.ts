import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { overEachStore } from '../support/each-store.js';
import type { ErrorView } from '../support/front-door.js';
import { onlyError } from '../support/front-door.js';
import type { ResponseView } from '../support/questions.js';
import { cancelMutation, jobQuery, responseQuery, runMutation, shortProtocol } from '../support/questions.js';

const createMutation = `mutation ($model: String, $parameters: ParameterValues!) {
  createParameterSet(model: $model, parameters: $parameters) { created }
}`;

overEachStore('bad input', (door) => {
  before(() => door().data(responseQuery, { input: { model: 'ishigami', parameters: {} } }));

  /** The errors of every operation that takes a parameter set; each one error, and nothing is stored. */
  const refusals = async (parameters: unknown, model?: string): Promise<readonly ErrorView[]> => [
    await door().refusal(createMutation, { model, parameters }),
    await door().refusal(runMutation, { input: { model, parameters, protocol: null } }),
    await door().refusal(responseQuery, { input: { model, parameters } }),
  ];

  test('a variable may stand for one value, and is checked as any other', async () => {
    const query =
      'query ($x: Float) { response(input: { model: "ishigami", parameters: { x1: $x } }) { outputs { value } } }';
    const { response } = await door().data<{ response: ResponseView }>(query, { x: 1.5 });
    const { response: same } = await door().data<{ response: ResponseView }>(responseQuery, {
      input: { model: 'ishigami', parameters: { x1: 1.5 } },
    });
    assert.equal(response.outputs[0]?.value, same.outputs[0]?.value);
    assert.equal((await door().refusal(query, { x: 99 })).extensions.code, 'BAD_USER_INPUT');
  });

  test('an unknown input is named, with the nearest', async () => {
    for (const { message, extensions } of await refusals({ sEEE: 0.02 })) {
      assert.equal(extensions.code, 'BAD_USER_INPUT');
      assert.equal(message, 'local-circuit has no input "sEEE". Did you mean "sEE"?');
      assert.deepEqual([extensions['input'], extensions['nearest']], ['sEEE', 'sEE']);
      assert.ok((extensions['allowed'] as string[]).includes('lgnRateE'));
    }
  });

  test('an unknown input that is like no other has no nearest', async () => {
    for (const { extensions } of await refusals({ temperature: 37 })) {
      assert.equal(extensions.code, 'BAD_USER_INPUT');
      assert.ok(!('nearest' in extensions));
    }
  });

  for (const name of ['__proto__', 'constructor', 'toString']) {
    test(`${name} is an unknown input like any other`, async () => {
      const body = `{"query":${JSON.stringify(createMutation)},"variables":{"parameters":{"${name}":1}}}`;
      const counts = await door().counts();
      const reply = await door().agent.post('/graphql').type('json').send(body);
      const error = onlyError(JSON.parse(reply.text) as { errors: ErrorView[] });
      assert.equal(error.extensions.code, 'BAD_USER_INPUT');
      assert.match(error.message, new RegExp(`no input "${name}"`));
      assert.deepEqual(await door().counts(), counts);
    });
  }

  for (const [what, value] of [
    ['a text', '0.02'],
    ['the text NaN', 'NaN'],
    ['null', null],
    ['true', true],
    ['a list', [0.02]],
    ['an object', { value: 0.02 }],
  ] as const) {
    test(`${what} in place of a number is refused`, async () => {
      for (const { message, extensions } of await refusals({ sEE: value })) {
        assert.equal(extensions.code, 'BAD_USER_INPUT');
        assert.match(message, /finite number for ."?sEE/);
      }
    });
  }

  test('a number too large to be finite is refused, in variables and in the document', async () => {
    const counts = await door().counts();
    const asked = { query: createMutation, variables: { parameters: { sEE: 'HUGE' } } };
    const reply = await door()
      .agent.post('/graphql')
      .type('json')
      .send(JSON.stringify(asked).replace('"HUGE"', '1e999'));
    const inVariables = onlyError(JSON.parse(reply.text) as { errors: ErrorView[] });
    assert.equal(inVariables.extensions.code, 'BAD_USER_INPUT');
    assert.match(inVariables.message, /finite number/);
    const inDocument = await door().refusal('mutation { createParameterSet(parameters: { sEE: -1e999 }) { created } }');
    assert.match(inDocument.message, /finite number/);
    assert.deepEqual(await door().counts(), counts);
  });

  test('a value twice in one document is refused', async () => {
    const query = 'mutation { createParameterSet(parameters: { sEE: 0.02, sEE: 0.03 }) { created } }';
    const { message } = await door().refusal(query);
    assert.match(message, /sEE/);
  });

  for (const [name, value, allowed] of [
    ['sEE', 0.5000001, { min: 0, max: 0.5 }],
    ['sEE', -1e-9, { min: 0, max: 0.5 }],
    ['lgnRateE', 5001, { min: 0, max: 5000 }],
    ['lgnRateE', 1e300, { min: 0, max: 5000 }],
  ] as const) {
    test(`${name} = ${value} is out of bounds, and the bounds are told`, async () => {
      for (const { message, extensions } of await refusals({ [name]: value })) {
        assert.equal(extensions.code, 'BAD_USER_INPUT');
        assert.deepEqual([extensions['input'], extensions['allowed']], [name, allowed]);
        assert.match(message, /must lie between/);
      }
    });
  }

  test('a bound itself is allowed, in every spelling', async () => {
    for (const sEE of [0.5, 0, -0, 0.5000000001]) {
      const query = `mutation ($parameters: ParameterValues!) {
        createParameterSet(parameters: $parameters) { parameterSet { values } }
      }`;
      const { createParameterSet } = await door().data<{
        createParameterSet: { parameterSet: { values: Record<string, number> } };
      }>(query, { parameters: { sEE } });
      assert.equal(createParameterSet.parameterSet.values['sEE'], sEE > 0.1 ? 0.5 : 0);
    }
  });

  for (const parameters of [null, 3, 'sEE', [1]]) {
    test(`${JSON.stringify(parameters)} in place of parameters is refused`, async () => {
      for (const { extensions } of await refusals(parameters)) assert.equal(extensions.code, 'BAD_USER_INPUT');
    });
  }

  test('an unknown model is named, with the nearest', async () => {
    for (const { message, extensions } of await refusals({}, 'ishigamy')) {
      assert.equal(extensions.code, 'BAD_USER_INPUT');
      assert.equal(message, 'There is no model "ishigamy". Did you mean "ishigami"?');
      assert.deepEqual(extensions['allowed'], ['local-circuit', 'ishigami', 'ishigami-noisy']);
      assert.equal(extensions['nearest'], 'ishigami');
    }
    const { extensions } = await door().refusal('{ model(name: "local_circuit") { title } }');
    assert.deepEqual([extensions.code, extensions['nearest']], ['BAD_USER_INPUT', 'local-circuit']);
  });

  const operations = [
    ['a response', responseQuery],
    ['a run', runMutation],
  ] as const;

  for (const [what, query] of operations) {
    test(`a protocol field that the model of ${what} does not read is refused, with those that it reads`, async () => {
      for (const [model, protocol, field, allowed] of [
        ['ishigami', { warmupMs: 0 }, 'warmupMs', []],
        ['ishigami', { noiseSeed: 1 }, 'noiseSeed', []],
        ['ishigami-noisy', { durationMs: 100 }, 'durationMs', ['noiseSeed']],
        ['ishigami-noisy', { networkSeed: 1, noiseSeed: 1 }, 'networkSeed', ['noiseSeed']],
      ] as const) {
        const { message, extensions } = await door().refusal(query, { input: { model, parameters: {}, protocol } });
        assert.equal(extensions.code, 'BAD_USER_INPUT');
        assert.equal(message, `${model} does not read the protocol field ${field}.`);
        assert.deepEqual([extensions['field'], extensions['allowed']], [field, allowed]);
      }
    });

    for (const [field, value] of [
      ['warmupMs', -1],
      ['warmupMs', 60_001],
      ['durationMs', 0],
      ['durationMs', 600_001],
      ['networkSeed', -1],
      ['noiseSeed', -5],
    ] as const) {
      test(`${field} = ${value} of ${what} is refused, and what is allowed is told`, async () => {
        const input = { parameters: {}, protocol: { [field]: value } };
        const { extensions } = await door().refusal(query, { input });
        assert.deepEqual([extensions.code, extensions['field']], ['BAD_USER_INPUT', field]);
        const { min, max } = extensions['allowed'] as { min: number; max: number };
        assert.ok(value < min || value > max);
      });
    }

    for (const value of [0.5, 2 ** 31, '500', true, [1]]) {
      test(`${JSON.stringify(value)} in place of a whole number in the protocol of ${what} is refused`, async () => {
        const input = { parameters: {}, protocol: { networkSeed: value } };
        const { extensions, message } = await door().refusal(query, { input });
        assert.equal(extensions.code, 'BAD_USER_INPUT');
        assert.match(message, /networkSeed/);
      });
    }

    test(`an unknown protocol field of ${what} is refused`, async () => {
      const input = { parameters: {}, protocol: { warmUpMs: 1 } };
      const { extensions, message } = await door().refusal(query, { input });
      assert.equal(extensions.code, 'BAD_USER_INPUT');
      assert.match(message, /Did you mean "warmupMs"/);
    });
  }

  test('more tolerances than anybody means are refused', async () => {
    const tolerances = Array.from({ length: 101 }, (_, i) => ({ output: 'y', halfWidth: 1 + i }));
    const input = { model: 'ishigami-noisy', parameters: {}, tolerances };
    const { extensions, message } = await door().refusal(responseQuery, { input });
    assert.deepEqual([extensions.code, extensions['allowed']], ['BAD_USER_INPUT', { max: 100 }]);
    assert.match(message, /at most 100 tolerances, not 101/);
    await door().data(responseQuery, { input: { ...input, tolerances: tolerances.slice(1) } });
  });

  for (const replicates of [0, -1, 10_001]) {
    test(`${replicates} replicates are refused`, async () => {
      const { extensions } = await door().refusal(responseQuery, { input: { parameters: {}, replicates } });
      assert.equal(extensions.code, 'BAD_USER_INPUT');
      assert.deepEqual(extensions['allowed'], { min: 1, max: 10_000 });
    });
  }

  test('an output that the model does not have is refused, with those that it has', async () => {
    const query = `query ($input: ResponseInput!) { response(input: $input) { output(name: "z") { value } } }`;
    const { extensions } = await door().refusal(query, { input: { model: 'ishigami', parameters: {} } });
    assert.deepEqual([extensions.code, extensions['allowed']], ['BAD_USER_INPUT', ['y']]);
  });

  for (const level of [0, 1, -0.5, 95]) {
    test(`an interval at the level ${level} is refused`, async () => {
      const query = `query ($level: Float) {
        response(input: { model: "ishigami", parameters: {} }) { output(name: "y") { interval(level: $level) { level } } }
      }`;
      const { extensions, message } = await door().refusal(query, { level });
      assert.equal(extensions.code, 'BAD_USER_INPUT');
      assert.match(message, /between 0 and 1/);
    });
  }

  const byId = {
    parameterSet: ['ps', 'query ($id: ID!) { parameterSet(id: $id) { id } }'],
    simulationRun: ['run', 'query ($id: ID!) { simulationRun(id: $id) { id } }'],
    job: ['job', jobQuery],
    cancelJob: ['job', cancelMutation],
    node: ['exec', 'query ($id: ID!) { node(id: $id) { id } }'],
  } as const;
  for (const [operation, [prefix, query]] of Object.entries(byId)) {
    test(`${operation} refuses ids that are none`, async () => {
      const hex = '0'.repeat(32);
      const ids = ['', 'x', hex, `${prefix}_`, `${prefix}_${hex}0`, `${prefix}_${hex.slice(1)}G`, ` ${prefix}_${hex}`];
      for (const id of [...ids, `${prefix}_${hex}\n`, 'y'.repeat(5000)]) {
        const { extensions, message } = await door().refusal(query, { id });
        assert.equal(extensions.code, 'BAD_USER_INPUT', JSON.stringify(id));
        assert.ok(message.length < 800, 'an error repeats all of a long id');
      }
    });

    test(`${operation} of an id that nothing has is NOT_FOUND`, async () => {
      const id = `${prefix}_${'0'.repeat(32)}`;
      const { extensions, message, path } = await door().refusal(query, { id });
      assert.equal(extensions.code, 'NOT_FOUND');
      assert.ok(message.includes(id));
      assert.deepEqual(path, [operation]);
    });

    if (operation !== 'node') {
      test(`${operation} refuses the ids of other kinds`, async () => {
        const id = `${prefix === 'ps' ? 'run' : 'ps'}_${'0'.repeat(32)}`;
        assert.equal((await door().refusal(query, { id })).extensions.code, 'BAD_USER_INPUT');
      });
    }
  }

  test('null takes the default of an argument, and is no fault of the server', async () => {
    const input = {
      model: null,
      parameters: {},
      source: null,
      tolerances: null,
      replicates: null,
      protocol: { ...shortProtocol, networkSeed: null, noiseSeed: null },
      estimand: null,
    };
    const { response } = await door().data<{ response: ResponseView }>(responseQuery, { input, waitMs: null });
    assert.deepEqual([response.status, response.runs.length], ['READY', 1]);
    const { createParameterSet } = await door().data<{ createParameterSet: { created: boolean } }>(createMutation, {
      model: null,
      parameters: {},
    });
    assert.equal(createParameterSet.created, false);
    const { runSimulation } = await door().data<{ runSimulation: { created: boolean } }>(
      'mutation ($input: RunSimulationInput!) { runSimulation(input: $input, waitMs: null) { created } }',
      { input: { model: null, parameters: {}, protocol: shortProtocol } },
    );
    assert.equal(runSimulation.created, false);
    const withNulls = `{ simulationRuns(first: null, after: null, last: null, before: null, filter: null, orderBy: null) {
      nodes { outputs { interval(level: null) { level } } parameterSet { simulationRuns(first: null) { totalCount } } } } }`;
    interface Runs {
      readonly simulationRuns: { readonly nodes: readonly { outputs: readonly { interval: { level: number } }[] }[] };
    }
    const { simulationRuns } = await door().data<Runs>(withNulls);
    assert.ok(simulationRuns.nodes.some(({ outputs }) => outputs[0]?.interval.level === 0.95));
  });

  test('one bad field leaves the others of a query their answers', async () => {
    const reply = await door().ask<{ models: unknown[]; parameterSet: null }>(
      '{ models { name } parameterSet(id: "ps_1") { id } }',
    );
    assert.equal(onlyError(reply).extensions.code, 'BAD_USER_INPUT');
    assert.deepEqual([reply.data?.models.length, reply.data?.parameterSet], [3, null]);
  });
});
