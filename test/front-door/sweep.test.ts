import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overEachStore } from '../support/each-store.js';
import type { ResponseView } from '../support/questions.js';
import { responseQuery, shortProtocol } from '../support/questions.js';
import type { SweepData, SweepView } from '../support/sweeps.js';
import { numbersOf, stringsOf, sweepNode, sweepQuery } from '../support/sweeps.js';
import type { FrontDoor } from '../support/front-door.js';

const ask = async (door: FrontDoor, input: object): Promise<SweepView> =>
  (await door.data<SweepData>(sweepQuery, { input })).sweep;
const respond = async (door: FrontDoor, input: object): Promise<ResponseView> =>
  (await door.data<{ response: ResponseView }>(responseQuery, { input })).response;

overEachStore('a sweep', (door) => {
  test('along a line is a row a point, each what a response then gives from the store', async () => {
    const base = { parameters: { sEE: 0.0241 }, protocol: shortProtocol };
    const sweep = await ask(door(), { base, axes: [{ name: 'lgnRateE', min: 80, max: 240, points: 3 }] });
    const { table } = sweep;
    assert.deepEqual(
      [sweep.status, sweep.cached, sweep.computedRuns, sweep.reusedRuns, table.rowCount],
      ['READY', false, 3, 0, 3],
    );
    assert.deepEqual(
      table.columns.map(({ name, unit }) => [name, unit]),
      [
        ['lgnRateE', 'spikes/s'],
        ['rateE', 'Hz'],
        ['rateE.standardError', 'Hz'],
        ['rateI', 'Hz'],
        ['rateI.standardError', 'Hz'],
        ['n', null],
        ['outcome', null],
        ['status', null],
        ['error', null],
        ['parameterSet', null],
      ],
    );
    assert.deepEqual(numbersOf(table, 'lgnRateE'), [80, 160, 240]);
    assert.deepEqual(numbersOf(table, 'n'), [1, 1, 1]);
    assert.deepEqual(stringsOf(table, 'outcome'), ['COMPLETED', 'COMPLETED', 'COMPLETED']);
    assert.deepEqual(stringsOf(table, 'status'), ['READY', 'READY', 'READY']);
    assert.deepEqual(stringsOf(table, 'error'), [null, null, null]);
    for (const [row, lgnRateE] of [80, 160, 240].entries()) {
      const response = await respond(door(), { ...base, parameters: { ...base.parameters, lgnRateE } });
      assert.deepEqual([response.cached, response.computedRuns], [true, 0]);
      assert.equal(response.parameterSet.id, stringsOf(table, 'parameterSet')[row]);
      for (const { name, value, standardError } of response.outputs) {
        assert.equal(numbersOf(table, name)[row], value);
        assert.equal(numbersOf(table, `${name}.standardError`)[row], standardError);
      }
    }
  });

  test('asked again computes nothing, makes no job, and has the same id and figures', async () => {
    const input = {
      base: { parameters: { sEE: 0.0242 }, protocol: shortProtocol },
      axes: [{ name: 'lgnRateI', min: 80, max: 90, points: 2 }],
    };
    const first = await ask(door(), input);
    const before = await door().counts();
    const again = await ask(door(), input);
    assert.deepEqual(
      [again.status, again.cached, again.computedRuns, again.reusedRuns, again.job],
      ['READY', true, 0, 2, null],
    );
    assert.deepEqual([again.id, again.table], [first.id, first.table]);
    assert.deepEqual(await door().counts(), before);
    assert.deepEqual([first.job?.kind, first.job?.status, first.job?.result], ['sweep', 'COMPLETED', first.id]);
    assert.deepEqual(first.job?.progress, { total: 2, done: 2, running: 0 });
    const { node } = await door().data<{ node: SweepView }>(sweepNode, { id: first.id });
    assert.deepEqual(node.table, first.table);
  });

  test('over a grid has the first axis slowest, and takes the runs of responses before it', async () => {
    const base = { model: 'ishigami', parameters: { x3: 1 } };
    const before = await respond(door(), { ...base, parameters: { x1: 1, x2: 0.5, x3: 1 } });
    const sweep = await ask(door(), {
      base,
      axes: [
        { name: 'x2', min: 0, max: 1, points: 3 },
        { name: 'x1', min: -1, max: 1, points: 2 },
      ],
    });
    assert.deepEqual(numbersOf(sweep.table, 'x2'), [0, 0, 0.5, 0.5, 1, 1]);
    assert.deepEqual(numbersOf(sweep.table, 'x1'), [-1, 1, -1, 1, -1, 1]);
    assert.deepEqual([sweep.computedRuns, sweep.reusedRuns], [5, 1]);
    assert.equal(numbersOf(sweep.table, 'y')[3], before.outputs[0]?.value);
    const y = numbersOf(sweep.table, 'y');
    const expected = (x1: number, x2: number): number => Math.sin(x1) + 7 * Math.sin(x2) ** 2 + 0.1 * Math.sin(x1);
    numbersOf(sweep.table, 'x1').forEach((x1, row) => {
      assert.ok(Math.abs((y[row] ?? NaN) - expected(x1, numbersOf(sweep.table, 'x2')[row] ?? NaN)) < 1e-12);
    });
  });

  test('moves inputs together, each with a column', async () => {
    const base = { model: 'ishigami', parameters: {} };
    const { table } = await ask(door(), { base, axes: [{ name: 'x1', together: ['x3'], min: 1, max: 2, points: 3 }] });
    assert.deepEqual(numbersOf(table, 'x1'), [1, 1.5, 2]);
    assert.deepEqual(numbersOf(table, 'x3'), [1, 1.5, 2]);
    assert.equal(
      (await respond(door(), { ...base, parameters: { x1: 1.5, x3: 1.5 } })).outputs[0]?.value,
      numbersOf(table, 'y')[1],
    );
  });

  test('has the values of numpy.linspace, rounded to what the model reads', async () => {
    const { table } = await ask(door(), {
      base: { model: 'ishigami', parameters: { x2: 0.25 } },
      axes: [{ name: 'x1', min: 0, max: 1, points: 11 }],
    });
    const numpy = [0, 0.1, 0.2, 0.30000000000000004, 0.4, 0.5, 0.6000000000000001, 0.7000000000000001, 0.8, 0.9, 1];
    assert.deepEqual(numbersOf(table, 'x1'), numpy);
    const float32 = await ask(door(), {
      base: { parameters: {}, protocol: { warmupMs: 0, durationMs: 1 } },
      axes: [{ name: 'sEE', min: 0.02, max: 0.02400000020861626, points: 5 }],
    });
    assert.deepEqual(numbersOf(float32.table, 'sEE'), [0.02, 0.021, 0.022, 0.023, 0.024]);
  });

  test('may have one point', async () => {
    const { table } = await ask(door(), {
      base: { model: 'ishigami', parameters: {} },
      axes: [{ name: 'x1', min: 0.5, max: 0.5, points: 1 }],
    });
    assert.deepEqual(numbersOf(table, 'x1'), [0.5]);
  });

  test('is the same when defaults are written out, and another when its axes change places', async () => {
    const axes = [
      { name: 'x1', min: 0, max: 0, points: 1 },
      { name: 'x2', min: 0, max: 0, points: 1 },
    ];
    const plain = await ask(door(), { base: { model: 'ishigami', parameters: {} }, axes });
    const explicit = await ask(door(), { base: { model: 'ishigami', parameters: { x3: -0 }, replicates: 1 }, axes });
    const turned = await ask(door(), { base: { model: 'ishigami', parameters: {} }, axes: axes.toReversed() });
    assert.equal(explicit.id, plain.id);
    assert.notEqual(turned.id, plain.id);
  });

  test('of replicates and networks has their number and errors', async () => {
    const axes = [{ name: 'x1', min: 0, max: 1, points: 2 }];
    const noisy = await ask(door(), { base: { model: 'ishigami-noisy', parameters: {}, replicates: 3 }, axes });
    assert.deepEqual([noisy.computedRuns, numbersOf(noisy.table, 'n')], [6, [3, 3]]);
    assert.ok(numbersOf(noisy.table, 'y.standardError').every((error) => error > 0));
  });
});
