import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { StoreCollection, StoreDocument } from '../../src/store/seam.js';
import type { Store } from '../../src/store/store.js';
import { testStores } from './stores.js';

interface Entry extends StoreDocument {
  readonly key?: string;
}

for (const { name, open } of testStores) {
  describe(`writes in order, over the ${name} store`, () => {
    let store: Store;
    let entries: StoreCollection<Entry>;
    before(async () => {
      store = await open();
      entries = store.database.collection<Entry>('entries');
      await entries.createIndex({ key: 1 }, { unique: true, name: 'byKey' });
    });
    after(() => store.close());
    const insert =
      (id: string, key = id) =>
      () =>
        entries.insertOne({ _id: id, key });
    const ids = async (prefix: string): Promise<readonly string[]> => {
      const found = await entries.find({ _id: { $gte: prefix, $lt: `${prefix}~` } }, { sort: { _id: 1 } }).toArray();
      return found.map(({ _id }) => _id);
    };

    it('are all made, and seen by those behind them', async () => {
      let changed: Entry | null = null;
      const change = async (): Promise<void> => {
        changed = await entries.findOneAndUpdate({ _id: 'a1' }, { $set: { key: 'new' } }, { returnDocument: 'after' });
      };
      await store.inOrder(insert('a1'), insert('a2'), change, () => entries.deleteMany({ _id: 'a2' }));
      assert.deepEqual(changed, { _id: 'a1', key: 'new' });
      assert.deepEqual(await ids('a'), ['a1']);
    });

    it('are seen by a read among them, and by none but what is before it', async () => {
      const seen: (readonly string[])[] = [];
      const look = async (): Promise<void> => {
        seen.push((await entries.find({ _id: { $in: ['r1', 'r2'] } }, { sort: { _id: 1 } }).toArray()).map(({ _id }) => _id)); // prettier-ignore
      };
      await store.inOrder(look, insert('r1'), look, insert('r2'), look);
      assert.deepEqual(seen, [[], ['r1'], ['r1', 'r2']]);
    });

    it('go on behind an insert that finds its document there, which stays as it is', async () => {
      await entries.insertOne({ _id: 'b1', key: 'first' });
      await store.inOrder(insert('b1', 'second'), insert('b2'));
      assert.equal((await entries.findOne({ _id: 'b1' }))?.key, 'first');
      assert.deepEqual(await ids('b'), ['b1', 'b2']);
    });

    it('end at the first that fails, while others that were asked for at the same time are made', async () => {
      const broken = (): Promise<unknown> => entries.updateOne({ _id: 'c1' }, { $inc: { key: 1 } as never });
      const [, other] = await Promise.all([
        assert.rejects(store.inOrder(insert('c1'), broken, insert('c2'))),
        entries.insertOne({ _id: 'c3', key: 'c3' }),
      ]);
      assert.equal(other.insertedId, 'c3');
      assert.deepEqual(await ids('c'), ['c1', 'c3']);
    });

    it('end at the first that throws, and what is called for next is no part of them', async () => {
      const throws = (): Promise<unknown> => {
        throw new Error('thrown');
      };
      await assert.rejects(store.inOrder(insert('f1'), throws, insert('f2')), /thrown/);
      const broken = entries.updateOne({ _id: 'f1' }, { $inc: { key: 1 } as never });
      await Promise.all([assert.rejects(broken), insert('f3')()]);
      assert.deepEqual(await ids('f'), ['f1', 'f3']);
    });

    it('end at the first that is refused before it is sent', async () => {
      const refused = (): Promise<unknown> => Promise.reject(new Error('refused'));
      await assert.rejects(store.inOrder(insert('d1'), refused, insert('d2')), /refused/);
      assert.deepEqual(await ids('d'), ['d1']);
    });

    it('reject nothing when there are none', () => store.inOrder());
  });
}
