import assert from 'node:assert/strict';
import { duplicateIndexes, isDuplicateKey } from '../../../src/store/store-errors.js';
import { fill, idsOf, type ContractCase } from './case.js';

/** What is stored is what was given, once. */
export const insertCases: readonly ContractCase[] = [
  {
    name: 'JSON comes back as it went in: unicode, large and small numbers, −0, odd names, empty things',
    run: async (samples) => {
      const bulk = {
        text: 'ß 漢字 \u{1f9e0} \u0000 "quoted" \\ \n \u2028 \ufeff',
        numbers: [0, -0, 1e21, 2 ** 53, 2 ** 53 + 2, -(2 ** 62), 2 ** 31, 5e-324, 1.7976931348623157e308, 0.1 + 0.2],
        empty: [{}, [], '', [[]]],
        truth: [true, false, null],
        constructor: 1,
        'a name': { ünïcode: 1, "it's": 2 },
      };
      await samples.insertOne({ _id: 'ünï"code\'', bulk });
      const found = await samples.findOne({ _id: 'ünï"code\'' });
      assert.deepEqual(found, { _id: 'ünï"code\'', bulk });
    },
  },
  {
    name: 'an undefined field is not stored',
    run: async (samples) => {
      await samples.insertOne({ _id: '1', a: undefined, nested: { value: undefined } });
      assert.deepEqual(await samples.findOne({ _id: '1' }), { _id: '1', nested: {} });
      assert.deepEqual(await idsOf(samples, { a: { $exists: false } }), ['1']);
      await samples.updateOne({ _id: '1' }, { $set: { a: undefined, b: 1 } });
      assert.deepEqual(await samples.findOne({ _id: '1' }), { _id: '1', b: 1, nested: {} });
    },
  },
  {
    name: 'a second document of an _id is a duplicate, and the first stays',
    run: async (samples) => {
      assert.equal((await samples.insertOne({ _id: '1', a: 1 })).insertedId, '1');
      await assert.rejects(samples.insertOne({ _id: '1', a: 2 }), isDuplicateKey);
      assert.deepEqual(await samples.find({}).toArray(), [{ _id: '1', a: 1 }]);
    },
  },
  {
    name: 'insertMany inserts all but the duplicates, and says which those are',
    run: async (samples) => {
      await samples.createIndex({ a: 1 }, { unique: true });
      await fill(samples, [{ _id: '1', a: 1 }]);
      const documents = [
        { _id: '2', a: 2 },
        { _id: '1', a: 3 },
        { _id: '4', a: 1 },
        { _id: '5', a: 5 },
        { _id: '5', a: 6 },
      ];
      const error: unknown = await samples.insertMany(documents, { ordered: false }).catch((reason: unknown) => reason);
      assert.ok(isDuplicateKey(error));
      assert.deepEqual(duplicateIndexes(error), [1, 2, 4]);
      assert.deepEqual(await idsOf(samples, {}), ['1', '2', '5']);
      const { insertedCount } = await samples.insertMany(
        [
          { _id: '7', a: 7 },
          { _id: '8', a: 8 },
        ],
        { ordered: false },
      );
      assert.equal(insertedCount, 2);
    },
  },
  {
    name: 'of many inserts of one _id at once, one succeeds',
    run: async (samples) => {
      const results = await Promise.allSettled(
        Array.from({ length: 12 }, (_, n) => samples.insertOne({ _id: '1', n })),
      );
      assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
      assert.ok(results.every((result) => result.status === 'fulfilled' || isDuplicateKey(result.reason)));
    },
  },
  {
    name: 'deleteMany deletes those that match',
    run: async (samples) => {
      await fill(
        samples,
        [1, 2, 3, 4].map((n) => ({ _id: `${n}`, n })),
      );
      assert.equal((await samples.deleteMany({ n: { $gt: 2 } })).deletedCount, 2);
      assert.equal((await samples.deleteMany({ n: { $gt: 2 } })).deletedCount, 0);
      assert.deepEqual(await idsOf(samples, {}), ['1', '2']);
    },
  },
];
