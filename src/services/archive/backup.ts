import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { CortigraphError } from '../../domain/errors.js';
import { archivedCollections } from '../../store/archive-rules.js';
import type { ArchiveRule } from '../../store/archive-rules.js';
import type { BlobStore } from '../../store/blob-store.js';
import { FileBlobs } from '../../store/embedded/file-blobs.js';
import { makeFolder } from '../../store/embedded/make-folder.js';
import type { StoreCollection, StoreDocument } from '../../store/seam.js';
import type { Store } from '../../store/store.js';
import { DamagedBlobError } from '../../store/verified-stream.js';
import { asFolderError } from './damage.js';
import { readDocuments, writeDocuments } from './document-file.js';
import type { ArchivedCollection, Manifest } from './manifest.js';
import { blobsName, fileOf, manifestName, manifestText } from './manifest.js';

/** How an archive is told of, and stopped. */
export interface ArchiveOptions {
  /** Ends the work with its reason as the error. */
  readonly signal?: AbortSignal;
  /** Told how far the work is; `total` is null where it is not known. */
  readonly progress?: (step: string, done: number, total: number | null) => void;
}

/** What goes into the manifest beside what is found in the store. */
export type BackupHeader = Pick<Manifest, 'schemaVersion' | 'softwareVersion' | 'createdAt'>;

type Source = Pick<Store, 'database' | 'blobs'>;

const PAGE = 200;

/**
 * Writes a backup of a store, which may be written to meanwhile, into a folder that is new or empty: in the order of
 * {@link archivedCollections}, one page of documents or one blob in memory. The manifest comes last; what is stopped or
 * fails before leaves an empty folder, and what is killed one without a manifest.
 * @throws CortigraphError CONFLICT when the folder holds something, UNAVAILABLE when it cannot be written
 */
export async function writeBackup(
  source: Source,
  folder: string,
  header: BackupHeader,
  options: ArchiveOptions,
): Promise<Manifest> {
  await makeEmptyFolder(folder);
  try {
    const collections: ArchivedCollection[] = [];
    for (const [name, rule] of archivedCollections) {
      const collection = source.database.collection<StoreDocument>(name);
      const total = await collection.countDocuments({});
      const told = (done: number): void => options.progress?.(`${name} written`, done, Math.max(total, done));
      const pages = pagesOf(collection, rule, told, options.signal);
      collections.push({ name, ...(await writeDocuments(join(folder, fileOf(name)), pages)) });
    }
    const blobs = await copyBlobs(source.blobs, folder, collections, options);
    const manifest: Manifest = { ...header, collections, blobs };
    await writeManifest(folder, manifest);
    return manifest;
  } catch (error) {
    await removeBackup(folder);
    throw asFolderError(folder, error);
  }
}

async function makeEmptyFolder(folder: string): Promise<void> {
  const found = await makeFolder(folder)
    .then(() => readdir(folder))
    .catch((error: unknown) => {
      throw asFolderError(folder, error);
    });
  if (found.length === 0) return;
  const isBackup = found.includes(manifestName) ? ', which holds a backup already' : '';
  throw new CortigraphError('CONFLICT', `${folder} is not empty${isBackup}: name a new folder.`);
}

async function* pagesOf(
  collection: StoreCollection<StoreDocument>,
  rule: ArchiveRule,
  told: (done: number) => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly StoreDocument[]> {
  let done = 0;
  for (let after: string | undefined; ;) {
    signal?.throwIfAborted();
    const filter = after === undefined ? {} : { _id: { $gt: after } };
    const page = await collection.find(filter, { sort: { _id: 1 }, limit: PAGE }).toArray();
    const last = page.at(-1);
    if (last === undefined) return;
    yield rule.archived ? page.map(rule.archived) : page;
    after = last._id;
    done += page.length;
    told(done);
  }
}

/** Copies the blobs that archived documents refer to, found by reading what has just been written. */
async function copyBlobs(
  from: BlobStore,
  folder: string,
  collections: readonly ArchivedCollection[],
  { signal, progress }: ArchiveOptions,
): Promise<Manifest['blobs']> {
  const to = new FileBlobs(join(folder, blobsName));
  const missing = new Set<string>();
  let [count, bytes] = [0, 0];
  for (const [name, rule] of archivedCollections) {
    const archived = collections.find((each) => each.name === name);
    if (rule.blobsOf === undefined || archived === undefined) continue;
    for await (const document of readDocuments(join(folder, fileOf(name)), fileOf(name), archived)) {
      for (const { digest } of rule.blobsOf(document)) {
        signal?.throwIfAborted();
        if (missing.has(digest) || (await to.has(digest))) continue;
        const found = await readWhole(from, digest);
        if (found === null) missing.add(digest);
        else {
          await to.put(found, digest);
          count += 1;
          bytes += found.length;
          progress?.('blobs written', count, null);
        }
      }
    }
  }
  return { count, bytes, missing: [...missing].sort() };
}

/** The bytes of a blob; null when it is not there, or is not what its name says. */
export async function readWhole(blobs: BlobStore, digest: string): Promise<Uint8Array | null> {
  const blob = await blobs.open(digest);
  if (blob === null) return null;
  try {
    return await buffer(blob.stream());
  } catch (error) {
    if (error instanceof DamagedBlobError) return null;
    throw error;
  }
}

async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const path = join(folder, manifestName);
  const handle = await open(`${path}.new`, 'wx');
  try {
    await handle.writeFile(manifestText(manifest));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncFolder(folder);
  await rename(`${path}.new`, path);
  await syncFolder(folder);
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // which opens no folders
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes what a backup that failed has written, and nothing else. */
async function removeBackup(folder: string): Promise<void> {
  const files = [manifestName, `${manifestName}.new`, ...archivedCollections.map(([name]) => fileOf(name))];
  const paths = [...files, blobsName].map((name) => join(folder, name));
  await Promise.all(paths.map((path) => rm(path, { recursive: true, force: true })));
}
