import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CortigraphError, badUserInput } from '../../domain/errors.js';
import type { ArchiveRule, CollectionName } from '../../store/archive-rules.js';
import { archivedCollections } from '../../store/archive-rules.js';
import { FileBlobs } from '../../store/embedded/file-blobs.js';
import type { StoreCollection, StoreDocument } from '../../store/seam.js';
import type { Store } from '../../store/store.js';
import { duplicateIndexes } from '../../store/store-errors.js';
import type { ArchiveOptions } from './backup.js';
import { readWhole } from './backup.js';
import { asFolderError, damaged } from './damage.js';
import { readDocuments } from './document-file.js';
import type { ArchivedCollection, ReadManifest } from './manifest.js';
import { blobsName, fileOf, manifestName, readManifest } from './manifest.js';

/** What came of inserting a backup's documents. */
export interface Inserted {
  readonly documents: number;
  /** Of them, those that were there already. */
  readonly present: number;
}

type Part = ArchiveRule['part'];

const PAGE = 200;

/** A folder that holds a whole backup. */
export class ReadableBackup {
  private readonly blobs: FileBlobs;

  private constructor(
    private readonly folder: string,
    readonly manifest: ReadManifest,
  ) {
    this.blobs = new FileBlobs(join(folder, blobsName), false); // to read a backup changes nothing of it
  }

  /** @throws CortigraphError BAD_USER_INPUT when the folder holds no whole backup, UNAVAILABLE when a newer one */
  static async open(folder: string): Promise<ReadableBackup> {
    const text = await readFile(join(folder, manifestName), 'utf8').catch((error: unknown) => {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT')
        throw asFolderError(folder, error);
      throw badUserInput(`${folder} holds no whole backup: it has no ${manifestName}.`);
    });
    return new ReadableBackup(folder, readManifest(text));
  }

  /**
   * Reads every byte and holds it against the manifest.
   * @throws CortigraphError BAD_USER_INPUT where anything differs
   */
  async check({ signal, progress }: ArchiveOptions): Promise<void> {
    const missing = new Set(this.manifest.blobs.missing);
    for (const [archived, rule] of this.collections()) {
      let done = 0;
      for await (const document of this.documentsOf(archived)) {
        signal?.throwIfAborted();
        done += 1;
        if (done % PAGE === 0) progress?.(`${archived.name} checked`, done, archived.documents);
        for (const { digest } of rule.blobsOf?.(document) ?? []) {
          if (missing.has(digest)) continue;
          if ((await readWhole(this.blobs, digest)) === null) throw damaged(`the blob ${digest}`, 'not all is there');
        }
      }
    }
  }

  /**
   * Inserts into a store what it lacks, each document behind those that it refers to, but invalidations before all. A
   * document whose id is taken stays as it is in the store.
   * @param parts which collections
   * @throws CortigraphError CONFLICT when a document contradicts one of another id
   */
  async insertInto(
    target: Pick<Store, 'database' | 'blobs'>,
    parts: readonly Part[],
    options: ArchiveOptions,
  ): Promise<Inserted> {
    await this.insertBlobs(target, parts, options);
    let [documents, present] = [0, 0];
    const backwards = this.collections(parts).reverse();
    const isFirst = ([, rule]: (typeof backwards)[number]): boolean => rule.insertedFirst === true;
    const inOrder = [...backwards.filter(isFirst), ...backwards.filter((each) => !isFirst(each))];
    for (const [archived] of inOrder) {
      const collection = target.database.collection<StoreDocument>(archived.name);
      let done = 0;
      for await (const page of pagesOf(this.documentsOf(archived))) {
        options.signal?.throwIfAborted();
        present += await insertMissing(collection, archived.name, page);
        done += page.length;
        options.progress?.(`${archived.name} inserted`, done, archived.documents);
      }
      documents += done;
    }
    return { documents, present };
  }

  private async insertBlobs(
    target: Pick<Store, 'blobs'>,
    parts: readonly Part[],
    { signal, progress }: ArchiveOptions,
  ): Promise<void> {
    const { count, missing } = this.manifest.blobs;
    let done = 0;
    for (const [archived, rule] of this.collections(parts)) {
      if (rule.blobsOf === undefined) continue;
      for await (const document of this.documentsOf(archived)) {
        for (const { digest } of rule.blobsOf(document)) {
          signal?.throwIfAborted();
          if (missing.includes(digest)) continue;
          const bytes = await readWhole(this.blobs, digest);
          if (bytes === null) throw damaged(`the blob ${digest}`, 'not all is there');
          await target.blobs.put(bytes, digest);
          done += 1;
          progress?.('blobs inserted', done, Math.max(done, count)); // one that two recordings share comes twice
        }
      }
    }
  }

  private collections(parts: readonly Part[] = ['content', 'work']): (readonly [ArchivedCollection, ArchiveRule])[] {
    return archivedCollections.flatMap(([name, rule]) => {
      // A backup from before there was such a collection has none.
      const archived = this.manifest.collections.find((each) => each.name === name);
      return archived === undefined || !parts.includes(rule.part) ? [] : [[archived, rule] as const];
    });
  }

  private documentsOf(archived: ArchivedCollection): AsyncGenerator<StoreDocument> {
    return readDocuments(join(this.folder, fileOf(archived.name)), fileOf(archived.name), archived);
  }
}

async function* pagesOf(documents: AsyncIterable<StoreDocument>): AsyncGenerator<readonly StoreDocument[]> {
  let page: StoreDocument[] = [];
  for await (const document of documents) {
    page.push(document);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/**
 * Inserts what is missing; gives how many were there.
 * @throws CortigraphError CONFLICT when a document contradicts one of another id
 */
export async function insertMissing(
  collection: StoreCollection<StoreDocument>,
  name: CollectionName,
  page: readonly StoreDocument[],
): Promise<number> {
  const positions = await collection.insertMany(page, { ordered: false }).then(() => [], duplicateIndexes);
  if (positions.length === 0) return 0;
  const ids = positions.flatMap((position) => page[position]?._id ?? []);
  const found = await collection.find({ _id: { $in: ids } }, { projection: { _id: 1 } }).toArray();
  const there = new Set(found.map(({ _id }) => _id));
  const stranger = ids.find((id) => !there.has(id));
  if (stranger === undefined) return ids.length;
  throw new CortigraphError('CONFLICT', `${stranger} of ${name} contradicts another document of the store.`);
}
