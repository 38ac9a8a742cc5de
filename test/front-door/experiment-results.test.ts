import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overEachStore } from '../support/each-store.js';
import type { PageView, PointView, RowView } from '../support/experiments.js';
import {
  circuit,
  completed,
  create,
  createMutation,
  ended,
  ishigami,
  pointsOf,
  rowsOf,
} from '../support/experiments.js';
import type { FrontDoor } from '../support/front-door.js';
import type { TableView } from '../support/sweeps.js';
import { numbersOf, stringsOf } from '../support/sweeps.js';

const tableOf = async (door: FrontDoor, id: string, more = ''): Promise<TableView> => {
  const query = `query ($id: ID!) { experiment(id: $id) { table${more} { rowCount columns { name unit numbers strings } } } }`;
  return (await door.data<{ experiment: { table: TableView } }>(query, { id })).experiment.table;
};

/** Every item of a list, page by page. */
async function all<T>(page: (after: string | null) => Promise<PageView<T>>): Promise<readonly T[]> {
  const found: T[] = [];
  for (let after: string | null = null; ;) {
    const { nodes, pageInfo } = await page(after);
    found.push(...nodes);
    if (!pageInfo.hasNextPage) return found;
    after = pageInfo.endCursor;
  }
}

overEachStore('the results of an experiment', (door) => {
  test('are its rows, page by page, either way round', async () => {
    const { id } = await completed(door(), ishigami('pages', { size: 7, replicates: 3 }));
    const places = (rows: readonly RowView[]): readonly string[] => rows.map(({ point, replicate }) => `${point}/${replicate}`); // prettier-ignore
    const ascending = await all((after) => rowsOf(door(), id, { first: 4, after }));
    const expected = Array.from({ length: 21 }, (_, i) => `${Math.floor(i / 3)}/${i % 3}`);
    assert.deepEqual(places(ascending), expected);
    const descending = await all((after) => rowsOf(door(), id, { first: 5, after, order: 'POINT_DESC' }));
    assert.deepEqual(places(descending), expected.toReversed());
    const some = await rowsOf(door(), id, { filter: { fromPoint: 2, toPoint: 3 } });
    assert.deepEqual([places(some.nodes), some.totalCount], [expected.slice(6, 12), 6]);
  });

  test('are its points, page by page, with figures over distinct seeds', async () => {
    const { id } = await completed(door(), ishigami('points', { size: 45, replicates: 4 }));
    const points: readonly PointView[] = await all((after) => pointsOf(door(), id, { after }));
    assert.deepEqual(points.map(({ index }) => index), Array.from({ length: 45 }, (_, i) => i)); // prettier-ignore
    const [point] = points;
    const values = point?.rows.map(({ simulationRun }) => simulationRun?.outputs[0]?.value ?? NaN) ?? [];
    const mean = values.reduce((sum, value) => sum + value, 0) / 4;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3);
    const figure = point?.outputs[0];
    assert.ok(figure);
    assert.equal(figure.n, 4);
    for (const [found, wanted] of [
      [figure.value, mean],
      [figure.standardDeviation, deviation],
      [figure.standardError, deviation / 2],
    ] as const)
      // prettier-ignore
      assert.ok(Math.abs((found ?? NaN) - wanted) < 1e-12 * Math.abs(wanted));
    // Student's t of three degrees of freedom at 95 %.
    assert.ok(Math.abs((figure.interval?.upper ?? NaN) - (mean + (3.182446305 * deviation) / 2)) < 1e-6);
  });

  test('have the error by the batches of its run where a point has one replicate, and show aborted ones by their outcome', async () => {
    const input = circuit('outcomes', {
      design: 'LIST',
      size: undefined,
      space: { inputs: [], fixed: { lgnRateI: 80 } },
      points: [{ lgnRateE: 100 }, { lgnRateE: 480, sEE: 0.029, sEI: 0.02 }],
      protocol: { warmupMs: 0, durationMs: 2000 },
    });
    const { id, outcomes } = await completed(door(), input);
    assert.deepEqual(outcomes, [{ outcome: 'COMPLETED', count: 1 }, { outcome: 'runaway', count: 1 }]); // prettier-ignore
    const [calm, wild] = (await pointsOf(door(), id)).nodes;
    assert.deepEqual([calm?.outputs[0]?.n, calm?.outputs[0]?.standardDeviation], [1, null]);
    assert.equal(calm?.outputs[0]?.standardError, calm?.rows[0]?.simulationRun?.outputs[0]?.standardError);
    assert.deepEqual([wild?.outputs, wild?.outcomes], [[], [{ outcome: 'runaway', count: 1 }]]);
    const runaway = await rowsOf(door(), id, { filter: { outcome: 'runaway' } });
    assert.deepEqual([runaway.totalCount, runaway.nodes[0]?.point], [1, 1]);
    const points = await pointsOf(door(), id, { filter: { outcome: 'runaway' } });
    assert.deepEqual([points.totalCount, points.nodes.map(({ index }) => index)], [1, [1]]);
    assert.equal((await rowsOf(door(), id, { filter: { failed: true } })).totalCount, 0);
  });

  test('are a table with the columns that vary', async () => {
    const { id } = await completed(door(), circuit('table', { size: 8, replicates: 2 }));
    const table = await tableOf(door(), id);
    assert.equal(table.rowCount, 8);
    assert.deepEqual(table.columns.map(({ name }) => name), ['point', 'lgnRateE', 'rateE', 'rateE.standardError', 'rateE.standardDeviation', 'rateI', 'rateI.standardError', 'rateI.standardDeviation', 'n', 'invalid', 'outcome', 'status', 'error', 'parameterSet']); // prettier-ignore
    assert.deepEqual(new Set(stringsOf(table, 'status')), new Set(['READY']));
    assert.deepEqual(new Set(numbersOf(table, 'n')), new Set([2]));
    const rates = numbersOf(table, 'rateE');
    const { nodes } = await pointsOf(door(), id);
    assert.deepEqual(rates, nodes.map(({ outputs }) => outputs[0]?.value)); // prettier-ignore
    const middle = [...rates].sort((a, b) => a - b)[4] ?? NaN;
    const above = await tableOf(door(), id, `(where: [{ column: "rateE", min: ${middle} }])`);
    assert.deepEqual(numbersOf(above, 'rateE'), rates.filter((rate) => rate >= middle)); // prettier-ignore
    assert.deepEqual(numbersOf(await tableOf(door(), id, '(from: 5, points: 2)'), 'point'), [5, 6]);
  });

  test('are there while the experiment runs, and say what is missing', async () => {
    const { experiment, job } = await create(door(), circuit('half', { size: 300, protocol: { durationMs: 4000 } }));
    await door().data('mutation ($id: ID!) { pauseJob(id: $id) { job { id } } }', { id: job.id });
    const table = await tableOf(door(), experiment.id);
    const status = stringsOf(table, 'status');
    assert.ok(status.includes('PENDING'));
    numbersOf(table, 'rateE').forEach((rate, i) => assert.equal(Number.isNaN(rate), status[i] !== 'READY'));
    assert.equal((await pointsOf(door(), experiment.id)).totalCount, 300);
    await door().data('mutation ($id: ID!) { cancelJob(id: $id) { job { id } } }', { id: job.id });
  });

  test('are traced from a row to its run and back, and from the job to the experiment', async () => {
    const { id, job } = await completed(door(), ishigami('traced', { size: 2 }));
    const [row] = (await rowsOf(door(), id)).nodes;
    const trace = async (of: string, direction: string): Promise<readonly string[]> => {
      const query = `query ($id: ID!, $direction: ProvenanceDirection) { provenance(id: $id, direction: $direction) { nodes { id } } }`;
      const { provenance } = await door().data<{ provenance: { nodes: readonly { id: string }[] } }>(query, { id: of, direction }); // prettier-ignore
      return provenance.nodes.map((node) => node.id);
    };
    const up = await trace(row?.id ?? '', 'UPSTREAM');
    for (const of of [id, row?.simulationRun?.id ?? '', job?.id ?? '']) assert.ok(up.includes(of), of);
    assert.ok(up.some((each) => each.startsWith('exec_')) && up.some((each) => each.startsWith('code_')));
    assert.ok((await trace(row?.simulationRun?.id ?? '', 'DOWNSTREAM')).includes(row?.id ?? ''));
    assert.ok((await trace(id, 'DOWNSTREAM')).includes(row?.id ?? ''));
    assert.ok((await trace(job?.id ?? '', 'DOWNSTREAM')).includes(id));
    assert.ok((await trace(id, 'UPSTREAM')).includes(job?.id ?? ''));
    const { node } = await door().data<{ node: { point: number } }>('query ($id: ID!) { node(id: $id) { ... on ExperimentRow { point } } }', { id: row?.id }); // prettier-ignore
    assert.equal(node.point, 0);
  });

  test('are a list of experiments, filtered and tagged', async () => {
    await completed(door(), ishigami('listed', { tags: ['mine'] }));
    const query = `{ experiments(filter: { model: "ishigami-noisy", tag: "mine" }) { totalCount nodes { name tags status } } }`;
    const { experiments } = await door().data<{ experiments: PageView<object> }>(query);
    assert.deepEqual(experiments.nodes, [{ name: 'listed', tags: ['mine'], status: 'COMPLETED' }]);
    const { experiment } = await door().data<{ experiment: { name: string } }>(
      '{ experiment(name: "listed") { name } }',
    );
    assert.equal(experiment.name, 'listed');
  });
});

overEachStore('questions about the results of an experiment', (door) => {
  test('are refused where nothing can be meant', async () => {
    const { id } = await completed(door(), ishigami('refusals', { size: 3 }));
    for (const [field, why] of [
      ['rows(filter: { outcome: "nothing" }) { totalCount }', /no outcome "nothing"/],
      ['rows(filter: { outcome: "COMPLETED", failed: true }) { totalCount }', /has no outcome/],
      ['rows(after: "abc") { totalCount }', /not a cursor/],
      ['points(first: 101) { totalCount }', /1 to 100 items/],
      ['table(where: [{ column: "ratE" }]) { rowCount }', /no column of numbers "ratE"/],
      ['table(points: 10001) { rowCount }', /1 to 10000/],
      ['table(from: -1) { rowCount }', /counted from 0/],
      ['table(where: [{ column: "y", min: 2, max: 1 }]) { rowCount }', /ends at 1, below where it begins: 2/],
      ['points(filter: { fromPoint: 2, toPoint: 1 }) { totalCount }', /toPoint is less/],
    ] as const) {
      const error = await door().refusal(`query ($id: ID!) { experiment(id: $id) { ${field} } }`, { id });
      assert.equal(error.extensions.code, 'BAD_USER_INPUT', field);
      assert.match(error.message, why);
    }
    for (const query of ['{ experiment { id } }', `{ experiment(id: "${id}", name: "refusals") { id } }`]) {
      assert.equal((await door().refusal(query)).extensions.code, 'BAD_USER_INPUT');
    }
    assert.equal((await door().refusal('{ experiment(name: "none such") { id } }')).extensions.code, 'NOT_FOUND');
  });
});

overEachStore('a request of an experiment', (door) => {
  const range = (name: string, min: number, max: number): object => ({ name, min, max });
  const refusals: readonly (readonly [string, object, string, RegExp])[] = [
    ['an empty range', { space: { inputs: [range('x1', 1, 1)] } }, 'BAD_USER_INPUT', /no width/],
    ['an inverted range', { space: { inputs: [range('x1', 2, 1)] } }, 'BAD_USER_INPUT', /min must lie below max/],
    ['an unknown input', { space: { inputs: [range('x9', 0, 1)] } }, 'BAD_USER_INPUT', /no input "x9"/],
    [
      'an input that has two values',
      { space: { inputs: [range('x1', 0, 1)], fixed: { x1: 1 } } },
      'BAD_USER_INPUT',
      /two values/,
    ],
    ['a range beyond the bounds', { space: { inputs: [range('x1', 0, 1e9)] } }, 'BAD_USER_INPUT', /must lie between/],
    ['no range at all', { space: { inputs: [] } }, 'BAD_USER_INPUT', /needs a range/],
    ['a name like an id', { name: `exp_${'1'.repeat(32)}` }, 'BAD_USER_INPUT', /may not look like an id/],
    ['no size', { size: null }, 'BAD_USER_INPUT', /needs size/],
    ['a size of none', { size: 0 }, 'BAD_USER_INPUT', /needs size/],
    ['no replicates', { replicates: 0 }, 'BAD_USER_INPUT', /replicates must be/],
    ['more runs than are allowed', { size: 1_000_001 }, 'TOO_COSTLY', /1000001 runs/],
    ['more replicates by points than are allowed', { size: 200_000, replicates: 10 }, 'TOO_COSTLY', /2000000 runs/],
    ['an empty name', { name: ' ' }, 'BAD_USER_INPUT', /name of an experiment is empty/],
    ['a name that no line can show', { name: 'a\u001b[2J' }, 'BAD_USER_INPUT', /no line can show/],
    ['an unknown model', { model: 'none' }, 'BAD_USER_INPUT', /none/],
    ['a noise seed', { protocol: { noiseSeed: 1 } }, 'BAD_USER_INPUT', /noise seeds themselves/],
    ['a grid without points', { design: 'GRID', size: null }, 'BAD_USER_INPUT', /needs points/],
    ['a grid with too many', { design: 'GRID', size: null, space: { inputs: [{ ...range('x1', 0, 1), points: 2_000_000_000 }, { ...range('x2', 0, 1), points: 1000 }] } }, 'TOO_COSTLY', /runs/], // prettier-ignore
    ['a list without points', { design: 'LIST', size: null, space: { inputs: [] } }, 'BAD_USER_INPUT', /needs points/],
    ['a list of one point twice', { design: 'LIST', size: null, space: { inputs: [] }, points: [{ x1: 1 }, { x1: 1 }] }, 'BAD_USER_INPUT', /same parameter set/], // prettier-ignore
    ['noise of a model that has none', { model: 'ishigami', replicates: 2 }, 'BAD_USER_INPUT', /no noise/],
  ];
  for (const [what, more, code, why] of refusals) {
    test(`with ${what} is ${code}, and nothing is stored`, async () => {
      const error = await door().refusal(createMutation, { input: ishigami('refused', more) });
      assert.equal(error.extensions.code, code);
      assert.match(error.message, why);
      if (code === 'TOO_COSTLY')
        assert.ok(error.extensions['cost'] !== undefined && error.extensions['limit'] !== undefined);
    });
  }

  test('of a grid gives every combination, the first range slowest', async () => {
    const inputs = [{ ...range('x1', 0, 1), points: 2 }, { ...range('x2', 0, 2), points: 3 }]; // prettier-ignore
    const { experiment } = await create(door(), ishigami('a grid', { design: 'GRID', size: null, space: { inputs } }));
    await ended(door(), experiment.id);
    const { nodes } = await pointsOf(door(), experiment.id);
    assert.deepEqual(nodes.map(({ values: { x1, x2 } }) => [x1, x2]), [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]); // prettier-ignore
  });
});
