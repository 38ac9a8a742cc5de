/**
 * The one way to data: a subset of the official MongoDB driver's own `Db` and `Collection`, so that MongoDB needs no
 * adapter and the embedded store has a finite list to keep. test/store/seam-types.test.ts fails the build when the
 * driver drifts away from it; test/store/store-contract.ts says what every store does with it.
 *
 * Documents are JSON with a string `_id`: strings of whole code points, finite numbers, booleans, null, arrays and
 * objects. Times are ISO strings. An `undefined` field is not stored. Field names are not empty, hold no dot and no
 * NUL, and do not begin with `$`.
 *
 * Semantics are MongoDB's. Those that surprise:
 * - an equality with null, `$in` with null and a unique index take a missing field for null; `$ne` matches it as well;
 * - a comparison never crosses types: `$gt: 5` matches no string, 1 is not true;
 * - strings compare byte by byte in UTF-8; a sort puts null and missing first, then numbers, strings, booleans;
 * - a sort is total only when it ends with a unique field: end keyset pages with `_id`, and put a plain bound
 *   (`at: { $lte: x }`) beside their `$or`, so that an index serves it;
 * - an upsert may lose a race and reject with the code 11000 (see {@link StoreCollection.updateOne}).
 *
 * Deliberately outside: transactions (one conditional write of one document is what is atomic), change streams,
 * sessions, collation, dates, binary data and every BSON type that JSON lacks, comparison with arrays or objects,
 * filters, sorts and updates that reach into arrays, array operators, `$not`, `$nor`, `$expr`, `$where`, regular
 * expressions other than an anchored prefix, text, hashed, TTL and multikey indexes, skip, exclusions but `_id: 0`,
 * replacement, bulk writes, updateMany, findOneAndDelete, and every pipeline but one group count. The embedded store
 * refuses what it is given of these; MongoDB does not, so the contract suite runs over both.
 */

/** What a filter can compare with. */
export type StoreScalar = string | number | boolean | null;

/** What every document has. */
export interface StoreDocument {
  readonly _id: string;
}

/** A path into nested objects, such as `'provenance.agent'`. */
type DottedPath = `${string}.${string}`;

interface RangeOperators<V> {
  $gt?: V;
  $gte?: V;
  $lt?: V;
  $lte?: V;
}

interface ScalarOperators<V> {
  $in?: readonly V[];
  $ne?: V;
  $exists?: boolean;
}

/** The operators that one field can be given; all of them must hold. Ranges take numbers, or strings, never both. */
export type FieldOperators<V> = ScalarOperators<Extract<V, StoreScalar>> &
  RangeOperators<Extract<V, string | number>> &
  ([Extract<V, string>] extends [never] ? unknown : { $regex?: string });

/** An equality, or operators. A field that holds objects or arrays can only be asked whether it is there. */
export type FieldFilter<V> = [Extract<V, StoreScalar>] extends [never]
  ? { $exists?: boolean }
  : Extract<V, StoreScalar> | FieldOperators<V>;

/** What a document must meet; the parts are joined by and. */
export type StoreFilter<T> = { readonly [K in keyof T]?: FieldFilter<T[K]> } & {
  readonly [path: DottedPath]: FieldFilter<StoreScalar>;
} & { $and?: StoreFilter<T>[]; $or?: StoreFilter<T>[] };

type NumericKeys<T> = { [K in keyof T]-?: NonNullable<T[K]> extends number ? K : never }[keyof T];

/** Changes of one document. No path may be changed twice; `_id` is only set by `$setOnInsert`. */
export interface StoreUpdate<T> {
  $set?: Partial<Omit<T, '_id'>> & Readonly<Record<DottedPath, unknown>>;
  $setOnInsert?: Partial<T> & Readonly<Record<DottedPath, unknown>>;
  /** Numbers only: a field that holds anything else rejects the update. A missing field counts as 0. */
  $inc?: { readonly [K in Exclude<NumericKeys<T>, '_id'>]?: number } & Readonly<Record<DottedPath, number>>;
  $unset?: { readonly [K in Exclude<keyof T, '_id'>]?: '' } & Readonly<Record<DottedPath, ''>>;
}

/** The order of a list, first key first. */
export type StoreSort<T> = { readonly [K in keyof T]?: 1 | -1 } & Readonly<Record<DottedPath, 1 | -1>>;

/** The fields to return. `_id` comes along unless it is 0. */
export type StoreProjection<T> = { readonly [K in Exclude<keyof T, '_id'>]?: 1 } & {
  readonly _id?: 0 | 1;
} & Readonly<Record<DottedPath, 1>>;

/** How {@link StoreCollection.find} answers; a limit is at least 1. */
export interface FindOptions<T> {
  sort?: StoreSort<T>;
  limit?: number;
  projection?: StoreProjection<T>;
}

/** The one pipeline of the seam; build it with {@link countsBy}. */
export type GroupCountPipeline<T> = [{ $match: StoreFilter<T> }, { $group: { _id: `$${string}`; count: { $sum: 1 } } }];

/** One row of a group count. A missing field counts as null. */
export interface GroupCount {
  readonly _id: StoreScalar;
  readonly count: number;
}

/** What a write found: `matchedCount` says whether a compare-and-set won, `upsertedCount` whether it inserted. */
export interface UpdateOneResult {
  readonly matchedCount: number;
  readonly upsertedCount: number;
}

/** An index. `unique` takes missing for null: add a `partialFilterExpression` where a field is optional. */
export interface IndexOptions {
  unique?: boolean;
  name?: string;
  /** Equalities, ranges and `$exists: true`, joined by and. */
  partialFilterExpression?: Readonly<
    Record<string, StoreScalar | (RangeOperators<string | number> & { $exists?: true })>
  >;
}

/** A list of documents, not asked for until {@link StoreCursor.toArray}. */
export interface StoreCursor<T> {
  toArray(): Promise<T[]>;
}

/** Documents of one kind. */
export interface StoreCollection<T extends StoreDocument> {
  /** Rejects with the code 11000 when a unique index, `_id` included, has the key already. */
  insertOne(document: T): Promise<{ readonly insertedId: string }>;

  /**
   * Inserts every document that can be inserted. When some are duplicates it rejects after inserting the others: ask
   * `duplicateIndexes` of store-errors.ts which ones.
   */
  insertMany(documents: readonly T[], options: { ordered: false }): Promise<{ readonly insertedCount: number }>;

  /** Any one that matches. */
  findOne(filter: StoreFilter<T>): Promise<T | null>;

  /** Name the projected type where a projection is given: `find<Pick<Run, '_id' | 'key'>>(…)`. */
  find<P extends object = T>(filter: StoreFilter<T>, options?: FindOptions<T>): StoreCursor<P>;

  /**
   * Changes one document that matches, or with `upsert` inserts one made of the filter's equalities and the update.
   * Two upserts of one key may race: one of them may then reject with 11000 (openStore's MongoDB store tries again).
   */
  updateOne(filter: StoreFilter<T>, update: StoreUpdate<T>, options?: { upsert?: boolean }): Promise<UpdateOneResult>;

  /** As {@link StoreCollection.updateOne}; gives the document as it is afterwards, null when none matched. */
  findOneAndUpdate(
    filter: StoreFilter<T>,
    update: StoreUpdate<T>,
    options: { returnDocument: 'after'; upsert?: boolean },
  ): Promise<T | null>;

  deleteMany(filter: StoreFilter<T>): Promise<{ readonly deletedCount: number }>;

  /**
   * How many match. A filter of fields whose counts are kept (see {@link StoreDatabase.keepCounts}) reads no document,
   * with a range of time the documents of two minutes at most.
   */
  countDocuments(filter: StoreFilter<T>): Promise<number>;

  /** How many of those that match have each value of one field of strings, whole numbers, booleans or null. */
  aggregate<R extends GroupCount = GroupCount>(pipeline: GroupCountPipeline<T>): StoreCursor<R>;

  /** Does nothing when the index is there; rejects when its name stands for another, or the documents break it. */
  createIndex(keys: Readonly<Record<string, 1 | -1>>, options?: IndexOptions): Promise<string>;
}

/** Collections by name: a letter, then letters, digits and `_`. They come into being when they are first used. */
export interface StoreDatabase {
  collection<T extends StoreDocument>(name: string): StoreCollection<T>;

  /**
   * Keeps, from here on, how many documents have each combination of values of these fields, each a text, a number, a
   * boolean or null. Only the embedded store does; MongoDB counts the entries of an index.
   * @param time a field of ISO texts, of which a filter may give a range besides
   */
  keepCounts?(collection: string, fields: readonly string[], time?: string): Promise<void>;
}

/** The pipeline that counts those that match by the values of one field. */
export function countsBy<T>(field: (keyof T & string) | DottedPath, match: StoreFilter<T>): GroupCountPipeline<T> {
  return [{ $match: match }, { $group: { _id: `$${field}`, count: { $sum: 1 } } }];
}

/** The filter of the strings that begin with a literal. */
export function startsWith(literal: string): { $regex: string } {
  return { $regex: `^${literal.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')}` };
}
