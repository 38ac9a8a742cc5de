import { setTimeout as delay } from 'node:timers/promises';
import type {
  FindOptions,
  GroupCount,
  GroupCountPipeline,
  IndexOptions,
  StoreCollection,
  StoreCursor,
  StoreDatabase,
  StoreDocument,
  StoreFilter,
  StoreUpdate,
  UpdateOneResult,
} from './seam.js';
import { asUnavailable, isConnectionLost, isDuplicateKey, StoreRefusalError } from './store-errors.js';

/** A restart of the server costs a client one to three errors; the waits let the driver find it again. */
const retryDelaysMs: readonly number[] = [50, 200, 1000];
/** Nothing is repeated later than this after its first try: the driver has then waited for a server by itself. */
const retryWithinMs = 2000;
const upsertAttempts = 3;

/**
 * A database whose lost connections are met: what may be repeated is, the rest rejects with UNAVAILABLE. May be
 * repeated: reads, createIndex, deleteMany (whose count is then that of the last attempt), and updates that set one
 * document, found by `_id` alone, to given values. An insert or a compare-and-set may not: its second attempt would
 * lose to its first.
 */
export class RetryingDatabase implements StoreDatabase {
  constructor(
    private readonly inner: StoreDatabase,
    private readonly delaysMs: readonly number[] = retryDelaysMs,
  ) {}

  collection<T extends StoreDocument>(name: string): StoreCollection<T> {
    return new RetryingCollection<T>(this.inner.collection<T>(name), this.delaysMs);
  }
}

class RetryingCollection<T extends StoreDocument> implements StoreCollection<T> {
  constructor(
    private readonly inner: StoreCollection<T>,
    private readonly delaysMs: readonly number[],
  ) {}

  insertOne(document: T): Promise<{ readonly insertedId: string }> {
    return once(() => this.inner.insertOne(document));
  }

  insertMany(documents: readonly T[], options: { ordered: false }): Promise<{ readonly insertedCount: number }> {
    return once(() => this.inner.insertMany(documents, options));
  }

  findOne(filter: StoreFilter<T>): Promise<T | null> {
    return this.#repeatedly(filter, () => this.inner.findOne(filter));
  }

  find<P extends object = T>(filter: StoreFilter<T>, options?: FindOptions<T>): StoreCursor<P> {
    return { toArray: () => this.#repeatedly(filter, () => this.inner.find<P>(filter, options).toArray()) };
  }

  updateOne(
    filter: StoreFilter<T>,
    update: StoreUpdate<T>,
    options: { upsert?: boolean } = {},
  ): Promise<UpdateOneResult> {
    return this.#update(filter, update, options.upsert === true, () => this.inner.updateOne(filter, update, options));
  }

  findOneAndUpdate(
    filter: StoreFilter<T>,
    update: StoreUpdate<T>,
    options: { returnDocument: 'after'; upsert?: boolean },
  ): Promise<T | null> {
    const run = (): Promise<T | null> => this.inner.findOneAndUpdate(filter, update, options);
    return this.#update(filter, update, options.upsert === true, run);
  }

  deleteMany(filter: StoreFilter<T>): Promise<{ readonly deletedCount: number }> {
    return this.#repeatedly(filter, () => this.inner.deleteMany(filter));
  }

  countDocuments(filter: StoreFilter<T>): Promise<number> {
    return this.#repeatedly(filter, () => this.inner.countDocuments(filter));
  }

  aggregate<R extends GroupCount = GroupCount>(pipeline: GroupCountPipeline<T>): StoreCursor<R> {
    const run = (): Promise<R[]> => this.inner.aggregate<R>(pipeline).toArray();
    return { toArray: () => this.#repeatedly(pipeline[0].$match, run) };
  }

  createIndex(keys: Readonly<Record<string, 1 | -1>>, options: IndexOptions = {}): Promise<string> {
    return this.#repeatedly({}, () => this.inner.createIndex(keys, options));
  }

  async #repeatedly<R>(filter: unknown, run: () => Promise<R>): Promise<R> {
    refuseUndefined(filter);
    const begin = performance.now();
    for (const waitMs of this.delaysMs) {
      try {
        return await run();
      } catch (error) {
        if (!isConnectionLost(error)) throw error;
        if (performance.now() - begin > retryWithinMs) throw asUnavailable(error);
        await delay(waitMs);
      }
    }
    return once(run);
  }

  async #update<R>(filter: StoreFilter<T>, update: StoreUpdate<T>, upsert: boolean, run: () => Promise<R>): Promise<R> {
    refuseUndefined(filter);
    if (!upsert) return isAbsolute(filter, update) ? this.#repeatedly(filter, run) : once(run);
    for (let attempt = 1; attempt < upsertAttempts; attempt += 1) {
      try {
        return await once(run);
      } catch (error) {
        // Another upsert of the same key won the race, and will be found now; or the condition is what failed, again.
        if (!isDuplicateKey(error)) throw error;
      }
    }
    return once(run);
  }
}

async function once<R>(run: () => Promise<R>): Promise<R> {
  try {
    return await run();
  } catch (error) {
    throw asUnavailable(error);
  }
}

/** The driver drops an undefined field: a filter would then match every document. */
function refuseUndefined(filter: unknown): void {
  if (filter === undefined) throw new StoreRefusalError('A filter holds undefined.');
  if (typeof filter === 'object' && filter !== null) Object.values(filter).forEach(refuseUndefined);
}

function isAbsolute(filter: object, update: object): boolean {
  const keys = Object.keys(filter);
  const isById = keys.length === 1 && '_id' in filter && typeof filter._id === 'string';
  return isById && Object.keys(update).every((operator) => operator === '$set' || operator === '$unset');
}
