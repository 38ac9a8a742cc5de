import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { createReadStream } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { BlobRef, BlobStore, StoredBlob } from '../blob-store.js';
import { blobRef, isDigest } from '../blob-store.js';
import { unavailable } from '../store-errors.js';
import { makeFolder } from './make-folder.js';
import { verifiedStream } from '../verified-stream.js';

/** What another moment, or an administrator, can mend. */
const unavailableCodes: ReadonlySet<unknown> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EIO',
  'EROFS',
  'EACCES',
  'EPERM',
  'EMFILE',
  'EFBIG',
  'ENOTDIR',
]);

/** How the name of a file ends that is being written. */
const unfinished = '.tmp';

/**
 * Blobs as files: `ab/abcdef…` in a folder, by digest. A file gets its name when all of it is on disk, so a file of that
 * name is whole; one that a crash leaves behind has another name.
 */
export class FileBlobs implements BlobStore {
  constructor(
    private readonly folder: string,
    /** Whether a damaged blob is put out of the way, so that it is missed and made again. */
    private readonly setsAside = true,
  ) {}

  async put(bytes: Uint8Array, digest?: string): Promise<BlobRef> {
    const ref = blobRef(bytes, digest);
    const file = this.fileOf(ref.digest);
    try {
      await makeLastingFolder(dirname(file));
      if ((await statOf(file))?.size !== bytes.length) await writeWhole(file, bytes); // or what became of it is mended
      // Also where another writer has just named the file: what we say is stored must be.
      await sync(dirname(file));
    } catch (error) {
      throw asUnavailable(error);
    }
    return ref;
  }

  async open(digest: string): Promise<StoredBlob | null> {
    if (!isDigest(digest)) return null;
    const stats = await statOf(this.fileOf(digest)).catch((error: unknown) => {
      throw asUnavailable(error);
    });
    return stats && { bytes: stats.size, stream: () => this.read(digest) };
  }

  async has(digest: string): Promise<boolean> {
    return (await this.open(digest)) !== null;
  }

  async removeUnfinished(before: Date): Promise<number> {
    let removed = 0;
    const shelves = await readdir(this.folder).catch(unlessMissing);
    for (const shelf of shelves) {
      for (const name of await readdir(join(this.folder, shelf)).catch(unlessMissing)) {
        const file = join(this.folder, shelf, name);
        if (!name.endsWith(unfinished)) continue;
        const stats = await statOf(file);
        if (stats === null || stats.mtime >= before) continue;
        await rm(file, { force: true });
        removed += 1;
      }
    }
    return removed;
  }

  private read(digest: string): Readable {
    const file = this.fileOf(digest);
    const damaged = async (): Promise<void> => {
      // Kept under another name, for whoever wants to know what befell the disk.
      if (this.setsAside) await rename(file, `${file}.damaged`).catch(() => undefined);
    };
    return verifiedStream({ bytes: createReadStream(file), meaningOf: asUnavailable, damaged }, digest);
  }

  private fileOf(digest: string): string {
    return join(this.folder, digest.slice(0, 2), digest);
  }
}

async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${file}.${randomUUID()}${unfinished}`;
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file); // over the same bytes, when another writer was first
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Makes a folder whose name, and that of each folder above it that is new, outlives a crash. */
async function makeLastingFolder(folder: string): Promise<void> {
  const first = await makeFolder(folder);
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await sync(dirname(made));
}

async function sync(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // which opens no folders
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unlessMissing(error: unknown): string[] {
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
  throw error;
}

async function statOf(file: string): Promise<Stats | null> {
  try {
    const stats = await stat(file);
    return stats.isFile() ? stats : null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

const asUnavailable = (error: unknown): unknown => (unavailableCodes.has(codeOf(error)) ? unavailable(error) : error);

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
