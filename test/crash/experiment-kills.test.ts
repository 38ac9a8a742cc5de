import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Xoshiro128 } from '../../src/models/xoshiro128.js';
import type { Collections } from '../../src/store/collections.js';
import { collectionsOf } from '../../src/store/collections.js';
import type { ExperimentView } from '../support/experiments.js';
import { createMutation, experimentFields } from '../support/experiments.js';
import { dataOf, eventually } from '../support/front-door.js';
import { counts, isFull, seed } from './counts.js';
import type { RunningServer } from './served-store.js';
import { servedStores } from './served-store.js';

/** Rows of the experiment: a second or two of work for two workers. */
const input = {
  name: 'killed',
  design: 'SOBOL',
  size: isFull ? 600 : 200,
  replicates: 2,
  space: { inputs: [{ name: 'lgnRateE', min: 80, max: 480 }] },
  protocol: { warmupMs: 0, durationMs: 1000 },
};
const rowsInAll = input.size * input.replicates;

/** Rows of a chunk that are computed and not yet written, of the two chunks that are at work at once. */
const mostInFlight = 2 * 128;

const stateOf = async (server: RunningServer): Promise<ExperimentView> => {
  const query = `{ experiment(name: "killed") { ${experimentFields} } }`;
  return dataOf(await server.ask<{ experiment: ExperimentView }>(query)).experiment;
};

/** Every row has its run, none is there twice, and chunks that have ended count what is stored. */
async function requireWhole({ experimentRows, runs, chunks }: Collections): Promise<number> {
  const rows = await experimentRows.find({}).toArray();
  const stored = new Set((await runs.find<{ _id: string }>({}, { projection: { model: 1 } }).toArray()).map(({ _id }) => _id)); // prettier-ignore
  assert.deepEqual(rows.filter(({ runId }) => runId === null || !stored.has(runId)), []); // prettier-ignore
  const places = new Set(rows.map(({ point, replicate }) => `${point}/${replicate}`));
  assert.equal(places.size, rows.length);
  for (const { state, done, firstPoint, points } of await chunks.find({}).toArray()) {
    const own = rows.filter(({ point }) => point >= firstPoint && point < firstPoint + points).length;
    if (state === 'DONE') assert.equal(done, own, 'a chunk counts what is stored of it');
  }
  return rows.length;
}

for (const { name, create } of servedStores) {
  describe(`an experiment whose server is killed, on the ${name} store`, () => {
    const kills = counts[name].atRandom;

    test(`has all its rows once after ${kills} kills, and computed nothing stored again`, async (context) => {
      const random = new Xoshiro128('noise', seed);
      const served = await create();
      let extra = 0;
      try {
        for (let kill = 0; ; kill += 1) {
          const server = await served.startServer();
          try {
            if (kill === 0) dataOf(await server.ask(createMutation, { input }));
            if (kill === kills) {
              const { progress, outcomes } = await eventually(() => stateOf(server), ({ status }) => status === 'COMPLETED', 60_000); // prettier-ignore
              assert.deepEqual(progress, { total: rowsInAll, done: rowsInAll, failed: 0 });
              assert.equal(outcomes.reduce((sum, { count }) => sum + count, 0), rowsInAll); // prettier-ignore
              break;
            }
            const store = await served.open();
            const { experimentRows } = collectionsOf(store.database);
            const before = await experimentRows.countDocuments({});
            // It has taken the experiment up, and some of it is stored; or all is done.
            await eventually(() => experimentRows.countDocuments({}), (rows) => rows > before || rows === rowsInAll, 60_000); // prettier-ignore
            await store.close();
            await delay(random.next() % 200);
          } finally {
            await server.kill();
          }
          const remains = await served.openRemains();
          await requireWhole(collectionsOf(remains.database)).finally(() => remains.close());
        }
        const store = await served.open();
        const { executions, runs, claims } = collectionsOf(store.database);
        assert.equal(await requireWhole(collectionsOf(store.database)), rowsInAll);
        const [attempts, all] = [await executions.countDocuments({}), await runs.countDocuments({})];
        assert.deepEqual([all, await claims.countDocuments({})], [rowsInAll, 0]);
        extra = attempts - all;
        // On SQLite a run and its execution are one transaction; on MongoDB the execution may be all that was written.
        assert.ok(extra <= (name === 'embedded' ? 0 : kills * mostInFlight), `${extra} executions too many`);
        await store.close();
      } finally {
        context.diagnostic(JSON.stringify({ kills, rows: rowsInAll, repeated: extra }));
        await served.remove();
      }
    });
  });
}
