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
} from '../seam.js';
import { duplicateKeyCode, StoreRefusalError, StoreWriteError } from '../store-errors.js';
import { checkString, encodeDocument, encodeQuery, encodeUpdate } from '../encode-json.js';
import type { SqliteThread } from './sqlite-thread.js';
import { checkPath } from './field-sql.js';
import { checkCollectionName } from './table-sql.js';

/** The seam over a SQLite file: one table a collection, one row a document, as JSON. */
export class EmbeddedDatabase implements StoreDatabase {
  constructor(readonly thread: SqliteThread) {}

  collection<T extends StoreDocument>(name: string): StoreCollection<T> {
    checkCollectionName(name);
    return new EmbeddedCollection<T>(this.thread, name);
  }

  async keepCounts(collection: string, fields: readonly string[], time?: string): Promise<void> {
    checkCollectionName(collection);
    fields.forEach(checkPath);
    if (time !== undefined) checkPath(time);
    await this.thread.call({ op: 'keepCounts', collection, fields, ...(time === undefined ? {} : { time }) });
  }
}

/** Checks arguments and turns them into text; the thread of SQLite does the work. */
class EmbeddedCollection<T extends StoreDocument> implements StoreCollection<T> {
  constructor(
    private readonly thread: SqliteThread,
    private readonly name: string,
  ) {}

  async insertOne(document: T, ...options: []): Promise<{ readonly insertedId: string }> {
    refuseOptions(options);
    const [duplicate] = await this.#insert([document]);
    if (duplicate !== undefined) throw new StoreWriteError(duplicateKeyCode, 'A unique index has this key already.');
    return { insertedId: document._id };
  }

  async insertMany(documents: readonly T[], options: { ordered: false }): Promise<{ readonly insertedCount: number }> {
    knownOptions({ ...options }, ['ordered']);
    if (!hasOption(options, 'ordered', false))
      throw new StoreRefusalError('insertMany is unordered: pass { ordered: false }.');
    if (documents.length === 0) throw new StoreRefusalError('insertMany takes at least one document.');
    const duplicates = await this.#insert(documents);
    if (duplicates.length > 0) {
      const writeErrors = duplicates.map((index) => ({ index, code: duplicateKeyCode }));
      throw new StoreWriteError(duplicateKeyCode, `${duplicates.length} documents are duplicates.`, writeErrors);
    }
    return { insertedCount: documents.length };
  }

  async findOne(filter: StoreFilter<T>, ...options: []): Promise<T | null> {
    refuseOptions(options);
    const id = idAlone(filter);
    if (id === undefined) return (await this.#find<T>(filter, { limit: 1 }))[0] ?? null;
    checkString(id);
    const text = await this.thread.get(this.name, id);
    return text === null ? null : (JSON.parse(text) as T);
  }

  find<P extends object = T>(filter: StoreFilter<T>, options: FindOptions<T> = {}): StoreCursor<P> {
    return { toArray: () => this.#find<P>(filter, options) };
  }

  async updateOne(
    filter: StoreFilter<T>,
    update: StoreUpdate<T>,
    options: { upsert?: boolean } = {},
  ): Promise<UpdateOneResult> {
    knownOptions(options, ['upsert']);
    const { matchedCount, upsertedCount } = await this.#update(filter, update, options.upsert === true, false);
    return { matchedCount, upsertedCount };
  }

  async findOneAndUpdate(
    filter: StoreFilter<T>,
    update: StoreUpdate<T>,
    options: { returnDocument: 'after'; upsert?: boolean },
  ): Promise<T | null> {
    knownOptions({ ...options }, ['upsert', 'returnDocument']);
    if (!hasOption(options, 'returnDocument', 'after')) {
      throw new StoreRefusalError(`findOneAndUpdate gives the document afterwards: pass { returnDocument: 'after' }.`);
    }
    const { document } = await this.#update(filter, update, options.upsert === true, true);
    return document === null ? null : (JSON.parse(document) as T);
  }

  async deleteMany(filter: StoreFilter<T>, ...options: []): Promise<{ readonly deletedCount: number }> {
    refuseOptions(options);
    const call = { op: 'delete', collection: this.name, filter: encodeQuery(filter) } as const;
    return { deletedCount: await this.thread.call(call) };
  }

  async countDocuments(filter: StoreFilter<T>, ...options: []): Promise<number> {
    refuseOptions(options);
    return this.thread.call({ op: 'count', collection: this.name, filter: encodeQuery(filter) });
  }

  aggregate<R extends GroupCount = GroupCount>(pipeline: GroupCountPipeline<T>, ...options: []): StoreCursor<R> {
    return {
      toArray: async () => {
        refuseOptions(options);
        const call = { op: 'groupCount', collection: this.name, pipeline: encodeQuery(pipeline) } as const;
        return (await this.thread.call(call)) as readonly GroupCount[] as R[];
      },
    };
  }

  async createIndex(keys: Readonly<Record<string, 1 | -1>>, options: IndexOptions = {}): Promise<string> {
    return this.thread.call({
      op: 'createIndex',
      collection: this.name,
      keys: encodeQuery(keys),
      options: encodeUpdate(options),
    });
  }

  async #insert(documents: readonly T[]): Promise<readonly number[]> {
    const ids = documents.map(({ _id }: { readonly _id: unknown }) => {
      if (typeof _id !== 'string') throw new StoreRefusalError('A document has a string _id.');
      return _id;
    });
    return this.thread.call({ op: 'insert', collection: this.name, ids, documents: documents.map(encodeDocument) });
  }

  async #find<P>(filter: StoreFilter<T>, options: FindOptions<T>): Promise<P[]> {
    const text = await this.thread.call({
      op: 'find',
      collection: this.name,
      filter: encodeQuery(filter),
      options: encodeUpdate(options),
    });
    return JSON.parse(text) as P[];
  }

  #update(filter: StoreFilter<T>, update: StoreUpdate<T>, upsert: boolean, wantsDocument: boolean) {
    return this.thread.call({
      op: 'update',
      collection: this.name,
      filter: encodeQuery(filter),
      update: encodeUpdate(update),
      upsert,
      wantsDocument,
    });
  }
}

/** The id that a filter asks for, when it asks for nothing else. */
function idAlone(filter: object): string | undefined {
  const [[name, value] = [], ...others] = Object.entries(filter) as [string, unknown][];
  return name === '_id' && typeof value === 'string' && others.length === 0 ? value : undefined;
}

function knownOptions(options: object, names: readonly string[]): void {
  const stranger = Object.keys(options).find((name) => !names.includes(name));
  if (stranger !== undefined) throw new StoreRefusalError(`The option ${stranger} is outside the seam.`);
}

function refuseOptions(options: readonly unknown[]): void {
  if (options.length > 0) throw new StoreRefusalError('The seam gives this call no options.');
}

/** The types demand the option; this is for callers that the compiler does not see. */
function hasOption(options: object | undefined, name: string, value: unknown): boolean {
  return Object.entries(options ?? {}).some(([key, given]) => key === name && given === value);
}
