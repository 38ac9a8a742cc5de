import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overEachStore } from '../support/each-store.js';
import type { ResponseView } from '../support/questions.js';
import { responseQuery, shortProtocol } from '../support/questions.js';
import type { SweepData, SweepView } from '../support/sweeps.js';
import { numbersOf, stringsOf, sweepQuery } from '../support/sweeps.js';
import type { FrontDoor } from '../support/front-door.js';

const ask = async (door: FrontDoor, input: object): Promise<SweepView> =>
  (await door.data<SweepData>(sweepQuery, { input })).sweep;
const respond = async (door: FrontDoor, input: object): Promise<ResponseView> =>
  (await door.data<{ response: ResponseView }>(responseQuery, { input })).response;

overEachStore('a point of a sweep', (door) => {
  const driven = { parameters: { lgnRateE: 480 }, protocol: shortProtocol };

  test('that runs away says so and has no figures, among others that have', async () => {
    const { status, table } = await ask(door(), {
      base: driven,
      axes: [{ name: 'sEI', min: 0, max: 0.04, points: 2 }],
    });
    assert.equal(status, 'READY');
    assert.deepEqual(stringsOf(table, 'outcome'), ['runaway', 'COMPLETED']);
    assert.deepEqual(stringsOf(table, 'status'), ['READY', 'READY']);
    for (const name of ['rateE', 'rateE.standardError', 'rateI', 'rateI.standardError']) {
      assert.deepEqual(numbersOf(table, name).map(Number.isNaN), [true, false], name);
    }
    assert.deepEqual(numbersOf(table, 'n'), [1, 1]);
  });

  test('of which some replicates ran away says how many', async () => {
    const parameters = { lgnRateE: 480, sEI: 0.01 };
    // Too short to run away in, and in the pool of the longer one.
    const short = await respond(door(), { parameters, protocol: { warmupMs: 50, durationMs: 10 } });
    assert.deepEqual(short.outcomes, [{ outcome: 'COMPLETED', count: 1 }]);
    const base = { ...driven, parameters: { lgnRateE: 480 } };
    const { table } = await ask(door(), { base, axes: [{ name: 'sEI', min: 0.01, max: 0.01, points: 1 }] });
    assert.deepEqual(stringsOf(table, 'outcome'), ['mixed: 1 COMPLETED, 1 runaway']);
    assert.deepEqual([numbersOf(table, 'rateE'), numbersOf(table, 'n')], [[NaN], [2]]);
  });
});

overEachStore(
  'a point of a sweep that costs too much',
  (door) => {
    test('is TOO_COSTLY by what its stored runs say, while the others are answered; asking again begins nothing', async () => {
      // Typical noise says that this fits; strong common drive makes the rates far noisier than that.
      const tolerances = [{ output: 'rateE', halfWidth: 0.3 }];
      const circuit = { parameters: {}, protocol: { warmupMs: 50, durationMs: 500 }, tolerances };
      const input = { base: circuit, axes: [{ name: 'sEI', min: 0.032, max: 0.05, points: 2 }] };
      const moved = { ...input, base: { ...circuit, parameters: { sEE: 0.029 } } };
      const first = await ask(door(), moved);
      assert.equal(first.status, 'READY');
      const [status] = stringsOf(first.table, 'status');
      assert.equal(status, 'TOO_COSTLY');
      assert.match(stringsOf(first.table, 'error')[0] ?? '', /biological seconds/);
      assert.equal(numbersOf(first.table, 'rateE')[0], NaN);
      assert.ok((numbersOf(first.table, 'n')[0] ?? 0) >= 1, 'its runs stay');
      const before = await door().counts();
      const again = await ask(door(), moved);
      assert.equal(stringsOf(again.table, 'status')[0], 'TOO_COSTLY');
      if (again.job === null) assert.deepEqual(await door().counts(), before);
    });

    test('by what is typical of the model is not begun, and makes no job', async () => {
      const base = { parameters: {}, protocol: shortProtocol, tolerances: [{ output: 'rateE', halfWidth: 0.001 }] };
      const { runs, jobs } = await door().counts();
      const sweep = await ask(door(), { base, axes: [{ name: 'sEE', min: 0.02, max: 0.024, points: 3 }] });
      assert.deepEqual([sweep.status, sweep.job, sweep.computedRuns], ['READY', null, 0]);
      assert.deepEqual(stringsOf(sweep.table, 'status'), ['TOO_COSTLY', 'TOO_COSTLY', 'TOO_COSTLY']);
      assert.deepEqual(stringsOf(sweep.table, 'outcome'), [null, null, null]);
      const after = await door().counts();
      assert.deepEqual([after.runs, after.jobs], [runs, jobs]);
    });
  },
  { env: { CORTIGRAPH_MAX_RESPONSE_SECONDS: '2' } },
);
