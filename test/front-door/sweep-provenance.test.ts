import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overEachStore } from '../support/each-store.js';
import type { ResponseView } from '../support/questions.js';
import { responseQuery, shortProtocol } from '../support/questions.js';
import type { SweepData, SweepView } from '../support/sweeps.js';
import { stringsOf, sweepQuery } from '../support/sweeps.js';

interface Graph {
  readonly nodes: readonly { readonly id: string; readonly kind: string }[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly relation: string }[];
  readonly truncated: boolean;
}

const provenanceQuery = `query ($id: ID!, $direction: ProvenanceDirection, $depth: Int) {
  provenance(id: $id, direction: $direction, depth: $depth) {
    nodes { id kind } edges { from to relation } truncated
  }
}`;

const taintedQuery = `query ($id: ID!) { node(id: $id) { ... on Sweep { tainted } } }`;

overEachStore('what a sweep rests on', (door) => {
  const ask = async (input: object): Promise<SweepView> => (await door().data<SweepData>(sweepQuery, { input })).sweep;
  const respond = async (input: object): Promise<ResponseView> =>
    (await door().data<{ response: ResponseView }>(responseQuery, { input })).response;
  const trace = async (id: string, direction?: string, depth?: number): Promise<Graph> =>
    (await door().data<{ provenance: Graph }>(provenanceQuery, { id, direction, depth })).provenance;
  const idsOf = ({ nodes }: Graph, kind: string): readonly string[] =>
    nodes.filter((node) => node.kind === kind).map(({ id }) => id).sort(); // prettier-ignore
  const invalidate = (id: string): Promise<unknown> =>
    door().data(`mutation ($id: ID!) { invalidateResult(id: $id, reason: "For a test.") { node { id } } }`, { id });
  const tainted = async (id: string): Promise<boolean> =>
    (await door().data<{ node: { readonly tainted: boolean } }>(taintedQuery, { id })).node.tainted;
  const line = (sEE: number, min: number, max: number, protocol: object = shortProtocol): object => ({
    base: { parameters: { sEE }, protocol },
    axes: [{ name: 'lgnRateE', together: ['lgnRateI'], min, max, points: 2 }],
  });

  test('is the runs in the pools of its points, and all that is behind them', async () => {
    const point = { parameters: { sEE: 0.0211, lgnRateE: 100, lgnRateI: 100 }, protocol: shortProtocol };
    const response = await respond({ ...point, replicates: 2 });
    const sweep = await ask(line(0.0211, 100, 200));
    const other = await respond({ ...point, protocol: { ...shortProtocol, networkSeed: 2 } });
    const graph = await trace(sweep.id);
    const runs = idsOf(graph, 'SimulationRun');
    assert.deepEqual([runs.length, graph.truncated], [3, false]);
    for (const { id } of response.runs) assert.ok(runs.includes(id));
    for (const { id } of other.runs) assert.ok(!runs.includes(id));
    assert.deepEqual(idsOf(graph, 'ParameterSet'), [...stringsOf(sweep.table, 'parameterSet')].sort());
    assert.deepEqual([idsOf(graph, 'Execution').length, idsOf(graph, 'Job').length > 0], [3, true]);
    for (const to of runs) {
      const edge = { from: sweep.id, to, relation: 'wasDerivedFrom' };
      assert.ok(graph.edges.some((each) => JSON.stringify(each) === JSON.stringify(edge)));
    }
    assert.deepEqual(idsOf(await trace(sweep.id, 'UPSTREAM', 0), 'SimulationRun'), []);
  });

  test('leads down to it, and to no sweep of other values, networks or warm-ups', async () => {
    const sweeps = [
      await ask(line(0.0212, 100, 200)),
      await ask(line(0.0212, 200, 300)),
      await ask(line(0.0213, 200, 300)),
      await ask(line(0.0212, 210, 310)),
      await ask(line(0.0212, 200, 300, { ...shortProtocol, networkSeed: 2 })),
      await ask(line(0.0212, 200, 300, { ...shortProtocol, warmupMs: 60 })),
    ];
    const parameters = { sEE: 0.0212, lgnRateE: 200, lgnRateI: 200 };
    const [run] = (await respond({ parameters, protocol: shortProtocol })).runs;
    const [first, second] = sweeps.map(({ id }) => id);
    assert.ok(run && first && second);
    const down = await trace(run.id, 'DOWNSTREAM');
    assert.deepEqual(idsOf(down, 'Sweep'), [first, second].sort());
    assert.equal(down.truncated, false);
    const both = await trace(run.id, 'BOTH');
    assert.deepEqual(idsOf(both, 'Sweep'), [first, second].sort());
    for (const id of [first, second]) assert.ok(idsOf(await trace(id), 'SimulationRun').includes(run.id));
  });

  test('is cut off where it is more than a graph may hold', async () => {
    const axes = [{ name: 'x1', min: -3, max: 3, points: 1200 }];
    const { id } = await ask({ base: { model: 'ishigami', parameters: {} }, axes });
    const graph = await trace(id);
    // Besides them the sweep and its job.
    assert.deepEqual([graph.truncated, idsOf(graph, 'SimulationRun').length], [true, 998]);
  });

  test('was invalidated in part: it is tainted from then on, though it is asked again and goes without', async () => {
    const sweep = await ask(line(0.0214, 100, 200));
    assert.equal(await tainted(sweep.id), false);
    const [run = ''] = idsOf(await trace(sweep.id), 'SimulationRun');
    await invalidate(run);
    assert.equal(await tainted(sweep.id), true);
    const again = await door().data<{ readonly sweep: { readonly id: string; readonly tainted: boolean } }>(
      'query ($input: SweepInput!) { sweep(input: $input, waitMs: 60000) { id tainted } }',
      { input: line(0.0214, 100, 200) },
    );
    assert.deepEqual(again.sweep, { id: sweep.id, tainted: true });
    assert.ok(!idsOf(await trace(sweep.id), 'SimulationRun').includes(run));
    const later = [await ask(line(0.0214, 100, 300)), await ask(line(0.0214, 50, 200))];
    for (const { id, reason } of later) assert.equal(await tainted(id), false, reason);
    assert.ok(later.some(({ reason }) => reason.endsWith('; 1 invalid run left out')));
  });

  test('is tainted by the invalidation of the response of a point, and by that of no other run', async () => {
    const sweep = await ask(line(0.0215, 100, 200));
    const point = { parameters: { sEE: 0.0215, lgnRateE: 100, lgnRateI: 100 }, protocol: shortProtocol };
    const [other] = (await respond({ ...point, protocol: { ...shortProtocol, networkSeed: 2 } })).runs;
    await invalidate(other?.id ?? '');
    assert.equal(await tainted(sweep.id), false);
    await invalidate((await respond(point)).id);
    assert.equal(await tainted(sweep.id), true);
  });
});
