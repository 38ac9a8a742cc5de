import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Xoshiro128 } from '../../src/models/xoshiro128.js';
import { collectionsOf } from '../../src/store/collections.js';
import { counts, seed } from './counts.js';
import { createOvernight, moreRows, requireAllStored, requireCompleted, requireWhole, rowsInAll } from './experiment-trial.js'; // prettier-ignore
import { servedStores } from './served-store.js';

/** Rows of a chunk that are computed and not yet written, of the two chunks that are at work at once. */
const mostInFlight = 2 * 128;

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
            if (kill === 0) await createOvernight(server);
            if (kill === kills) {
              await requireCompleted(server);
              break;
            }
            const store = await served.open();
            const collections = collectionsOf(store.database);
            // It has taken the experiment up, and some of it is stored; or all is done.
            await moreRows(collections, await collections.experimentRows.countDocuments({}));
            await store.close();
            await delay(random.next() % 200);
          } finally {
            await server.kill();
          }
          const remains = await served.openRemains();
          await requireWhole(remains).finally(() => remains.close());
        }
        const store = await served.open();
        extra = await requireAllStored(store).finally(() => store.close());
        // On SQLite a run and its execution are one transaction; on MongoDB the execution may be all that was written.
        assert.ok(extra <= (name === 'embedded' ? 0 : kills * mostInFlight), `${extra} executions too many`);
      } finally {
        context.diagnostic(JSON.stringify({ kills, rows: rowsInAll, repeated: extra }));
        await served.remove();
      }
    });
  });
}
