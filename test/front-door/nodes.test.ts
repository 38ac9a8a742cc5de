import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { models } from '../../src/models/registry.js';
import { overEachStore } from '../support/each-store.js';
import type { ResponseView } from '../support/questions.js';
import { responseFields, responseNode, responseQuery, shortProtocol } from '../support/questions.js';

interface NodeView {
  readonly __typename: string;
  readonly id: string;
  readonly [field: string]: unknown;
}

const nodeQuery = `query ($id: ID!) { node(id: $id) {
  __typename id
  ... on ParameterSet { model values digest }
  ... on SimulationRun { status protocol { durationMs } parameterSet { id } }
  ... on Execution { attempt startedAt finishedAt agent host softwareVersion nodeVersion kernelDigest numericsDigest error }
  ... on Response { answered: status parameterSet { id } }
  ... on Job { kind result }
} }`;

overEachStore('node(id)', (door) => {
  const input = { parameters: { sEE: 0.0241 }, protocol: shortProtocol };
  let response: ResponseView;
  before(async () => {
    response = (await door().data<{ response: ResponseView }>(responseQuery, { input })).response;
  });
  const nodeOf = async (id: string): Promise<NodeView> => {
    const { node } = await door().data<{ node: NodeView }>(nodeQuery, { id });
    assert.equal(node.id, id);
    return node;
  };

  test('gives a parameter set', async () => {
    const node = await nodeOf(response.parameterSet.id);
    assert.deepEqual([node.__typename, node['model']], ['ParameterSet', 'local-circuit']);
    assert.deepEqual(node['values'], response.parameterSet.values);
  });

  test('gives a simulation run', async () => {
    const node = await nodeOf(response.runs[0]?.id ?? '');
    assert.deepEqual(
      [node.__typename, node['status'], node['protocol'], node['parameterSet']],
      ['SimulationRun', 'COMPLETED', { durationMs: 500 }, { id: response.parameterSet.id }],
    );
  });

  test('gives an execution', async () => {
    const query = `query ($id: ID!) { simulationRun(id: $id) { executions { id } } }`;
    const { simulationRun } = await door().data<{ simulationRun: { executions: { id: string }[] } }>(query, {
      id: response.runs[0]?.id,
    });
    const node = await nodeOf(simulationRun.executions[0]?.id ?? '');
    assert.deepEqual([node.__typename, node['attempt'], node['error']], ['Execution', 1, null]);
    assert.equal(node['nodeVersion'], process.version);
    assert.match(String(node['numericsDigest']), /^[0-9a-f]{64}$/);
  });

  test('gives a response as it was answered, although its pool has grown since', async () => {
    assert.equal((await nodeOf(response.id)).__typename, 'Response');
    const grown = (await door().data<{ response: ResponseView }>(responseQuery, { input: { ...input, replicates: 3 } }))
      .response;
    assert.notEqual(grown.id, response.id);
    const { node } = await door().data<{ node: ResponseView }>(responseNode, { id: response.id });
    const { id, outputs, runs, outcomes, parameterSet, estimand } = node;
    assert.deepEqual(
      { id, outputs, runs, outcomes, parameterSet, estimand },
      {
        id: response.id,
        outputs: response.outputs,
        runs: response.runs,
        outcomes: response.outcomes,
        parameterSet: response.parameterSet,
        estimand: 'FIXED_NETWORK',
      },
    );
    assert.deepEqual([node.status, node.cached, node.reusedRuns, node.computedRuns], ['READY', true, 1, 0]);
  });

  test('gives a job', async () => {
    const node = await nodeOf(response.job?.id ?? '');
    assert.deepEqual([node.__typename, node['kind'], node['result']], ['Job', 'response', response.id]);
  });

  test('gives the newest answer to a question by the id of the question', async () => {
    const asked = { model: 'ishigami-noisy', parameters: { x1: 1 }, replicates: 40 };
    const query = `query ($input: ResponseInput!, $waitMs: Int) { response(input: $input, waitMs: $waitMs) { ${responseFields} } }`;
    const pending = (await door().data<{ response: ResponseView }>(query, { input: asked, waitMs: 0 })).response;
    const ready = (await door().data<{ response: ResponseView }>(query, { input: asked })).response;
    const more = (await door().data<{ response: ResponseView }>(query, { input: { ...asked, replicates: 42 } }))
      .response;
    const { node } = await door().data<{ node: ResponseView }>(responseNode, { id: pending.id });
    assert.notEqual(more.id, ready.id);
    assert.equal(node.id, more.id);
  });
});

overEachStore('the models', (door) => {
  const query = `{ models {
    name version title numericsDigest protocolDefaults { warmupMs durationMs networkSeed noiseSeed }
    inputs { name unit meaning default domain { min max } bounds { min max } }
    outputs { name unit meaning } outcomes { code meaning } regions { name meaning } flags { name meaning }
  } }`;
  interface ModelView {
    readonly name: string;
    readonly numericsDigest: string;
    readonly protocolDefaults: Readonly<Record<string, number | null>>;
    readonly [field: string]: unknown;
  }

  test('are shown as they are defined, the default one first', async () => {
    const { models: shown } = await door().data<{ models: readonly ModelView[] }>(query);
    const only = <T extends object, K extends keyof T>(items: readonly T[], ...keys: readonly K[]): Pick<T, K>[] =>
      items.map((item) => Object.fromEntries(keys.map((key) => [key, item[key]])) as Pick<T, K>);
    const expected = models.map(
      ({ definition: { name, version, title, inputs, outputs, outcomes, regions, flags } }) => ({
        name,
        version,
        title,
        inputs,
        outputs: only(outputs, 'name', 'unit', 'meaning'),
        outcomes,
        regions: only(regions, 'name', 'meaning'),
        flags: only(flags, 'name', 'meaning'),
      }),
    );
    const told = shown.map(({ numericsDigest: _digest, protocolDefaults: _defaults, ...rest }) => rest);
    assert.deepEqual(told, JSON.parse(JSON.stringify(expected)));
    assert.equal(shown[0]?.name, 'local-circuit');
    for (const { numericsDigest } of shown) assert.match(numericsDigest, /^[0-9a-f]{64}$/);
    assert.equal(new Set(shown.map(({ numericsDigest }) => numericsDigest)).size, 3);
  });

  test('tell the defaults of the protocol fields that they read, and null for the others', async () => {
    const { models: shown } = await door().data<{ models: readonly ModelView[] }>(query);
    const none = { warmupMs: null, durationMs: null, networkSeed: null, noiseSeed: null };
    assert.deepEqual(Object.fromEntries(shown.map(({ name, protocolDefaults }) => [name, protocolDefaults])), {
      'local-circuit': { warmupMs: 500, durationMs: 4000, networkSeed: 1, noiseSeed: null },
      ishigami: none,
      'ishigami-noisy': none,
    });
  });

  test('are found by name', async () => {
    const { model } = await door().data<{ model: { name: string } }>('{ model(name: "ishigami-noisy") { name } }');
    assert.equal(model.name, 'ishigami-noisy');
  });
});
