import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { FieldOperators, FindOptions, IndexOptions, StoreCollection, StoreFilter, StoreUpdate } from '../../src/store/seam.js'; // prettier-ignore
import type { Store } from '../../src/store/store.js';
import type { Mixed, Operation } from './random-operations.js';
import { operation, outcomeOf } from './random-operations.js';
import { testStores } from './stores.js';

/*
 * Random operations on both stores, which must answer alike and end alike. The seed is fixed: a failure is a failure of
 * the change at hand. Set CORTIGRAPH_TEST_SEED to look elsewhere, and CORTIGRAPH_TEST_RUNS to look longer.
 */
const seed = Number(process.env['CORTIGRAPH_TEST_SEED'] ?? 20260101);
const numRuns = Number(process.env['CORTIGRAPH_TEST_RUNS'] ?? 60);

type Filters = Extract<keyof StoreFilter<Mixed>, `$${string}`> | keyof FieldOperators<string | number>;
type Parts = Filters | keyof StoreUpdate<Mixed> | keyof FindOptions<Mixed> | keyof IndexOptions | 'upsert';

/**
 * Everything that src/store/seam.ts declares, by its types: what is added there must be thrown here as well. Each must
 * have been met at least so often by an operation that succeeded.
 */
const declaredOperations: Readonly<Record<keyof StoreCollection<Mixed>, number>> = {
  insertOne: 10,
  insertMany: 20,
  findOne: 20,
  find: 50,
  updateOne: 20,
  findOneAndUpdate: 20,
  deleteMany: 10,
  countDocuments: 50,
  aggregate: 20,
  createIndex: 20,
};
const declaredParts: Readonly<Record<Parts, number>> = {
  ...{ $and: 20, $or: 20, $in: 20, $ne: 20, $exists: 20, $regex: 20, $gt: 20, $gte: 20, $lt: 20, $lte: 20 },
  ...{ $set: 20, $setOnInsert: 20, $inc: 20, $unset: 20, upsert: 20 },
  ...{ sort: 20, limit: 20, projection: 20 },
  ...{ unique: 5, name: 5, partialFilterExpression: 2 },
};
/** Of these each must have been met as the code of an error: a taken key, an update that does not fit, an index's name. */
const expectedCodes = [11000, 14, 28, 86];

/** How often everything was met. */
class Tally {
  private readonly counts = new Map<string, number>();

  add(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  addNames(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, part] of Object.entries(value)) {
      if (name in declaredParts && part !== undefined && part !== false) this.add(name);
      this.addNames(part);
    }
  }

  lacking(least: Readonly<Record<string, number>>): readonly string[] {
    return Object.entries(least).flatMap(([name, count]) => {
      const met = this.counts.get(name) ?? 0;
      return met >= count ? [] : [`${name}: ${met} of ${count}`];
    });
  }
}

/** The call of the seam that an operation is. */
const callOf = ({ op }: Operation): string => (op === 'tied' ? 'find' : op === 'upsertOne' ? 'updateOne' : op);

if (testStores.length > 1) {
  describe('the stores answer alike', () => {
    let stores: readonly Store[];
    before(async () => {
      stores = await Promise.all(testStores.map((testStore) => testStore.open()));
    });
    after(() => Promise.all(stores.map((store) => store.close())));

    test('whatever operations come, in whatever order, to the code of every error', async () => {
      const tally = new Tally();
      let run = 0;
      const property = fc.asyncProperty(fc.array(operation, { minLength: 15, maxLength: 40 }), async (steps) => {
        run += 1;
        const collections = stores.map((store) => store.database.collection<Mixed>(`random_${run}`));
        for (const step of steps) {
          const outcomes = await Promise.all(collections.map((collection) => outcomeOf(collection, step)));
          const [expected, ...others] = outcomes as readonly { readonly code?: number }[];
          for (const outcome of others) assert.deepEqual(outcome, expected, JSON.stringify(step));
          if (expected?.code !== undefined) tally.add(`code ${expected.code}`);
          else {
            tally.add(callOf(step));
            if (step.op === 'upsertOne') tally.add('upsert');
            tally.addNames(step);
          }
        }
        const [expected, ...others] = await Promise.all(
          collections.map((collection) => collection.find({}, { sort: { _id: 1 } }).toArray()),
        );
        for (const content of others) assert.deepEqual(content, expected);
      });
      await fc.assert(property, { seed, numRuns, includeErrorInReport: true });
      const codes = Object.fromEntries(expectedCodes.map((code) => [`code ${code}`, 1]));
      assert.deepEqual(tally.lacking({ ...declaredOperations, ...declaredParts, ...codes }), [], 'met too seldom');
    });
  });
}
