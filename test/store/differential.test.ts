import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { StoreCollection } from '../../src/store/seam.js';
import { isDuplicateKey, StoreRefusalError, StoreWriteError } from '../../src/store/store-errors.js';
import type { Store } from '../../src/store/store.js';
import type { Sample } from './contract/case.js';
import { testStores } from './stores.js';

/*
 * Random operations on both stores, which must answer alike and end alike. The seed is fixed: a failure is a failure of
 * the change at hand. Set CORTIGRAPH_TEST_SEED to look elsewhere.
 */
const seed = Number(process.env['CORTIGRAPH_TEST_SEED'] ?? 20260101);
const numRuns = 40;

const scalar = fc.constantFrom<string | number | boolean | null>(
  0,
  1,
  1.5,
  -2,
  1e21,
  '',
  '0',
  '1',
  'a',
  'ab',
  '\u{1f600}',
  true,
  false,
  null,
);
const id = fc.constantFrom('i1', 'i2', 'i3', 'i4', 'i5');
const path = fc.constantFrom('a', 'b', 'nested.value', 'nested.deep.name');
const document = fc.record(
  {
    _id: id,
    a: scalar,
    b: scalar,
    n: fc.constantFrom(0, 1, 2),
    nested: fc.record({ value: scalar, deep: fc.record({ name: scalar }) }, { requiredKeys: [] }),
  },
  { requiredKeys: ['_id'] },
);
const range = fc.tuple(
  fc.constantFrom('$gt', '$gte', '$lt', '$lte'),
  fc.oneof(fc.constantFrom(0, 1, 1.5), fc.constantFrom('', '1', 'a')),
);
const condition = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }).map(($in) => ({ $in })),
  scalar.map(($ne) => ({ $ne })),
  fc.boolean().map(($exists) => ({ $exists })),
  range.map(([operator, operand]) => ({ [operator]: operand })),
  fc.constantFrom('^', '^a', '^\u{1f600}').map(($regex) => ({ $regex })),
);
const leaf = fc.oneof(
  fc.tuple(path, condition).map(([field, value]) => ({ [field]: value })),
  id.map((_id) => ({ _id })),
);
const filter = fc.oneof(
  leaf,
  fc.array(leaf, { minLength: 2, maxLength: 3 }).map(($or) => ({ $or })),
  fc.array(leaf, { minLength: 1, maxLength: 2 }).map(($and) => ({ $and })),
);
const update = fc
  .record(
    {
      $set: fc.dictionary(fc.constantFrom('a', 'nested.value'), scalar, { minKeys: 1 }),
      $inc: fc.dictionary(fc.constantFrom('n', 'b'), fc.constantFrom(1, -2), { minKeys: 1 }),
      $unset: fc.constant({ 'nested.deep': '' }),
      $setOnInsert: fc.constant({ state: 'new' }),
    },
    { requiredKeys: ['$setOnInsert'] },
  )
  .map((operators) => ({ ...operators }));
const operation = fc.oneof(
  fc.record({ op: fc.constant('insert' as const), documents: fc.array(document, { minLength: 1, maxLength: 3 }) }),
  fc.record({ op: fc.constant('update' as const), filter: id.map((_id) => ({ _id })), update, upsert: fc.boolean() }),
  // Only deletions and counts: which of several documents an update picks is not promised.
  fc.record({ op: fc.constant('delete' as const), filter }),
  fc.record({ op: fc.constant('find' as const), filter, direction: fc.constantFrom<1 | -1>(1, -1), field: path }),
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

async function carryOut(samples: StoreCollection<Sample>, step: Operation): Promise<unknown> {
  switch (step.op) {
    case 'insert':
      return (await samples.insertMany(step.documents as Sample[], { ordered: false })).insertedCount;
    case 'update': {
      const { matchedCount, upsertedCount } = await samples.updateOne(step.filter, step.update, {
        upsert: step.upsert,
      });
      return { matchedCount, upsertedCount };
    }
    case 'delete':
      return (await samples.deleteMany(step.filter)).deletedCount;
    case 'find': {
      const sort: Record<string, 1 | -1> = { [step.field]: step.direction, _id: 1 };
      return samples.find(step.filter, { sort, limit: 4 }).toArray();
    }
  }
}

/** The answer, or that there is an error and whether it is a duplicate. */
async function outcome(samples: StoreCollection<Sample>, step: Operation): Promise<unknown> {
  try {
    return await carryOut(samples, step);
  } catch (error) {
    // A refusal would mean that the operations here are not of the seam.
    if (error instanceof StoreRefusalError) throw error;
    if (!(error instanceof StoreWriteError) && !(error instanceof Error && 'code' in error)) throw error;
    return isDuplicateKey(error) ? 'duplicate' : 'error';
  }
}

if (testStores.length > 1) {
  describe('the stores answer alike', () => {
    let stores: readonly Store[];
    before(async () => {
      stores = await Promise.all(testStores.map((testStore) => testStore.open()));
    });
    after(() => Promise.all(stores.map((store) => store.close())));

    test('whatever operations come, in whatever order', async () => {
      let run = 0;
      const property = fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 25 }), async (steps) => {
        run += 1;
        const collections = stores.map((store) => store.database.collection<Sample>(`random_${run}`));
        for (const step of steps) {
          const [expected, ...others] = await Promise.all(collections.map((samples) => outcome(samples, step)));
          for (const answer of others) assert.deepEqual(answer, expected, JSON.stringify(step));
        }
        const [expected, ...others] = await Promise.all(
          collections.map((samples) => samples.find({}, { sort: { _id: 1 } }).toArray()),
        );
        for (const content of others) assert.deepEqual(content, expected);
      });
      await fc.assert(property, { seed, numRuns });
    });
  });
}
