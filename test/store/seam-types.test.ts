import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Collection, Db, FindOneAndUpdateOptions, UpdateOptions } from 'mongodb';
import type { GroupCount, StoreCollection, StoreDatabase, StoreFilter, StoreUpdate } from '../../src/store/seam.js';

/** A document with every kind of field that the seam speaks of. */
interface Sample {
  readonly _id: string;
  readonly state: 'QUEUED' | 'DONE';
  readonly count: number;
  readonly flag: boolean;
  readonly at: string | null;
  readonly note?: string;
  readonly nested: { readonly value: number; readonly deep?: { readonly name: string } };
  readonly list: readonly number[];
}

// These assignments are the test: the build fails when the driver and the seam part ways.
export const databaseFits = (database: Db): ReturnType<StoreDatabase['collection']> =>
  database.collection<{ readonly _id: string }>('sample');
export const sampleFits = (database: Db): StoreCollection<Sample> => database.collection<Sample>('sample');
export const collectionFits = (collection: Collection<Sample>): StoreCollection<Sample> => collection;

type Assert<T extends true> = T;
type Fits<A, B> = [A] extends [B] ? true : false;
type Driver = Collection<Sample>;
type Ours = StoreCollection<Sample>;
/** Methods compare their parameters both ways; these compare them in the direction that matters: ours are accepted. */
export type ParametersFit = [
  Assert<Fits<StoreFilter<Sample>, Parameters<Driver['updateOne']>[0]>>,
  Assert<Fits<StoreUpdate<Sample>, Parameters<Driver['updateOne']>[1]>>,
  Assert<Fits<Parameters<Ours['updateOne']>[2], UpdateOptions | undefined>>,
  Assert<Fits<Parameters<Ours['insertOne']>[0], Parameters<Driver['insertOne']>[0]>>,
  Assert<Fits<Parameters<Ours['insertMany']>, Parameters<Driver['insertMany']>>>,
  Assert<Fits<Parameters<Ours['find']>[1], Parameters<Driver['find']>[1]>>,
  Assert<Fits<Parameters<Ours['findOneAndUpdate']>[2], FindOneAndUpdateOptions>>,
  Assert<Fits<Parameters<Ours['deleteMany']>[0], Parameters<Driver['deleteMany']>[0]>>,
  Assert<Fits<Parameters<Ours['countDocuments']>[0], Parameters<Driver['countDocuments']>[0]>>,
  Assert<Fits<Parameters<Ours['aggregate']>[0], Parameters<Driver['aggregate']>[0]>>,
  Assert<Fits<Parameters<Ours['createIndex']>[0], Parameters<Driver['createIndex']>[0]>>,
  Assert<Fits<Parameters<Ours['createIndex']>[1], Parameters<Driver['createIndex']>[1]>>,
];
export const groupCounts = (cursor: ReturnType<Driver['aggregate']>): Promise<GroupCount[]> =>
  cursor.toArray() as Promise<GroupCount[]>;

/** What the seam's own types refuse. */
export const filters: StoreFilter<Sample>[] = [
  { state: 'DONE', 'nested.value': { $gt: 1 }, $or: [{ at: null }, { at: { $lt: 'x' } }] },
  // @ts-expect-error a field that no document has
  { stat: 'DONE' },
  // @ts-expect-error a value that the field never holds
  { state: 'LOST' },
  // @ts-expect-error comparison with an object
  { nested: { value: 1 } },
  // @ts-expect-error an operator outside the seam
  { count: { $not: { $gt: 1 } } },
];
export const updates: StoreUpdate<Sample>[] = [
  { $set: { state: 'DONE', 'nested.value': 2 }, $inc: { count: 1 }, $unset: { note: '' } },
  // @ts-expect-error only numbers count
  { $inc: { state: 1 } },
  // @ts-expect-error an identity does not change
  { $set: { _id: 'other' } },
];

test('the driver fits the seam, as the compiler has found', () => {
  assert.equal(filters.length + updates.length, 8);
});
