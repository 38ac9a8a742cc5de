import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overEachStore } from '../support/each-store.js';
import { onlyError } from '../support/front-door.js';
import { responseQuery, shortProtocol } from '../support/questions.js';
import type { SweepData } from '../support/sweeps.js';
import { sweepNode, sweepQuery } from '../support/sweeps.js';

const base = { model: 'ishigami', parameters: {} };
const axis = { name: 'x1', min: 0, max: 1, points: 2 };

overEachStore('a sweep is refused, and nothing is stored,', (door) => {
  const refused: readonly (readonly [string, object, RegExp, object])[] = [
    ['without axes', { base, axes: [] }, /1 to 2 axes, not 0/, { allowed: { min: 1, max: 2 } }],
    [
      'with three axes',
      { base, axes: [axis, { ...axis, name: 'x2' }, { ...axis, name: 'x3' }] },
      /1 to 2 axes, not 3/,
      { allowed: { min: 1, max: 2 } },
    ],
    [
      'over an unknown input',
      { base, axes: [{ ...axis, name: 'y1' }] },
      /Did you mean "x1"/,
      { nearest: 'x1', input: 'y1' },
    ],
    [
      'with an unknown input together',
      { base: { parameters: {} }, axes: [{ ...axis, name: 'sEE', min: 0, max: 0.1, together: ['sEi'] }] },
      /Did you mean "sEI"/,
      { nearest: 'sEI', input: 'sEi' },
    ],
    ['beyond the bounds', { base, axes: [{ ...axis, max: 4 }] }, /x1 of ishigami must lie between/, { input: 'x1' }],
    [
      'beyond the bounds of what moves together',
      { base: { parameters: {} }, axes: [{ name: 'lgnRateE', together: ['sEE'], min: 0, max: 80, points: 3 }] },
      /sEE of local-circuit must lie between 0 and 0.5, not at 80/,
      { input: 'sEE', allowed: { min: 0, max: 0.5 } },
    ],
    [
      'with an input of another unit together',
      { base: { parameters: {} }, axes: [{ name: 'sEE', together: ['lgnRateI'], min: 0.016, max: 0.02, points: 2 }] },
      /lgnRateI \(spikes\/s\) cannot move together with sEE \(1\)/,
      { input: 'lgnRateI' },
    ],
    [
      'from a min above its max',
      { base, axes: [{ ...axis, min: 1, max: 0 }] },
      /min may not lie above max/,
      { input: 'x1' },
    ],
    [
      'over an input that is fixed',
      { base: { ...base, parameters: { x1: 0 } }, axes: [axis] },
      /x1 has two values/,
      { input: 'x1' },
    ],
    ['over one input twice', { base, axes: [axis, axis] }, /x1 has two values/, { input: 'x1' }],
    [
      'with an input together with itself',
      { base, axes: [{ ...axis, together: ['x1'] }] },
      /x1 has two values/,
      { input: 'x1' },
    ],
    [
      'with an input together that another axis moves',
      { base, axes: [axis, { ...axis, name: 'x2', together: ['x1'] }] },
      /x1 has two values/,
      { input: 'x1' },
    ],
    [
      'without points',
      { base, axes: [{ name: 'x1', min: 0, max: 1 }] },
      /needs points/,
      { allowed: { min: 1, max: 10_000 } },
    ],
    ['with no point', { base, axes: [{ ...axis, points: 0 }] }, /needs points/, { allowed: { min: 1, max: 10_000 } }],
    [
      'with one point and two ends',
      { base, axes: [{ ...axis, points: 1 }] },
      /one point and two ends/,
      { input: 'x1' },
    ],
    ['with points that are one', { base, axes: [{ ...axis, max: 0 }] }, /not all different numbers/, { input: 'x1' }],
    [
      'with points that are one to the model',
      { base: { parameters: {} }, axes: [{ name: 'sEE', min: 0.024, max: 0.02400001, points: 50 }] },
      /not all different numbers to local-circuit, which reads float32/,
      { input: 'sEE' },
    ],
    [
      'with too many points on a line',
      { base, axes: [{ ...axis, points: 10_001 }] },
      /needs points/,
      { allowed: { min: 1, max: 10_000 } },
    ],
    [
      'with too many points in a grid',
      {
        base,
        axes: [
          { ...axis, points: 101 },
          { ...axis, name: 'x2', points: 100 },
        ],
      },
      /at most 10000 points, not 10100/,
      { points: 10_100, allowed: { max: 10_000 } },
    ],
    [
      'of an unknown model',
      { base: { ...base, model: 'ishigamy' }, axes: [axis] },
      /Did you mean "ishigami"/,
      { nearest: 'ishigami' },
    ],
    [
      'with an impossible protocol',
      { base: { ...base, protocol: { durationMs: 5 } }, axes: [axis] },
      /does not read/,
      {},
    ],
    ['with too many replicates', { base: { ...base, replicates: 10_001 }, axes: [axis] }, /replicates must be/, {}],
  ];
  for (const [how, input, message, details] of refused) {
    test(how, async () => {
      const error = await door().refusal(sweepQuery, { input });
      assert.equal(error.extensions.code, 'BAD_USER_INPUT');
      assert.match(error.message, message);
      for (const [name, value] of Object.entries(details)) assert.deepEqual(error.extensions[name], value);
    });
  }

  test('where its ends are no numbers', async () => {
    const input = { base, axes: [{ ...axis, max: 'NaN' }] };
    assert.equal((await door().refusal(sweepQuery, { input })).extensions.code, 'BAD_USER_INPUT');
  });

  test('over HTTP GET, unless it is stored', async () => {
    const input = { base, axes: [axis] };
    const before = await door().counts();
    const error = onlyError(await door().get(sweepQuery, { input }));
    assert.match(error.message, /use POST/);
    assert.deepEqual(await door().counts(), before);
    for (const x1 of [0, 1]) await door().data(responseQuery, { input: { ...base, parameters: { x1 } } });
    const { data, errors } = await door().get<SweepData>(sweepQuery, { input });
    assert.equal(errors, undefined);
    assert.deepEqual([data?.sweep.status, data?.sweep.cached, data?.sweep.reusedRuns], ['READY', true, 2]);
    const { node } = await door().data<{ node: unknown }>(sweepNode, { id: data?.sweep.id });
    assert.deepEqual(node, data?.sweep);
  });

  test('when its id is looked up that nobody asked for', async () => {
    const error = await door().refusal(sweepNode, { id: `sweep_${'0'.repeat(32)}` });
    assert.equal(error.extensions.code, 'NOT_FOUND');
  });

  test('when too many are asked for in one operation', async () => {
    const many = Array.from(
      { length: 8 },
      (_, i) => `s${i}: sweep(input: $input) { table { columns { name numbers strings } } }`,
    );
    const { errors = [] } = await door().ask(`query ($input: SweepInput!) { ${many.join(' ')} }`, {
      input: { base, axes: [axis] },
    });
    assert.match(errors[0]?.message ?? '', /could hold \d+ fields/);
  });
});

overEachStore(
  'a sweep of which too much is missing',
  (door) => {
    const input = {
      base: { parameters: {}, protocol: shortProtocol },
      axes: [{ name: 'sEE', min: 0.02, max: 0.029, points: 10 }],
    };

    test('is TOO_COSTLY with the cost, the limit and the points that would fit', async () => {
      const { message, extensions } = await door().refusal(sweepQuery, { input });
      assert.equal(extensions.code, 'TOO_COSTLY');
      assert.match(message, /10 points that are missing would take about 5.5 biological seconds; one sweep may take 5/);
      assert.deepEqual(extensions['cost'], { biologicalSeconds: 5.5, runs: 10, points: 10 });
      assert.deepEqual(extensions['limit'], { biologicalSeconds: 5 });
      assert.deepEqual(extensions['fits'], { points: 9 });
    });

    test('counts what is missing only', async () => {
      await door().data(responseQuery, { input: { ...input.base, parameters: { sEE: 0.02 } } });
      const { sweep } = await door().data<SweepData>(sweepQuery, { input });
      assert.deepEqual([sweep.status, sweep.computedRuns, sweep.reusedRuns], ['READY', 9, 1]);
    });
  },
  { env: { CORTIGRAPH_MAX_SWEEP_SECONDS: '5' } },
);
