import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openEmbeddedStore, type EmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { StoreCollection } from '../../src/store/seam.js';
import { StoreRefusalError } from '../../src/store/store-errors.js';
import { temporaryFolder } from './stores.js';

/** The seam without its types, as careless code would see it. */
type Untyped = Record<keyof StoreCollection<never>, (...values: readonly unknown[]) => Promise<unknown>>;

const refusedFilters: Readonly<Record<string, unknown>> = {
  'an operator outside the list': { a: { $not: { $gt: 1 } } },
  'an operator of the server': { $where: 'true' },
  $nor: { $nor: [{ a: 1 }] },
  $expr: { $expr: { $gt: ['$a', '$b'] } },
  'an empty $or': { $or: [] },
  'an undefined value': { a: undefined },
  'an undefined operand': { a: { $gt: undefined } },
  'a date': { a: new Date(0) },
  'a regular expression': { a: /^x/ },
  'a pattern with a class': { a: { $regex: '^x.*' } },
  'a pattern without an anchor': { a: { $regex: 'x' } },
  'a pattern with an escape of a class': { a: { $regex: '^\\d' } },
  'regex options': { a: { $regex: '^x', $options: 'i' } },
  'equality with an object': { a: { b: 1 } },
  'equality with an empty object': { a: {} },
  'equality with a list': { a: [1] },
  'a list in $in': { a: { $in: [[1]] } },
  'a range of two types': { a: { $gt: 1, $lt: 'x' } },
  'a range of null': { a: { $gte: null } },
  'a range of booleans': { a: { $gt: false } },
  'a number that is none': { a: Number.NaN },
  'an infinite number': { a: { $lt: Infinity } },
  'a position in a list': { 'a.0': 1 },
  'an empty segment': { 'a..b': 1 },
  'a quote in a path': { 'a"b': 1 },
  'a prototype in a path': { 'a.__proto__': 1 },
  'half a code point': { a: '\ud800' },
  'a big integer': { a: 1n },
};

const refusedUpdates: Readonly<Record<string, unknown>> = {
  'a replacement': { a: 1 },
  'an empty update': {},
  'an array operator': { $push: { a: 1 } },
  $rename: { $rename: { a: 'b' } },
  'a pipeline': [{ $set: { a: 1 } }],
  'a date': { $set: { a: new Date(0) } },
  'a change of _id': { $set: { _id: '2' } },
  'a path changed twice': { $set: { a: 1 }, $inc: { a: 1 } },
  'a path and a part of it': { $set: { a: {}, 'a.b': 1 } },
  'an increment by a text': { $inc: { a: '1' } },
  'a number that is none': { $set: { a: Number.NaN } },
  'a name of an operator inside': { $set: { a: { $b: 1 } } },
};

const refusedDocuments: Readonly<Record<string, unknown>> = {
  'no _id': { a: 1 },
  'an _id that is no string': { _id: 1 },
  'a date': { _id: '1', a: new Date(0) },
  'a map': { _id: '1', a: new Map() },
  'binary data': { _id: '1', a: new Uint8Array(2) },
  'a function': { _id: '1', a: () => 1 },
  'an infinite number': { _id: '1', a: [Infinity] },
  'half a code point': { _id: '1', a: '\udc00x' },
  'a dot in a name': { _id: '1', 'a.b': 1 },
  'a dollar before a name': { _id: '1', nested: { $a: 1 } },
  'an empty name': { _id: '1', '': 1 },
  'more than 16 MiB': { _id: '1', a: 'é'.repeat(8 * 1024 * 1024) },
};

describe('the embedded store refuses what is outside the seam', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let store: EmbeddedStore;
  let samples: Untyped;
  before(async () => {
    folder = await temporaryFolder();
    store = await openEmbeddedStore(folder.path);
    samples = store.database.collection('samples') as unknown as Untyped;
    await samples.insertOne({ _id: 'kept', a: 1 });
  });
  after(async () => {
    await store.close();
    await folder.remove();
  });

  const find = (...values: readonly unknown[]): Promise<unknown> =>
    (samples.find(...values) as unknown as { toArray(): Promise<unknown> }).toArray();
  const aggregate = (...values: readonly unknown[]): Promise<unknown> =>
    (samples.aggregate(...values) as unknown as { toArray(): Promise<unknown> }).toArray();

  for (const [what, filter] of Object.entries(refusedFilters)) {
    test(`in a filter: ${what}`, async () => {
      await assert.rejects(find(filter), StoreRefusalError);
      await assert.rejects(samples.deleteMany(filter), StoreRefusalError);
      await assert.rejects(samples.updateOne(filter, { $set: { a: 2 } }), StoreRefusalError);
    });
  }

  for (const [what, update] of Object.entries(refusedUpdates)) {
    test(`in an update: ${what}`, () => assert.rejects(samples.updateOne({ _id: 'kept' }, update), StoreRefusalError));
  }

  for (const [what, document] of Object.entries(refusedDocuments)) {
    test(`in a document: ${what}`, () => assert.rejects(samples.insertOne(document), StoreRefusalError));
  }

  test('options that the seam does not list', async () => {
    const refused: readonly Promise<unknown>[] = [
      find({}, { skip: 1 }),
      find({}, { limit: 0 }),
      find({}, { limit: 1.5 }),
      find({}, { sort: { a: 'asc' } }),
      find({}, { projection: { a: 0 } }),
      find({}, { projection: { a: 1, 'a.b': 1 } }),
      find({}, { projection: { a: { $slice: 1 } } }),
      find({}, { collation: { locale: 'en' } }),
      samples.findOne({}, { sort: { a: 1 } }),
      samples.insertMany([{ _id: '2' }]),
      samples.insertMany([{ _id: '2' }], { ordered: true }),
      samples.insertMany([], { ordered: false }),
      samples.updateOne({}, { $set: { a: 1 } }, { arrayFilters: [] }),
      samples.findOneAndUpdate({}, { $set: { a: 1 } }, { returnDocument: 'before' }),
      samples.findOneAndUpdate({}, { $set: { a: 1 } }, { returnDocument: 'after', sort: { a: 1 } }),
      samples.createIndex({ a: 'text' }),
      samples.createIndex({ a: 1 }, { expireAfterSeconds: 1 }),
      samples.createIndex({ a: 1 }, { partialFilterExpression: { a: { $ne: 1 } } }),
      aggregate([{ $match: {} }]),
      aggregate([{ $match: {} }, { $group: { _id: '$a', count: { $sum: 2 } } }]),
      aggregate([{ $match: {} }, { $group: { _id: { a: '$a' }, count: { $sum: 1 } } }]),
    ];
    for (const result of await Promise.allSettled(refused)) {
      assert.ok(result.status === 'rejected' && result.reason instanceof StoreRefusalError, JSON.stringify(result));
    }
  });

  test('upserts that MongoDB would read in its own way', async () => {
    const upsert = (filter: unknown): Promise<unknown> =>
      samples.updateOne(filter, { $set: { b: 1 } }, { upsert: true });
    await assert.rejects(upsert({ a: 7 }), StoreRefusalError);
    await assert.rejects(upsert({ _id: { $in: ['x'] } }), StoreRefusalError);
    await assert.rejects(upsert({ _id: 'x', $or: [{ a: 7 }] }), StoreRefusalError);
    await assert.rejects(upsert({ _id: 'x', a: 7, $and: [{ a: 7 }] }), StoreRefusalError);
  });

  test('names of collections that are none, or differ in case only', async () => {
    for (const name of ['', 'a b', 'system.users', 'sqlite_schema', 'x"; DROP TABLE samples; --', '1a']) {
      assert.throws(() => store.database.collection(name), StoreRefusalError, name);
    }
    await assert.rejects(store.database.collection('SAMPLES').findOne({}), StoreRefusalError);
  });

  test('and keeps what it has', async () => assert.deepEqual(await find({}), [{ _id: 'kept', a: 1 }]));
});
