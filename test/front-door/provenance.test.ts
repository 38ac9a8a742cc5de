import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { before, test } from 'node:test';
import { readBuildInfo } from '../../src/build-info.js';
import { overEachStore } from '../support/each-store.js';
import type { ResponseView, RunPayload } from '../support/questions.js';
import { responseQuery, runMutation, shortProtocol } from '../support/questions.js';

interface GraphNode {
  readonly id: string;
  readonly kind: string;
  readonly type: string;
  readonly label: string;
  readonly at: string | null;
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly relation: string;
}

interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly Edge[];
  readonly truncated: boolean;
}

const provenanceQuery = `query ($id: ID!, $direction: ProvenanceDirection, $depth: Int) {
  provenance(id: $id, direction: $direction, depth: $depth) {
    nodes { id kind type label at attributes { name value } } edges { from to relation } truncated
  }
}`;

const attributesOf = ({ attributes }: GraphNode): Readonly<Record<string, string>> =>
  Object.fromEntries(attributes.map(({ name, value }) => [name, value]));

const sorted = (ids: Iterable<string>): readonly string[] => [...new Set(ids)].sort();

/** How far each node lies from one, against or along the edges. */
function distances(graph: Graph, start: string, way: 'UPSTREAM' | 'DOWNSTREAM'): ReadonlyMap<string, number> {
  const found = new Map([[start, 0]]);
  for (const [id, distance] of found) {
    for (const { from, to } of graph.edges) {
      const [near, far] = way === 'UPSTREAM' ? [from, to] : [to, from];
      if (near === id && !found.has(far)) found.set(far, distance + 1); // a Map gives what is added while it is read
    }
  }
  return found;
}

overEachStore('provenance', (door) => {
  const first = { parameters: { sEE: 0.0241 }, protocol: shortProtocol, replicates: 2 };
  let response: ResponseView;
  let wider: ResponseView;
  let run: RunPayload['runSimulation']['simulationRun'];

  before(async () => {
    const input = { parameters: first.parameters, protocol: shortProtocol };
    run = (await door().data<RunPayload>(runMutation, { input })).runSimulation.simulationRun;
    response = (await door().data<{ response: ResponseView }>(responseQuery, { input: first })).response;
    wider = (await door().data<{ response: ResponseView }>(responseQuery, { input: { ...first, replicates: 3 } }))
      .response;
    // What has nothing to do with them.
    await door().data(responseQuery, { input: { ...first, parameters: { sEE: 0.0242 } } });
  });

  const trace = async (id: string, direction?: string, depth?: number): Promise<Graph> => {
    const { provenance } = await door().data<{ provenance: Graph }>(provenanceQuery, { id, direction, depth });
    const ids = provenance.nodes.map((node) => node.id);
    assert.equal(new Set(ids).size, ids.length, 'a node is shown twice');
    const edges = provenance.edges.map(({ from, to, relation }) => `${from} ${relation} ${to}`);
    assert.equal(new Set(edges).size, edges.length, 'an edge is shown twice');
    for (const { from, to } of provenance.edges)
      assert.ok(ids.includes(from) && ids.includes(to), 'an edge to nowhere');
    assert.equal(provenance.truncated, false);
    return provenance;
  };
  const kinds = (graph: Graph): readonly string[] => graph.nodes.map(({ kind }) => kind).sort();
  const only = (graph: Graph, kind: string): GraphNode => {
    const [found, ...others] = graph.nodes.filter((node) => node.kind === kind);
    assert.ok(found && others.length === 0, `not one ${kind}`);
    return found;
  };

  test('of a run leads to its parameter set, the execution, the code, the agent and the job', async () => {
    const graph = await trace(run.id);
    assert.deepEqual(kinds(graph), [
      ...['Agent', 'Code', 'Execution', 'Job', 'ParameterSet', 'SimulationRun', 'SoftwareAgent'],
    ]);
    const [principal, software] = [only(graph, 'Agent'), only(graph, 'SoftwareAgent')];
    const job = only(graph, 'Job');
    const [code, execution, parameterSet] = [
      only(graph, 'Code'),
      only(graph, 'Execution'),
      only(graph, 'ParameterSet'),
    ];
    assert.deepEqual([execution.id, parameterSet.id], [run.executions[0]?.id, run.parameterSet.id]);
    const edges: readonly Edge[] = [
      { from: run.id, to: execution.id, relation: 'wasGeneratedBy' },
      { from: run.id, to: parameterSet.id, relation: 'wasDerivedFrom' },
      { from: execution.id, to: parameterSet.id, relation: 'used' },
      { from: execution.id, to: code.id, relation: 'used' },
      { from: execution.id, to: software.id, relation: 'wasAssociatedWith' },
      { from: software.id, to: principal.id, relation: 'actedOnBehalfOf' },
      { from: run.id, to: job.id, relation: 'wasInfluencedBy' },
      { from: job.id, to: principal.id, relation: 'wasAssociatedWith' },
    ];
    assert.deepEqual(new Set(graph.edges.map(text)), new Set(edges.map(text)));
  });

  test('tells who did it with what, by which code, and when', async () => {
    const graph = await trace(run.id);
    const { softwareVersion } = readBuildInfo();
    const { kernelDigest, ...code } = attributesOf(only(graph, 'Code'));
    assert.equal(kernelDigest, run.executions[0]?.kernelDigest);
    const { model } = await door().data<{ model: { numericsDigest: string } }>(
      '{ model(name: "local-circuit") { numericsDigest } }',
    );
    assert.deepEqual(code, { model: 'local-circuit', numericsDigest: model.numericsDigest, softwareVersion });
    assert.deepEqual(attributesOf(only(graph, 'SoftwareAgent')), {
      agent: 'cortigraph',
      host: hostname(),
      nodeVersion: process.version,
      softwareVersion,
    });
    assert.deepEqual(attributesOf(only(graph, 'Agent')), { createdBy: 'local', project: 'default' });
    const execution = only(graph, 'Execution');
    assert.equal(execution.at, run.executions[0]?.finishedAt);
    assert.equal(attributesOf(execution)['startedAt'], run.executions[0]?.startedAt);
    assert.equal(only(graph, 'SimulationRun').at, run.createdAt);
    const types = Object.fromEntries(graph.nodes.map(({ kind, type }) => [kind, type]));
    assert.deepEqual(types, {
      Agent: 'AGENT',
      SoftwareAgent: 'AGENT',
      Code: 'ENTITY',
      Execution: 'ACTIVITY',
      Job: 'ACTIVITY',
      ParameterSet: 'ENTITY',
      SimulationRun: 'ENTITY',
    });
    assert.ok(graph.nodes.every(({ label }) => label.length > 0));
  });

  test('of a response leads to its runs and all that is behind them', async () => {
    const graph = await trace(response.id);
    const ofKind = (kind: string): readonly string[] =>
      sorted(graph.nodes.filter((node) => node.kind === kind).map(({ id }) => id));
    assert.deepEqual(ofKind('SimulationRun'), sorted(response.runs.map(({ id }) => id)));
    assert.equal(ofKind('Execution').length, 2);
    assert.deepEqual(ofKind('ParameterSet'), [response.parameterSet.id]);
    const estimation = only(graph, 'Estimation');
    assert.equal(estimation.type, 'ACTIVITY');
    assert.equal(attributesOf(estimation)['estimator'], 'batch-means/1');
    const derived = graph.edges.filter(({ from, relation }) => from === response.id && relation === 'wasDerivedFrom');
    assert.deepEqual(sorted(derived.map(({ to }) => to)), sorted(response.runs.map(({ id }) => id)));
    assert.ok(graph.edges.some(({ from, to }) => from === response.id && to === estimation.id));
    assert.ok(!graph.nodes.some(({ id }) => id === wider.id));
  });

  test('of a parameter set leads down to its executions, runs and every response', async () => {
    const graph = await trace(run.parameterSet.id, 'DOWNSTREAM');
    const expected = [
      run.parameterSet.id,
      ...wider.runs.map(({ id }) => id),
      ...graph.nodes.filter(({ kind }) => kind === 'Execution').map(({ id }) => id),
      response.id,
      wider.id,
    ];
    assert.deepEqual(sorted(graph.nodes.map(({ id }) => id)), sorted(expected));
    assert.equal(graph.nodes.filter(({ kind }) => kind === 'Execution').length, 3);
  });

  test('of a parameter set leads up to nothing', async () => {
    const graph = await trace(run.parameterSet.id);
    assert.deepEqual([kinds(graph), graph.edges], [['ParameterSet'], []]);
  });

  test('of a run leads down to the responses that rest on it, and to no others', async () => {
    const shared = await trace(run.id, 'DOWNSTREAM');
    assert.deepEqual(sorted(shared.nodes.map(({ id }) => id)), sorted([run.id, response.id, wider.id]));
    const last = wider.runs.find(({ id }) => !response.runs.some((each) => each.id === id));
    assert.ok(last);
    const added = await trace(last.id, 'DOWNSTREAM');
    assert.deepEqual(sorted(added.nodes.map(({ id }) => id)), sorted([last.id, wider.id]));
  });

  test('of an execution leads both to what it used and to what it made', async () => {
    const id = run.executions[0]?.id ?? assert.fail('no execution');
    const graph = await trace(id, 'BOTH');
    const ids = graph.nodes.map((node) => node.id);
    for (const expected of [id, run.id, run.parameterSet.id, response.id, wider.id]) assert.ok(ids.includes(expected));
  });

  test('both ways holds what either way holds', async () => {
    const graphs = await Promise.all(['UPSTREAM', 'DOWNSTREAM', 'BOTH'].map((way) => trace(run.id, way)));
    const [up, down, both] = graphs.map(({ nodes }) => nodes.map(({ id }) => id));
    assert.ok(up && down && both);
    assert.deepEqual(
      [...up, ...down].filter((id) => !both.includes(id)),
      [],
    );
  });

  test('ends at its depth', async () => {
    for (const [id, way] of [
      [wider.id, 'UPSTREAM'],
      [run.id, 'UPSTREAM'],
      [run.parameterSet.id, 'DOWNSTREAM'],
    ] as const) {
      const far = distances(await trace(id, way), id, way);
      assert.ok(Math.max(...far.values()) >= 2);
      for (const depth of [0, 1, 2, 3]) {
        const near = [...far].filter(([, distance]) => distance <= depth).map(([node]) => node);
        const graph = await trace(id, way, depth);
        assert.deepEqual(sorted(graph.nodes.map((node) => node.id)), sorted(near), `${way} of ${id} to depth ${depth}`);
      }
    }
  });

  test('goes upstream to a depth of 10 where null is given', async () => {
    const { provenance } = await door().data<{ provenance: Graph }>(provenanceQuery, {
      id: response.id,
      direction: null,
      depth: null,
    });
    assert.deepEqual(
      sorted(provenance.nodes.map(({ id }) => id)),
      sorted((await trace(response.id)).nodes.map(({ id }) => id)),
    );
  });

  for (const depth of [-1, 51]) {
    test(`to a depth of ${depth} is refused`, async () => {
      const { extensions } = await door().refusal(provenanceQuery, { id: run.id, depth });
      assert.equal(extensions.code, 'BAD_USER_INPUT');
      assert.deepEqual(extensions['allowed'], { min: 0, max: 50 });
    });
  }

  test('asked for many times in one operation is refused, however little is shown of it', async () => {
    const many = Array.from({ length: 20 }, (_, i) => `p${i}: provenance(id: $id) { truncated }`);
    const { message } = await door().refusal(`query ($id: ID!) { ${many.join(' ')} }`, { id: run.id });
    assert.match(message, /could hold \d+ fields/);
  });

  test('of what is not there is NOT_FOUND', async () => {
    for (const prefix of ['ps', 'run', 'exec', 'resp']) {
      const { extensions } = await door().refusal(provenanceQuery, { id: `${prefix}_${'0'.repeat(32)}` });
      assert.equal(extensions.code, 'NOT_FOUND');
    }
  });

  test('of no id is refused', async () => {
    for (const id of ['run_1', '', 'agent_1']) {
      assert.equal((await door().refusal(provenanceQuery, { id })).extensions.code, 'BAD_USER_INPUT');
    }
  });
});

const text = ({ from, to, relation }: Edge): string => `${from} ${relation} ${to}`;
