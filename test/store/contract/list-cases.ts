import assert from 'node:assert/strict';
import { countsBy, type StoreCollection, type StoreFilter } from '../../../src/store/seam.js';
import { fill, type ContractCase, type Sample } from './case.js';

/** Every page of a keyset list, newest first, two documents a page. */
async function readPages(samples: StoreCollection<Sample>, betweenPages: () => Promise<void>): Promise<string[][]> {
  const pages: string[][] = [];
  let filter: StoreFilter<Sample> = {};
  for (;;) {
    const page = await samples.find(filter, { sort: { at: -1, _id: -1 }, limit: 2 }).toArray();
    const last = page.at(-1);
    if (last?.at === undefined) return pages;
    pages.push(page.map(({ _id }) => _id));
    filter = { at: { $lte: last.at }, $or: [{ at: { $lt: last.at } }, { at: last.at, _id: { $lt: last._id } }] };
    await betweenPages();
  }
}

/** The order, extent and shape of what is given back. */
export const listCases: readonly ContractCase[] = [
  {
    name: 'a sort puts null and missing first, then numbers, strings and booleans',
    run: async (samples) => {
      await fill(samples, [
        { _id: 'f', a: true },
        { _id: 'd', a: '1' },
        { _id: 'a' },
        { _id: 'c', a: 2 },
        { _id: 'e', a: false },
        { _id: 'b', a: null },
        { _id: 'c2', a: 10 },
      ]);
      const order = async (direction: 1 | -1): Promise<string[]> =>
        (await samples.find({}, { sort: { a: direction, _id: direction } }).toArray()).map(({ _id }) => _id);
      assert.deepEqual(await order(1), ['a', 'b', 'c', 'c2', 'd', 'e', 'f']);
      assert.deepEqual(await order(-1), ['f', 'e', 'd', 'c2', 'c', 'b', 'a']);
      await samples.createIndex({ a: 1, _id: 1 });
      assert.deepEqual(await order(1), ['a', 'b', 'c', 'c2', 'd', 'e', 'f']);
      assert.deepEqual(await order(-1), ['f', 'e', 'd', 'c2', 'c', 'b', 'a']);
    },
  },
  {
    name: 'a compound sort goes by its keys in turn, each its own way, and a limit cuts it',
    run: async (samples) => {
      const documents = ['x', 'y'].flatMap((state) =>
        [1, 2, 3].map((n) => ({ _id: `${state}${n}`, state, nested: { value: n } })),
      );
      await fill(samples, documents);
      const found = await samples.find({}, { sort: { state: -1, 'nested.value': 1 }, limit: 4 }).toArray();
      assert.deepEqual(
        found.map(({ _id }) => _id),
        ['y1', 'y2', 'y3', 'x1'],
      );
    },
  },
  {
    name: 'keyset pages neither repeat nor skip, also while documents are inserted',
    run: async (samples) => {
      await samples.createIndex({ at: -1, _id: -1 });
      await fill(
        samples,
        ['a', 'b', 'c', 'd', 'e'].map((_id) => ({ _id, at: _id < 'c' ? '2020' : '2021' })),
      );
      let inserted = 0;
      const pages = await readPages(samples, async () => {
        inserted += 1;
        await samples.insertOne({ _id: `new ${inserted}`, at: '2022' });
      });
      assert.deepEqual(pages, [['e', 'd'], ['c', 'b'], ['a']]);
    },
  },
  {
    name: 'a projection keeps the named fields, and _id unless told otherwise',
    run: async (samples) => {
      const document = {
        _id: '1',
        a: 1,
        b: null,
        nested: { value: 2, deep: { name: 'x' } },
        bulk: [{ p: 1, q: 2 }, 3],
      };
      await samples.insertOne(document);
      const project = async (projection: Record<string, 0 | 1>): Promise<object | undefined> =>
        (await samples.find<object>({}, { projection: projection as Record<string, 1> }).toArray())[0];
      assert.deepEqual(await project({ a: 1, b: 1, state: 1 }), { _id: '1', a: 1, b: null });
      assert.deepEqual(await project({ 'nested.deep.name': 1 }), { _id: '1', nested: { deep: { name: 'x' } } });
      assert.deepEqual(await project({ 'nested.none': 1, 'a.none': 1 }), { _id: '1', nested: {} });
      assert.deepEqual(await project({ nested: 1, _id: 0 }), { nested: document.nested });
      assert.deepEqual(await project({ _id: 1 }), { _id: '1' });
      assert.deepEqual(await project({ 'bulk.q': 1, _id: 0 }), { bulk: [{ q: 2 }] });
    },
  },
  {
    name: 'a group count counts those that match by the values of a field, missing as null',
    run: async (samples) => {
      await fill(samples, [
        { _id: '1', a: 'x', n: 1 },
        { _id: '2', a: 'x', n: 1 },
        { _id: '3', a: 'y', n: 1 },
        { _id: '4', a: null, n: 1 },
        { _id: '5', n: 1 },
        { _id: '6', a: true, n: 1 },
        { _id: '7', a: 'x', n: 2 },
        { _id: '8', a: 7, n: 1, nested: { value: 'deep' } },
      ]);
      const rows = await samples.aggregate(countsBy<Sample>('a', { n: 1 })).toArray();
      assert.deepEqual(
        new Map(rows.map(({ _id, count }) => [_id, count])),
        new Map<unknown, number>([
          ['x', 2],
          ['y', 1],
          [null, 2],
          [true, 1],
          [7, 1],
        ]),
      );
      const nested = await samples.aggregate(countsBy<Sample>('nested.value', {})).toArray();
      assert.deepEqual(
        new Map(nested.map(({ _id, count }) => [_id, count])),
        new Map([
          [null, 7],
          ['deep', 1],
        ]),
      );
      assert.deepEqual(await samples.aggregate(countsBy<Sample>('a', { n: 3 })).toArray(), []);
    },
  },
  {
    name: 'nothing is found in a collection that nobody has used',
    run: async (samples) => {
      assert.equal(await samples.findOne({ _id: 'x' }), null);
      assert.deepEqual(await samples.find({}).toArray(), []);
      assert.equal(await samples.countDocuments({}), 0);
      assert.deepEqual(await samples.deleteMany({}).then(({ deletedCount }) => deletedCount), 0);
      assert.deepEqual(await samples.aggregate(countsBy<Sample>('a', {})).toArray(), []);
    },
  },
];
