import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overEachStore } from '../support/each-store.js';
import {
  circuit,
  completed,
  create,
  createMutation,
  ended,
  extend,
  extendMutation,
  ishigami,
  pointsOf,
  rowsOf,
} from '../support/experiments.js';
import { dataOf } from '../support/front-door.js';
import type { ResponseView } from '../support/questions.js';
import { responseQuery } from '../support/questions.js';

overEachStore('an experiment', (door) => {
  test('is stored with its chunks before anything runs, and runs to its end', async () => {
    const { created, experiment, job } = await create(door(), ishigami('whole', { size: 300, tags: ['a', 'b'] }));
    assert.deepEqual([created, experiment.size, experiment.progress.total, job.kind], [true, 300, 300, 'experiment']);
    assert.deepEqual([...experiment.tags].sort(), ['a', 'b']);
    const { status, progress, outcomes, job: last } = await ended(door(), experiment.id);
    assert.equal(status, 'COMPLETED');
    assert.deepEqual(progress, { total: 300, done: 300, failed: 0 });
    assert.deepEqual(outcomes, [{ outcome: 'COMPLETED', count: 300 }]);
    assert.deepEqual([last?.result, last?.progress.done], [experiment.id, 300]);
    const chunks = await door().collections.chunks.find({ experimentId: experiment.id }).toArray();
    assert.deepEqual(chunks.map(({ points }) => points).sort(), [128, 128, 44]);
    assert.equal((await door().counts()).claims, 0);
  });

  test('is the same one when the same request comes again, whatever the order and form of its numbers', async () => {
    const input = ishigami('twice', {
      space: { inputs: [{ name: 'x1', min: -3, max: 3 }], fixed: { x2: 1, x3: 0.5 } },
    });
    const same = ishigami('twice', { space: { fixed: { x3: 0.5, x2: 1.0 }, inputs: [{ name: 'x1', min: -3.0, max: 3 }] } }); // prettier-ignore
    const first = await create(door(), input);
    const before = await door().counts();
    const again = await Promise.all([create(door(), same), create(door(), same)]);
    assert.deepEqual(again.map(({ created, experiment: { id } }) => [created, id]), [[false, first.experiment.id], [false, first.experiment.id]]); // prettier-ignore
    assert.equal((await door().counts()).experiments, before.experiments);
  });

  test('says what it was asked for in the form in which it can be asked for again', async () => {
    const space = {
      inputs: [{ name: 'x1', together: ['x2'], min: -3, max: 3, points: 3 }, { name: 'x3', min: 0, max: 1, points: 2 }], // prettier-ignore
      fixed: {},
    };
    const grid = ishigami('told', { design: 'GRID', size: undefined, space });
    const { experiment } = await create(door(), grid);
    await ended(door(), experiment.id);
    type Told = { experiment: { space: object; seed: number | null; design: string } };
    const query = 'query ($id: ID!) { experiment(id: $id) { space seed design } }';
    const told = await door().data<Told>(query, { id: experiment.id });
    assert.deepEqual(told.experiment, { space, seed: null, design: 'GRID' });
    const again = await create(door(), { ...grid, space: told.experiment.space });
    assert.equal(again.experiment.id, experiment.id);
    const sobol = await completed(door(), ishigami('seeded', { seed: 7 }));
    assert.equal((await door().data<Told>(query, { id: sobol.id })).experiment.seed, 7);
    const trace = 'query ($id: ID!) { provenance(id: $id) { nodes { id attributes { name value } } } }';
    type Traced = { provenance: { nodes: readonly { id: string; attributes: readonly { name: string; value: string }[] }[] } }; // prettier-ignore
    const { provenance } = await door().data<Traced>(trace, { id: sobol.id });
    const attributes = provenance.nodes.find(({ id }) => id === sobol.id)?.attributes ?? [];
    const valueOf = (name: string): string | undefined => attributes.find((each) => each.name === name)?.value;
    assert.deepEqual([valueOf('design'), valueOf('seed'), valueOf('commonRandomNumbers')], ['SOBOL', '7', 'false']);
    assert.match(valueOf('space') ?? '', /"names":\["x1"\],"min":-3,"max":3/);
  });

  test('is made once by those who ask at once', async () => {
    const before = await door().counts();
    const made = await Promise.all([1, 2, 3, 4].map(() => create(door(), ishigami('at once'))));
    assert.equal(new Set(made.map(({ experiment }) => experiment.id)).size, 1);
    assert.equal(new Set(made.map(({ job }) => job.id)).size, 1);
    assert.equal(made.filter(({ created }) => created).length, 1);
    assert.equal((await door().counts()).experiments - before.experiments, 1);
    await ended(door(), made[0]?.experiment.id ?? '');
  });

  test('under a name that another has is a CONFLICT that shows the differences', async () => {
    const { experiment } = await create(door(), ishigami('taken', { size: 20 }));
    await ended(door(), experiment.id);
    const error = await door().refusal(createMutation, {
      input: ishigami('taken', { size: 21, space: { inputs: [{ name: 'x1', min: -3, max: 2 }, { name: 'x2', min: -3, max: 3 }] } }), // prettier-ignore
    });
    assert.equal(error.extensions.code, 'CONFLICT');
    assert.deepEqual(error.extensions['differences'], [
      { path: 'design.size', stored: 20, asked: 21 },
      { path: 'space.ranges[0].max', stored: 3, asked: 2 },
    ]);
    assert.equal(error.extensions['experiment'], experiment.id);
    assert.match(error.message, /Choose another name\.$/);
    await extend(door(), { id: experiment.id, targetSize: 30 });
    await ended(door(), experiment.id);
    const grown = await door().refusal(createMutation, { input: ishigami('taken', { size: 30 }) });
    assert.match(grown.message, /as it was made; it has grown to 30 points by 1 replicates\): it differs in design\.size\..* let it grow/); // prettier-ignore
  });

  test('takes its runs from the store where it has them, and gives them to responses', async () => {
    const input = circuit('shares', { design: 'LIST', size: undefined, space: { inputs: [] }, points: [{ lgnRateE: 111 }, { lgnRateE: 112 }] }); // prettier-ignore
    const question = (lgnRateE: number): object => ({ input: { parameters: { lgnRateE }, protocol: { warmupMs: 0, durationMs: 500 } } }); // prettier-ignore
    const { response } = await door().data<{ response: ResponseView }>(responseQuery, question(111));
    const { id, job } = await completed(door(), input);
    const rows = await rowsOf(door(), id);
    assert.equal(rows.nodes[0]?.simulationRun?.id, response.runs[0]?.id);
    const made = await door().collections.jobs.findOne({ _id: job?.id ?? '' });
    assert.deepEqual([made?.computedRuns, made?.reusedRuns], [1, 1]);
    const after = await door().data<{ response: ResponseView }>(responseQuery, question(112));
    assert.deepEqual([after.response.cached, after.response.runs[0]?.id], [true, rows.nodes[1]?.simulationRun?.id]);
  });

  test('gives every replicate random numbers of its own, or shares them among points when that is asked for', async () => {
    const seedsOf = async (commonRandomNumbers: boolean): Promise<readonly (number | null | undefined)[][]> => {
      const input = ishigami(`seeds ${commonRandomNumbers}`, { size: 4, replicates: 3, commonRandomNumbers });
      const { nodes } = await pointsOf(door(), (await completed(door(), input)).id);
      return nodes.map(({ rows }) => rows.map(({ simulationRun }) => simulationRun?.protocol.noiseSeed));
    };
    assert.equal(new Set((await seedsOf(false)).flat()).size, 12);
    const common = await seedsOf(true);
    assert.equal(new Set(common[0]).size, 3);
    for (const seeds of common) assert.deepEqual(seeds, common[0]);
  });

  test('computes a run once for points that the model reads as one', async () => {
    const before = await door().counts();
    const { id } = await completed(
      door(),
      circuit('narrow', { size: 40, space: { inputs: [{ name: 'lgnRateE', min: 100, max: 100.0001 }] } }),
    );
    const after = await door().counts();
    const rows = await rowsOf(door(), id);
    const runs = new Set(rows.nodes.map(({ simulationRun }) => simulationRun?.id));
    assert.equal(rows.nodes.length, 40);
    assert.ok(runs.size < 20);
    assert.deepEqual([after.runs - before.runs, after.executions - before.executions], [runs.size, runs.size]);
  });

  test('moves inputs together, and fixes others', async () => {
    const input = circuit('together', {
      size: 3,
      space: { inputs: [{ name: 'lgnRateE', together: ['lgnRateI'], min: 80, max: 480 }], fixed: { sEE: 0.02 } },
    });
    const { nodes } = await pointsOf(door(), (await completed(door(), input)).id);
    for (const { values } of nodes) {
      assert.equal(values['lgnRateE'], values['lgnRateI']);
      assert.equal(values['sEE'], 0.02);
    }
    assert.equal(new Set(nodes.map(({ values }) => values['lgnRateE'])).size, 3);
  });
});

overEachStore('an experiment that grows', (door) => {
  test('keeps its points and rows, and adds points and replicates', async () => {
    const { id } = await completed(door(), ishigami('grows', { size: 5, replicates: 2 }));
    const before = await pointsOf(door(), id);
    const { experiment, job } = await extend(door(), { id, targetSize: 9, targetReplicates: 3 });
    assert.deepEqual([experiment.size, experiment.replicates, job.kind], [9, 3, 'experiment']);
    const { progress } = await ended(door(), id);
    assert.deepEqual(progress, { total: 27, done: 27, failed: 0 });
    const after = await pointsOf(door(), id);
    assert.equal(after.totalCount, 9);
    before.nodes.forEach((point, i) => {
      assert.deepEqual(after.nodes[i]?.values, point.values);
      assert.deepEqual(after.nodes[i].rows.slice(0, 2), point.rows);
    });
    assert.ok(after.nodes.every(({ rows }) => rows.length === 3));
  });

  test('changes nothing when it is as large already', async () => {
    const { id } = await completed(door(), ishigami('stays', { size: 5 }));
    const before = await door().counts();
    for (const target of [{ targetSize: 5 }, { targetReplicates: 1 }, { targetSize: 5, targetReplicates: 1 }, {}]) {
      await extend(door(), { id, ...target });
    }
    assert.deepEqual(await door().counts(), before);
  });

  test('grows once when two ask at once, and while it runs', async () => {
    const { experiment } = await create(door(), ishigami('race', { size: 50 }));
    const { id } = experiment;
    await Promise.all([1, 2, 3].map(() => extend(door(), { id, targetSize: 700 })));
    const { progress } = await ended(door(), id);
    assert.deepEqual(progress, { total: 700, done: 700, failed: 0 });
    assert.equal((await rowsOf(door(), id)).totalCount, 700);
    const stored = await door().collections.experiments.findOne({ _id: id });
    assert.deepEqual(stored?.extents, [{ size: 50, replicates: 1 }, { size: 700, replicates: 1 }]); // prettier-ignore
  });

  test('of a list by all of its points, those that there are first', async () => {
    const list = (...values: number[]): object[] => values.map((x1) => ({ x1 }));
    const input = ishigami('list', { design: 'LIST', size: undefined, space: { inputs: [] }, points: list(1, 2) });
    const { id } = await completed(door(), input);
    await extend(door(), { id, points: list(1, 2, 3) });
    await ended(door(), id);
    const { nodes } = await pointsOf(door(), id);
    assert.deepEqual(nodes.map(({ values }) => values['x1']), [1, 2, 3]); // prettier-ignore
    const error = await door().refusal(extendMutation, { input: { id, points: list(1, 3, 2, -1) } });
    assert.match(error.message, /points\[1\] has changed/);
    assert.equal(error.extensions.code, 'BAD_USER_INPUT');
  });

  test('is refused what is smaller, and what cannot grow', async () => {
    const { id } = await completed(door(), ishigami('refuses', { size: 5, replicates: 2 }));
    const grid = await completed(door(), ishigami('grid', { design: 'GRID', size: undefined, space: { inputs: [{ name: 'x1', min: -3, max: 3, points: 3 }] } })); // prettier-ignore
    for (const [input, why] of [
      [{ id, targetSize: 4 }, /only grows/],
      [{ id, targetReplicates: 1 }, /only grows/],
      [{ id: grid.id, targetSize: 6 }, /grid does not grow/],
      [{ id, points: [{ x1: 1 }] }, /does not read points/],
    ] as const) {
      const error = await door().refusal(extendMutation, { input });
      assert.equal(error.extensions.code, 'BAD_USER_INPUT');
      assert.match(error.message, why);
    }
    const costly = await door().refusal(extendMutation, { input: { id, targetSize: 600_000 } });
    assert.equal(costly.extensions.code, 'TOO_COSTLY');
    const missing = await door().refusal(extendMutation, { input: { id: `exp_${'0'.repeat(32)}`, targetSize: 6 } });
    assert.equal(missing.extensions.code, 'NOT_FOUND');
    dataOf(await door().ask(extendMutation, { input: { id: grid.id, targetReplicates: 2 } }));
    await ended(door(), grid.id);
  });
});
