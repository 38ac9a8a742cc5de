import fc from 'fast-check';
import type { FindOptions, StoreCollection, StoreFilter, StoreUpdate } from '../../src/store/seam.js';
import { countsBy } from '../../src/store/seam.js';
import { duplicateIndexes, isDuplicateKey } from '../../src/store/store-errors.js';

/** Documents of random operations. Fields hold what others do not, so that every comparison meets every type. */
export interface Mixed {
  readonly _id: string;
  readonly a?: Scalar;
  /** Differs from `a` in case only. */
  readonly A?: Scalar;
  readonly 'größe 1'?: Scalar;
  /** Whole numbers and nothing else: groups are counted by it. */
  readonly n?: number;
  readonly state?: string | null;
  /** Unique where there is an index. */
  readonly key?: Scalar;
  readonly nested?: unknown;
  readonly list?: readonly unknown[];
}

type Scalar = string | number | boolean | null;

const numbers = [0, -0, 1, 1.5, -2, 0.1, 1 / 3, 5e-324, 1e21, -1e300, 2 ** 31, 2 ** 53, -(2 ** 53) - 2];
const texts = [
  '',
  '0',
  '1',
  'a',
  'A',
  'ab',
  'a\0b',
  'é',
  'e\u0301',
  '\ud7ff',
  '\uffff',
  '\u{1f600}',
  '\u{10ffff}',
  "'",
];
const scalar = fc.constantFrom<Scalar>(...numbers, ...texts, true, false, null);
const few = fc.constantFrom<Scalar>(0, 1, 'a', null);
const id = fc.constantFrom('i1', 'i2', 'i3', 'i4', 'i5', 'i6', 'ü7', '\u{1f600}8');
const state = fc.constantFrom('QUEUED', 'DONE', null);
const n = fc.constantFrom(0, 1, 2);

const nested = fc.oneof(
  { weight: 5, arbitrary: fc.record({ value: scalar, deep: fc.record({ name: scalar }) }, { requiredKeys: [] }) },
  fc.constantFrom<unknown>(null, 7, 'flat', [1, { value: 2 }]),
);
const fields = {
  a: scalar,
  A: few,
  'größe 1': few,
  n,
  state,
  key: few,
  nested,
  list: fc.array(scalar, { maxLength: 2 }),
};
const document = fc.record({ _id: id, ...fields }, { requiredKeys: ['_id'] });

/** Fields that a filter, a sort and an index may name: where a list may be met, the seam promises nothing. */
const path = fc.constantFrom('a', 'A', 'größe 1', 'n', 'state', 'key', '_id');
const operand = fc.oneof(few, scalar);
const bound = fc.oneof(fc.constantFrom(...numbers), fc.constantFrom(...texts));
const sameType = fc.oneof(
  fc.array(fc.constantFrom(...numbers), { minLength: 2, maxLength: 2 }),
  fc.array(fc.constantFrom(...texts), { minLength: 2, maxLength: 2 }),
);
const condition = fc.oneof(
  { weight: 2, arbitrary: operand },
  fc.array(operand, { maxLength: 3 }).map(($in) => ({ $in })),
  operand.map(($ne) => ({ $ne })),
  fc.boolean().map(($exists) => ({ $exists })),
  fc.tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte'), bound).map(([operator, value]) => ({ [operator]: value })),
  sameType.map(([$gte, $lt]) => ({ $gte, $lt })),
  sameType.map(([$gt, $lte]) => ({ $gt, $lte, $ne: 'a' })),
  fc.constantFrom('^', '^a', '^A', '^\u{1f600}', '^e', '^\\.').map(($regex) => ({ $regex })),
);
const leaf = fc.oneof(
  fc.tuple(path, condition).map(([field, value]) => ({ [field]: value })),
  id.map((_id) => ({ _id })),
  fc.tuple(few, n).map(([a, value]) => ({ a, n: value })),
);
const filter = fc
  .oneof(
    fc.constant({}),
    { weight: 4, arbitrary: leaf },
    fc.array(leaf, { minLength: 2, maxLength: 3 }).map(($or) => ({ $or })),
    fc.array(leaf, { minLength: 1, maxLength: 2 }).map(($and) => ({ $and })),
    fc.tuple(leaf, fc.array(leaf, { minLength: 2, maxLength: 2 })).map(([each, $or]) => ({ $and: [each, { $or }] })),
  )
  .map((value) => value as StoreFilter<Mixed>); // fast-check's unions are wider than the seam's types

const notEmpty = <T extends object>(operator: string, changes: T): Readonly<Record<string, T>> =>
  Object.keys(changes).length > 0 ? { [operator]: changes } : {};
/**
 * No update changes the field of the unique index: SecantusDB goes on to find the key taken that the document had
 * before (see mongodb-store.test.ts); the contract of stores has those updates. Which of two faults an update is refused for is not promised: only one of its fields may not fit.
 */
const changes = fc.oneof(
  fc
    .tuple(
      fc.record({ a: scalar, state, 'nested.value': scalar }, { requiredKeys: [] }),
      fc.dictionary(fc.constantFrom('n', 'nested.count'), fc.constantFrom(1, -2), { maxKeys: 2 }),
    )
    .map(([$set, $inc]) => ({ ...notEmpty('$set', $set), ...notEmpty('$inc', $inc) })),
  fc
    .tuple(fc.record({ a: scalar, state }, { requiredKeys: [] }), fc.constantFrom(1, -2, 0.5))
    .map(([$set, A]) => ({ ...notEmpty('$set', $set), $inc: { A } })),
);
const removals = fc.constantFrom({}, { 'nested.deep': '' }, { 'größe 1': '' }, { 'nested.deep.name': '', list: '' });
const update = fc
  .tuple(changes, removals)
  .map(([made, $unset]) => ({ ...made, ...notEmpty('$unset', $unset), $setOnInsert: { made: true } }))
  .map((value) => value as StoreUpdate<Mixed>);
/** Filters that meet one document at most: which of several an update picks is not promised. */
const target = fc.oneof(
  id.map((_id) => ({ _id })),
  fc.tuple(id, n).map(([_id, value]) => ({ _id, n: value })),
  fc.tuple(id, condition).map(([_id, a]) => ({ _id, a })),
);
/** An upsert says what it makes. */
const upsertTarget = fc.oneof(
  id.map((_id) => ({ _id })),
  fc.tuple(id, state).map(([_id, value]) => ({ _id, state: value })),
);

const indexes = [
  [{ key: 1 }, { unique: true }],
  [{ key: 1, n: -1 }, { unique: true, name: 'keyed', partialFilterExpression: { _id: { $gte: 'i4' }, key: { $exists: true } } }], // prettier-ignore
  [{ a: 1, n: -1 }, {}],
  [{ a: 1 }, { name: 'keyed' }],
  // Those of lists, of which the embedded store keeps counts.
  [{ n: 1, _id: 1 }, { name: 'list' }],
  [{ state: 1, n: -1, _id: 1 }, {}],
  [{ a: 1, A: 1, n: 1, _id: -1 }, {}],
  [{ key: 1, 'größe 1': 1, n: 1, _id: 1 }, { name: 'sized' }],
] as const;

const sorts = fc.oneof(
  fc.tuple(path, fc.constantFrom<1 | -1>(1, -1)).map(([field, way]) => ({ [field]: way, _id: 1 as const })),
  fc.constantFrom<Record<string, 1 | -1>>({ a: 1, n: -1, _id: -1 }, { n: -1, A: 1, _id: 1 }, { _id: -1 }),
);
const projections = fc.constantFrom<NonNullable<FindOptions<Mixed>['projection']>>(
  { a: 1 },
  { 'nested.value': 1, n: 1 },
  { _id: 0, state: 1, 'nested.deep.name': 1 },
  { 'größe 1': 1, list: 1, _id: 1 },
);

/** One operation of the seam. */
export const operation = fc.oneof(
  { weight: 2, arbitrary: fc.record({ op: fc.constant('insertOne' as const), document }) },
  {
    weight: 4,
    arbitrary: fc.record({ op: fc.constant('insertMany' as const), documents: fc.array(document, { minLength: 1, maxLength: 4 }) }), // prettier-ignore
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('findOne' as const), filter }) },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant('find' as const),
      filter,
      sort: fc.option(sorts, { nil: undefined }),
      limit: fc.option(fc.constantFrom(1, 2, 4), { nil: undefined }),
      projection: fc.option(projections, { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('tied' as const), filter, field: path }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('updateOne' as const), filter: target, update }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('upsertOne' as const), filter: upsertTarget, update }) },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('findOneAndUpdate' as const),
      filter: upsertTarget,
      update,
      upsert: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('deleteMany' as const), filter: fc.oneof(leaf, target) }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('countDocuments' as const), filter }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('aggregate' as const), filter, field: fc.constantFrom<'n' | 'state'>('n', 'state') }) }, // prettier-ignore
  { weight: 5, arbitrary: fc.record({ op: fc.constant('createIndex' as const), index: fc.constantFrom(...indexes) }) },
);

/** An operation that {@link operation} gave. */
export type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** Carries an operation out; what it gives can be compared between stores. */
export async function carryOut(collection: StoreCollection<Mixed>, step: Operation): Promise<unknown> {
  switch (step.op) {
    case 'insertOne':
      return (await collection.insertOne(step.document)).insertedId;
    case 'insertMany':
      return (await collection.insertMany(step.documents, { ordered: false })).insertedCount;
    case 'findOne': {
      // Any one that matches, so that it is one of them is all that can be said.
      const found = await collection.findOne(step.filter);
      const all = await collection.find(step.filter).toArray();
      return found === null ? all.length === 0 : all.some(({ _id }) => _id === found._id);
    }
    case 'find': {
      // Without an order, or with fewer than all, only how many there are.
      const { sort, limit, projection } = step;
      const found = await collection.find<Partial<Mixed>>(step.filter, { ...(sort && { sort }), ...(limit && { limit }), ...(projection && { projection }) }).toArray(); // prettier-ignore
      return sort === undefined ? found.length : found;
    }
    case 'tied': {
      const { field, filter } = step;
      const sort: Record<string, 1 | -1> = { [field]: 1 };
      const found = await collection.find(filter, { sort }).toArray();
      const values = found.map((each) => (each as unknown as Record<string, unknown>)[field] ?? null);
      // -0 and 0 are tied as well.
      return { values: values.map((value) => (value === 0 ? 0 : value)), ids: found.map(({ _id }) => _id).sort() };
    }
    case 'updateOne':
    case 'upsertOne': {
      const upsert = step.op === 'upsertOne';
      const filter = step.filter as StoreFilter<Mixed>;
      const { matchedCount, upsertedCount } = await collection.updateOne(filter, step.update, { upsert });
      return { matchedCount, upsertedCount };
    }
    case 'findOneAndUpdate':
      return collection.findOneAndUpdate(step.filter, step.update, { returnDocument: 'after', upsert: step.upsert });
    case 'deleteMany':
      return (await collection.deleteMany(step.filter)).deletedCount;
    case 'countDocuments':
      return collection.countDocuments(step.filter);
    case 'aggregate': {
      const rows = await collection.aggregate(countsBy<Mixed>(step.field, step.filter)).toArray();
      return rows.map(({ _id, count }) => `${JSON.stringify(_id)}: ${count}`).sort();
    }
    case 'createIndex': {
      const [keys, options] = step.index;
      return collection.createIndex({ ...keys }, { ...options });
    }
  }
}

/** What came of an operation: its result, or the code of its error and which documents were left out. */
export async function outcomeOf(collection: StoreCollection<Mixed>, step: Operation): Promise<unknown> {
  try {
    return { result: await carryOut(collection, step) };
  } catch (error) {
    const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
    // A code that is no number says that the operation is outside the seam, or that a store broke down.
    if (typeof code !== 'number') throw error;
    const isPartial = step.op === 'insertMany' && isDuplicateKey(error);
    return { code, ...(isPartial ? { leftOut: duplicateIndexes(error) } : {}) };
  }
}
