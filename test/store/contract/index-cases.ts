import assert from 'node:assert/strict';
import { isDuplicateKey } from '../../../src/store/store-errors.js';
import { fill, idsOf, type ContractCase } from './case.js';

/** What indexes allow. */
export const indexCases: readonly ContractCase[] = [
  {
    name: 'a unique index takes missing for null, and tells types apart',
    run: async (samples) => {
      await samples.createIndex({ a: 1 }, { unique: true });
      const values = [1, '1', true, false, 0, '', null] as const;
      await fill(
        samples,
        values.map((a, index) => ({ _id: `${index}`, a })),
      );
      for (const a of values) await assert.rejects(samples.insertOne({ _id: 'again', a }), isDuplicateKey, String(a));
      await assert.rejects(samples.insertOne({ _id: 'again' }), isDuplicateKey);
      await assert.rejects(samples.insertOne({ _id: 'again', a: -0 }), isDuplicateKey);
    },
  },
  {
    name: 'a compound unique index is about all its fields together',
    run: async (samples) => {
      await samples.createIndex({ a: 1, 'nested.value': -1 }, { unique: true });
      await fill(samples, [
        { _id: '1', a: 1, nested: { value: 1 } },
        { _id: '2', a: 1, nested: { value: 2 } },
        { _id: '3', a: 1 },
        { _id: '4' },
      ]);
      await assert.rejects(samples.insertOne({ _id: '5', a: 1, nested: { value: 2 } }), isDuplicateKey);
      await assert.rejects(samples.insertOne({ _id: '5', a: 1, nested: { value: null } }), isDuplicateKey);
      await assert.rejects(samples.insertOne({ _id: '5', b: 1 }), isDuplicateKey);
    },
  },
  {
    name: 'a partial unique index is about those that match its filter',
    run: async (samples) => {
      const partialFilterExpression = { state: "RUNN'ING", n: { $gt: 0.5 }, b: { $exists: true } } as const;
      await samples.createIndex({ a: 1 }, { unique: true, partialFilterExpression });
      const running = { a: 1, state: "RUNN'ING", n: 1, b: null };
      await fill(samples, [
        { _id: '1', ...running },
        { _id: '2', ...running, state: 'DONE' },
        { _id: '3', ...running, n: 0.5 },
        { _id: '4', a: 1, state: "RUNN'ING", n: 1 },
        { _id: '5', ...running, a: 2 },
      ]);
      await assert.rejects(samples.insertOne({ _id: '6', ...running }), isDuplicateKey);
      await assert.rejects(samples.updateOne({ _id: '2' }, { $set: { state: "RUNN'ING" } }), isDuplicateKey);
      assert.deepEqual(await idsOf(samples, { a: 1, state: "RUNN'ING" }), ['1', '3', '4']);
    },
  },
  {
    name: 'an update out of a partial unique index frees the key',
    run: async (samples) => {
      await samples.createIndex({ a: 1 }, { unique: true, partialFilterExpression: { state: 'RUNNING' } });
      await samples.insertOne({ _id: '1', a: 1, state: 'RUNNING' });
      await samples.updateOne({ _id: '1' }, { $set: { state: 'DONE' } });
      await samples.insertOne({ _id: '2', a: 1, state: 'RUNNING' });
    },
  },
  {
    name: 'an update into a taken key is a duplicate, and changes nothing',
    run: async (samples) => {
      await samples.createIndex({ a: 1 }, { unique: true });
      await fill(samples, [
        { _id: '1', a: 1 },
        { _id: '2', a: 2 },
      ]);
      await assert.rejects(samples.updateOne({ _id: '2' }, { $set: { a: 1, b: 1 } }), isDuplicateKey);
      assert.deepEqual(await samples.findOne({ _id: '2' }), { _id: '2', a: 2 });
    },
  },
  {
    name: 'an update of a unique key frees the one before, a missing one too',
    run: async (samples) => {
      await samples.createIndex({ a: 1 }, { unique: true });
      await fill(samples, [{ _id: '1', a: 'old' }, { _id: '2' }]);
      await samples.updateOne({ _id: '1' }, { $set: { a: 'new' } });
      await samples.updateOne({ _id: '2' }, { $set: { a: 1 } });
      await fill(samples, [{ _id: '3', a: 'old' }, { _id: '4' }]);
      await assert.rejects(samples.insertOne({ _id: '5', a: 'new' }), isDuplicateKey);
      assert.deepEqual(await idsOf(samples, { a: { $in: ['old', null] } }), ['3', '4']);
    },
  },
  {
    name: 'an index is made once, under the name that its keys give',
    run: async (samples) => {
      assert.equal(await samples.createIndex({ a: 1, 'nested.value': -1 }), 'a_1_nested.value_-1');
      assert.equal(await samples.createIndex({ a: 1, 'nested.value': -1 }), 'a_1_nested.value_-1');
      assert.equal(await samples.createIndex({ b: 1 }, { name: 'mine', unique: true }), 'mine');
      await assert.rejects(samples.createIndex({ b: -1 }, { name: 'mine', unique: true }));
      await assert.rejects(samples.createIndex({ b: 1 }, { name: 'mine' }));
    },
  },
  {
    name: 'a unique index over duplicates is refused',
    run: async (samples) => {
      await fill(samples, [
        { _id: '1', a: 1 },
        { _id: '2', a: 1 },
      ]);
      await assert.rejects(samples.createIndex({ a: 1 }, { unique: true }), isDuplicateKey);
      await samples.insertOne({ _id: '3', a: 1 });
    },
  },
  {
    name: 'many processes may make the same indexes at once',
    run: async (samples) => {
      const names = await Promise.all(Array.from({ length: 6 }, () => samples.createIndex({ a: 1 }, { unique: true })));
      assert.deepEqual(new Set(names), new Set(['a_1']));
    },
  },
];
