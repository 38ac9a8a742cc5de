import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { overEachStore } from '../support/each-store.js';
import type { ResponseView, RunPayload } from '../support/questions.js';
import { responseQuery, runMutation, shortProtocol } from '../support/questions.js';

interface ParameterSetView {
  readonly id: string;
  readonly digest: string;
  readonly preimage: string;
  readonly model: string;
  readonly values: Readonly<Record<string, number>>;
  readonly createdAt: string;
}

const fields = 'id digest preimage model values createdAt';

const createMutation = `mutation ($model: String = "local-circuit", $parameters: ParameterValues!) {
  createParameterSet(model: $model, parameters: $parameters) { created parameterSet { ${fields} } }
}`;

interface Created {
  readonly createParameterSet: { readonly created: boolean; readonly parameterSet: ParameterSetView };
}

overEachStore('a parameter set', (door) => {
  const create = async (parameters: object, model?: string): Promise<Created['createParameterSet']> =>
    (await door().data<Created>(createMutation, { model, parameters })).createParameterSet;

  test('is made once, whoever asks and however its values are spelled', async () => {
    const first = await create({ sEE: 0.0241, lgnRateE: 480 });
    assert.equal(first.created, true);
    const again = await create({ lgnRateE: 4.8e2, sEE: Math.fround(0.0241), sEI: 0.04 });
    assert.deepEqual(again, { created: false, parameterSet: first.parameterSet });
  });

  test('that many make at once is made by one of them', async () => {
    const made = await Promise.all(Array.from({ length: 10 }, () => create({ sEE: 0.0242 })));
    assert.equal(new Set(made.map(({ parameterSet }) => parameterSet.id)).size, 1);
    assert.equal(made.filter(({ created }) => created).length, 1);
  });

  test('has every value, and is known by the hash of model and values', async () => {
    const { parameterSet } = await create({ x2: 1 }, 'ishigami');
    assert.deepEqual(parameterSet.values, { x1: 0, x2: 1, x3: 0 });
    assert.equal(createHash('sha256').update(parameterSet.preimage).digest('hex'), parameterSet.digest);
    assert.equal(parameterSet.id, `ps_${parameterSet.digest.slice(0, 32)}`);
    assert.deepEqual(JSON.parse(parameterSet.preimage), {
      identityVersion: 1,
      noun: 'parameterSet',
      model: 'ishigami',
      values: parameterSet.values,
    });
  });

  test('of equal values but another model is another one', async () => {
    const [plain, noisy] = [await create({ x1: 1 }, 'ishigami'), await create({ x1: 1 }, 'ishigami-noisy')];
    assert.deepEqual(plain.parameterSet.values, noisy.parameterSet.values);
    assert.notEqual(plain.parameterSet.id, noisy.parameterSet.id);
  });

  test('is the one that responses and runs of its values have', async () => {
    const parameters = { sEE: 0.0243 };
    const { parameterSet } = await create(parameters);
    const input = { parameters, protocol: shortProtocol };
    const { runSimulation } = await door().data<RunPayload>(runMutation, { input });
    const { response } = await door().data<{ response: ResponseView }>(responseQuery, { input });
    assert.equal(runSimulation.simulationRun.parameterSet.id, parameterSet.id);
    assert.equal(response.parameterSet.id, parameterSet.id);
  });

  test('is stored by a response that finds none', async () => {
    const { response } = await door().data<{ response: ResponseView }>(responseQuery, {
      input: { model: 'ishigami', parameters: { x3: 2 } },
    });
    assert.equal((await create({ x3: 2 }, 'ishigami')).created, false);
    const { parameterSet } = await door().data<{ parameterSet: ParameterSetView }>(
      `query ($id: ID!) { parameterSet(id: $id) { ${fields} } }`,
      { id: response.parameterSet.id },
    );
    assert.deepEqual([parameterSet.id, parameterSet.values], [response.parameterSet.id, { x1: 0, x2: 0, x3: 2 }]);
  });

  test('pages its runs, the newest first', async () => {
    const parameters = { sEE: 0.0244 };
    const made: string[] = [];
    for (const noiseSeed of [1, 2, 3, 4, 5]) {
      const input = { parameters, protocol: { ...shortProtocol, noiseSeed } };
      made.unshift((await door().data<RunPayload>(runMutation, { input })).runSimulation.simulationRun.id);
    }
    const { parameterSet } = await create(parameters);
    const query = `query ($id: ID!, $after: String) { parameterSet(id: $id) { simulationRuns(first: 2, after: $after) {
      totalCount nodes { id } pageInfo { hasNextPage endCursor }
    } } }`;
    interface Pages {
      readonly parameterSet: {
        readonly simulationRuns: {
          readonly totalCount: number;
          readonly nodes: readonly { readonly id: string }[];
          readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
        };
      };
    }
    const seen: string[] = [];
    let after: string | null = null;
    for (let more = true; more;) {
      const { simulationRuns }: Pages['parameterSet'] = (
        await door().data<Pages>(query, { id: parameterSet.id, after })
      ).parameterSet;
      assert.equal(simulationRuns.totalCount, 5);
      seen.push(...simulationRuns.nodes.map(({ id }) => id));
      after = simulationRuns.pageInfo.endCursor;
      more = simulationRuns.pageInfo.hasNextPage;
    }
    assert.deepEqual(seen, made);
  });
});
