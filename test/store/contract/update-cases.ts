import assert from 'node:assert/strict';
import type { StoreUpdate } from '../../../src/store/seam.js';
import { isDuplicateKey } from '../../../src/store/store-errors.js';
import { fill, type ContractCase, type Sample } from './case.js';

const after = { returnDocument: 'after' } as const;
const contenders = 12;

/** Changes of one document. */
export const updateCases: readonly ContractCase[] = [
  {
    name: '$set, $inc and $unset change what they name, missing parents included, and nothing else',
    run: async (samples) => {
      await samples.insertOne({ _id: '1', a: 1, b: 2, nested: { value: 3 } });
      const update: StoreUpdate<Sample> = {
        $set: { a: 'x', 'nested.deep.name': 'y', bulk: [1] },
        $inc: { n: 2, 'nested.value': 0.5 },
        $unset: { b: '', state: '', 'nested.none.none': '' },
        $setOnInsert: { version: 9 },
      };
      const result = await samples.updateOne({ _id: '1' }, update);
      assert.deepEqual([result.matchedCount, result.upsertedCount], [1, 0]);
      const expected = { _id: '1', a: 'x', n: 2, bulk: [1], nested: { value: 3.5, deep: { name: 'y' } } };
      assert.deepEqual(await samples.findOne({ _id: '1' }), expected);
    },
  },
  {
    name: 'an update changes one of those that match, and none where none does',
    run: async (samples) => {
      await fill(samples, [
        { _id: '1', a: 1 },
        { _id: '2', a: 1 },
      ]);
      assert.equal((await samples.updateOne({ a: 1 }, { $set: { a: 2 } })).matchedCount, 1);
      assert.equal(await samples.countDocuments({ a: 2 }), 1);
      assert.equal((await samples.updateOne({ a: 3 }, { $set: { a: 4 } })).matchedCount, 0);
      assert.equal((await samples.updateOne({ a: 2 }, { $set: { a: 2 } })).matchedCount, 1);
    },
  },
  {
    name: 'findOneAndUpdate gives the document as it is afterwards, or null',
    run: async (samples) => {
      await samples.insertOne({ _id: '1', n: 1 });
      assert.deepEqual(await samples.findOneAndUpdate({ _id: '1' }, { $inc: { n: 1 } }, after), { _id: '1', n: 2 });
      assert.equal(await samples.findOneAndUpdate({ _id: '2' }, { $inc: { n: 1 } }, after), null);
      const made = await samples.findOneAndUpdate({ _id: '2' }, { $inc: { n: 1 } }, { ...after, upsert: true });
      assert.deepEqual(made, { _id: '2', n: 1 });
    },
  },
  {
    name: 'an update that the document does not allow is refused, and the document stays',
    run: async (samples) => {
      const document = { _id: '1', a: 'text', b: null, n: 1, nested: { value: null } };
      await samples.insertOne(document);
      const refused: readonly object[] = [
        { $inc: { a: 1 } },
        { $inc: { b: 1 } },
        { $set: { 'a.b': 1 } },
        { $set: { 'nested.value.x': 1 } },
        { $set: { n: 2 }, $inc: { n: 1 } },
        { $set: { nested: {}, 'nested.value': 1 } },
        { $set: { _id: '2' } },
      ];
      for (const update of refused) {
        await assert.rejects(samples.updateOne({ _id: '1' }, update), JSON.stringify(update));
      }
      assert.deepEqual(await samples.find({}).toArray(), [document]);
    },
  },
  {
    name: 'names that every object inherits are fields like others',
    run: async (samples) => {
      await samples.insertOne({ _id: '1' });
      const update = { $inc: { valueOf: 1 }, $set: { 'constructor.name': 'x' } } as unknown as StoreUpdate<Sample>;
      await samples.updateOne({ _id: '1' }, update);
      const found = await samples.findOne({ _id: '1' });
      assert.deepEqual(Object.entries(found ?? {}).sort(), [
        ['_id', '1'],
        ['constructor', { name: 'x' }],
        ['valueOf', 1],
      ]);
    },
  },
  {
    name: 'an upsert inserts the equalities of its filter and the update, once',
    run: async (samples) => {
      const upsert = (n: number) =>
        samples.updateOne(
          { _id: '1', 'nested.value': 'x', $and: [{ a: null }], b: { $ne: 7 } },
          { $set: { n }, $setOnInsert: { state: 'NEW' }, $inc: { version: 1 } },
          { upsert: true },
        );
      const first = await upsert(1);
      assert.deepEqual([first.matchedCount, first.upsertedCount], [0, 1]);
      const second = await upsert(2);
      assert.deepEqual([second.matchedCount, second.upsertedCount], [1, 0]);
      const expected = { _id: '1', a: null, n: 2, state: 'NEW', version: 2, nested: { value: 'x' } };
      assert.deepEqual(await samples.find({}).toArray(), [expected]);
    },
  },
  {
    name: 'an upsert by another unique key takes its _id from $setOnInsert',
    run: async (samples) => {
      await samples.createIndex({ state: 1 }, { unique: true });
      const upsert = (_id: string, n: number) =>
        samples.updateOne({ state: 'x' }, { $set: { n }, $setOnInsert: { _id } }, { upsert: true });
      await upsert('1', 1);
      await upsert('2', 2);
      assert.deepEqual(await samples.find({}).toArray(), [{ _id: '1', state: 'x', n: 2 }]);
    },
  },
  {
    name: 'a conditional upsert whose condition fails is a duplicate, and changes nothing',
    run: async (samples) => {
      await samples.insertOne({ _id: 'claim', version: 3, state: 'held' });
      const claim = samples.updateOne(
        { _id: 'claim', version: { $lt: 3 } },
        { $set: { state: 'mine' } },
        { upsert: true },
      );
      await assert.rejects(claim, isDuplicateKey);
      assert.deepEqual(await samples.find({}).toArray(), [{ _id: 'claim', version: 3, state: 'held' }]);
    },
  },
  {
    name: 'of many upserts of one key at once, one inserts and the others update',
    run: async (samples) => {
      const upserts = Array.from({ length: contenders }, () =>
        samples.updateOne({ _id: '1' }, { $inc: { n: 1 } }, { upsert: true }),
      );
      const results = await Promise.all(upserts);
      assert.equal(
        results.reduce((sum, { upsertedCount }) => sum + upsertedCount, 0),
        1,
      );
      assert.deepEqual(await samples.find({}).toArray(), [{ _id: '1', n: contenders }]);
    },
  },
  {
    name: 'a compare-and-set has one winner among many contenders',
    run: async (samples) => {
      await samples.insertOne({ _id: '1', version: 0 });
      for (let version = 0; version < 3; version += 1) {
        const attempts = Array.from({ length: contenders }, (_, n) =>
          samples.findOneAndUpdate({ _id: '1', version }, { $set: { version: version + 1, n } }, after),
        );
        const winners = (await Promise.all(attempts)).filter((document) => document !== null);
        assert.equal(winners.length, 1);
        assert.deepEqual(await samples.find({}).toArray(), winners);
      }
    },
  },
];
