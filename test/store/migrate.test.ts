import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { CortigraphError } from '../../src/domain/errors.js';
import { checkWriter, migrate, schemaVersionOf, type Migration, type StoreMeta } from '../../src/store/migrate.js';
import type { Store } from '../../src/store/store.js';
import { testStores } from './stores.js';

const clock = (): Date => new Date('2026-01-02T03:04:05.678Z');

/** A migration that leaves a document behind, so that its effect can be seen. */
function leaving(id: string, shutsOutOlderWriters?: boolean): Migration {
  return {
    id,
    description: `leaves ${id}`,
    shutsOutOlderWriters,
    up: async (database) => {
      const traces = database.collection<{ readonly _id: string; readonly n: number }>('traces');
      await traces.updateOne({ _id: id }, { $inc: { n: 1 } }, { upsert: true });
    },
  };
}

const first = leaving('001-first');
const second = leaving('002-second', true);

for (const { name, open } of testStores) {
  describe(`migrations of the ${name} store`, () => {
    const opened: Store[] = [];
    let store: Store;
    beforeEach(async () => {
      store = await open();
      opened.push(store);
    });
    after(() => Promise.all(opened.map((each) => each.close())));

    test('each is applied once, in order, and recorded with its time', async () => {
      assert.deepEqual(await migrate(store.database, [first], clock), ['001-first']);
      assert.deepEqual(await migrate(store.database, [first, second], clock), ['002-second']);
      assert.deepEqual(await migrate(store.database, [first, second], clock), []);
      const traces = await store.database
        .collection('traces')
        .find({}, { sort: { _id: 1 } })
        .toArray();
      assert.deepEqual(traces, [
        { _id: '001-first', n: 1 },
        { _id: '002-second', n: 1 },
      ]);
      assert.deepEqual(await store.database.collection('migrations').findOne({ _id: '001-first' }), {
        _id: '001-first',
        description: 'leaves 001-first',
        appliedAt: '2026-01-02T03:04:05.678Z',
      });
      const meta = await store.database.collection<StoreMeta>('meta').findOne({ _id: 'store' });
      assert.deepEqual(meta, { _id: 'store', schemaVersion: 2, leastWriterVersion: 2 });
    });

    test('two processes at once record each one once between them', async () => {
      const runs = await Promise.all([1, 2, 3].map(() => migrate(store.database, [first, second], clock)));
      assert.deepEqual(runs.flat().sort(), ['001-first', '002-second']);
      assert.equal(await store.database.collection('migrations').countDocuments({}), 2);
      const meta = await store.database.collection<StoreMeta>('meta').findOne({ _id: 'store' });
      assert.deepEqual(meta, { _id: 'store', schemaVersion: 2, leastWriterVersion: 2 });
    });

    test('one that fails is not recorded, and is applied the next time', async () => {
      const fault = new Error('broken');
      const broken: Migration = { ...second, up: () => Promise.reject(fault) };
      await assert.rejects(migrate(store.database, [first, broken], clock), fault);
      assert.deepEqual(await migrate(store.database, [first, second], clock), ['002-second']);
    });

    test('software that is too old for the store is told so, and may not write', async () => {
      await migrate(store.database, [first, second], clock);
      const isRefusal = (error: unknown): boolean =>
        error instanceof CortigraphError &&
        error.code === 'UNAVAILABLE' &&
        error.message.includes('Update Cortigraph') &&
        error.details['leastWriterVersion'] === 2;
      await assert.rejects(migrate(store.database, [first], clock), isRefusal);
      await assert.rejects(checkWriter(store.database, 1), isRefusal);
      await checkWriter(store.database, 2);
    });

    test('older software may write while nothing shuts it out', async () => {
      await migrate(store.database, [first, leaving('002-harmless')], clock);
      assert.deepEqual(await migrate(store.database, [first], clock), []);
    });
  });
}

describe('a list of migrations', () => {
  test('must ascend, under ids of three digits and a name', async () => {
    assert.equal(schemaVersionOf([first, second]), 2);
    assert.equal(schemaVersionOf([]), 0);
    const database = { collection: () => assert.fail('the store must not be asked') };
    for (const list of [[second, first], [first, leaving('001-again')], [leaving('1-short')]]) {
      await assert.rejects(migrate(database, list, clock), Error);
    }
  });
});
