import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { StoreCalls } from '../support/counting-database.js';
import { linspace } from '../../src/design/linspace.js';
import { parameterSetIdentity, runIdentity } from '../../src/domain/identity.js';
import { counting } from '../support/counting-database.js';
import { forEachStore } from '../support/each-store.js';
import type { FrontDoor } from '../support/front-door.js';
import { openFrontDoor } from '../support/front-door.js';
import { runMutation } from '../support/questions.js';
import type { SweepData } from '../support/sweeps.js';
import { sweepQuery } from '../support/sweeps.js';

interface Lists {
  readonly simulationRuns: { readonly totalCount?: number; readonly nodes: readonly Run[] };
}

interface Run {
  readonly parameterSet?: { readonly values: Readonly<Record<string, number>> };
  readonly executions?: readonly unknown[];
}

forEachStore('the calls of the store for 50 runs', (open) => {
  let door: FrontDoor | undefined;
  let calls: StoreCalls | undefined;

  before(async () => {
    calls = counting(await open());
    // No heartbeat comes between a question and its count.
    const opened = await openFrontDoor(calls.store, { settings: { heartbeatMs: 600_000 } });
    door = opened;
    const points = Array.from({ length: 50 }, (_, i) => ({ x1: i / 100 }));
    await Promise.all(
      points.map((parameters) => opened.data(runMutation, { input: { model: 'ishigami', parameters } })),
    );
  });
  after(() => door?.close());

  const callsFor = async (fields: string): Promise<{ readonly data: Lists; readonly made: readonly string[] }> => {
    assert.ok(door && calls);
    calls.take();
    const data = await door.data<Lists>(`{ simulationRuns(first: 50) ${fields} }`);
    return { data, made: [...calls.take()].sort() };
  };

  test('with their parameter sets are 2, not 51', async () => {
    const { data, made } = await callsFor('{ nodes { parameterSet { values } } }');
    assert.deepEqual(made, ['parameterSets.find', 'runs.find']);
    const points = data.simulationRuns.nodes.map(({ parameterSet }) => parameterSet?.values['x1']);
    assert.equal(new Set(points).size, 50);
  });

  test('with their number are one more', async () => {
    const { data, made } = await callsFor('{ totalCount nodes { parameterSet { values } } }');
    assert.deepEqual(made, ['parameterSets.find', 'runs.countDocuments', 'runs.find']);
    assert.equal(data.simulationRuns.totalCount, 50);
  });

  test('with their executions are one more', async () => {
    const { data, made } = await callsFor('{ nodes { parameterSet { values } executions { id } } }');
    assert.deepEqual(made, ['executions.find', 'parameterSets.find', 'runs.find']);
    assert.ok(data.simulationRuns.nodes.every(({ executions }) => executions?.length === 1));
  });

  test('with their recordings are one more', async () => {
    const { made } = await callsFor('{ nodes { recordings { id url execution { id } } } }');
    assert.deepEqual(made, ['recordings.find', 'runs.find']);
  });

  test('with the runs of their parameter sets are one more, and their number another', async () => {
    const { made } = await callsFor(
      '{ nodes { parameterSet { simulationRuns(first: 2) { nodes { id } totalCount } } } }',
    );
    assert.deepEqual(made, ['parameterSets.find', 'runs.aggregate', 'runs.find', 'runs.find']);
  });

  test('are not repeated for a relation that is asked for twice', async () => {
    const { made } = await callsFor('{ nodes { parameterSet { id } } edges { node { parameterSet { values } } } }');
    assert.deepEqual(made, ['parameterSets.find', 'runs.find']);
  });
});

forEachStore('the calls of the store for a response', (open) => {
  test('with its 40 runs and their parameter sets do not grow with the runs', async () => {
    const calls = counting(await open());
    const door = await openFrontDoor(calls.store, { settings: { heartbeatMs: 600_000 } });
    try {
      const query = `query ($input: ResponseInput!) {
        response(input: $input) { cached parameterSet { id } runs { id parameterSet { id } executions { id } } }
      }`;
      const ask = async (replicates: number): Promise<readonly string[]> => {
        const input = { model: 'ishigami-noisy', parameters: {}, replicates };
        await door.data(query, { input });
        calls.take();
        const { response } = await door.data<{ response: { cached: boolean; runs: unknown[] } }>(query, { input });
        assert.deepEqual([response.cached, response.runs.length], [true, replicates]);
        return [...calls.take()].sort();
      };
      const few = await ask(2);
      assert.deepEqual(few, [
        ...['executions.find', 'invalidations.find', 'parameterSets.find', 'runs.find', 'runs.find'],
      ]);
      assert.deepEqual(await ask(40), few);
    } finally {
      await door.close();
    }
  });
});

forEachStore('the calls of the store for a sweep', (open) => {
  test('of 1,000 stored points are two for its runs, two for what is invalid of them, and one that keeps what it asks', async () => {
    const calls = counting(await open());
    const door = await openFrontDoor(calls.store, { settings: { heartbeatMs: 600_000 } });
    try {
      const axis = { name: 'x1', min: -3, max: 3, points: 1000 };
      const input = { base: { model: 'ishigami-noisy', parameters: {} }, axes: [axis] };
      // One point is computed, and the others are stored as if they had been.
      await door.data(sweepQuery, { input: { ...input, axes: [{ ...axis, max: -3, points: 1 }] } });
      const { runs } = door.collections;
      const run = (await runs.findOne({})) ?? assert.fail('no run');
      const others = linspace(-3, 3, 1000).slice(1);
      const copies = others.map((x1) => {
        const values = { x1, x2: 0, x3: 0 };
        return {
          ...run,
          _id: runIdentity({ ...run, values }).id,
          parameterSetId: parameterSetIdentity(run.model, values).id,
        };
      });
      await runs.insertMany(copies, { ordered: false });
      calls.take();
      const { sweep } = await door.data<SweepData>(sweepQuery, { input });
      assert.deepEqual([sweep.status, sweep.cached, sweep.reusedRuns, sweep.job], ['READY', true, 1000, null]);
      const pools = ['runs.find', 'invalidations.find', 'runs.find', 'invalidations.find'];
      assert.deepEqual(calls.take(), [...pools, 'sweeps.insertOne']);
      await door.data<SweepData>(sweepQuery, { input });
      assert.deepEqual(calls.take(), pools);
    } finally {
      await door.close();
    }
  });
});
