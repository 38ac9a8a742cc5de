import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Collection, GridFSBucket, GridFSFile, ObjectId } from 'mongodb';
import type { BlobRef, BlobStore, StoredBlob } from './blob-store.js';
import { blobRef, isDigest } from './blob-store.js';
import { asUnavailable } from './store-errors.js';
import { DamagedBlobError, verifiedStream } from './verified-stream.js';

/** The bucket that blobs are kept in. */
export const blobBucket = 'blobs';

/** What GridFS keeps of the bytes of a file, beside the bytes. */
interface ChunkDocument {
  readonly files_id: ObjectId;
  readonly n: number;
}

/** How many uploads are looked for at once. */
const IDS_A_LOOK = 500;

/**
 * Blobs in GridFS, the digest as the file's name. A file's document is written after all of its chunks, so a file that
 * is found is whole. Two who put one blob at once may leave two files of its name, which hold the same bytes; what an
 * interrupted upload leaves is chunks that no file owns.
 */
export class GridFSBlobs implements BlobStore {
  constructor(
    private readonly bucket: GridFSBucket,
    /** The bucket's own. */
    private readonly chunks: Collection<ChunkDocument>,
  ) {}

  async put(bytes: Uint8Array, digest?: string): Promise<BlobRef> {
    const ref = blobRef(bytes, digest);
    if ((await this.find(ref.digest))?.length === ref.bytes) return ref;
    try {
      await pipeline(Readable.from(slices(bytes), { objectMode: false }), this.bucket.openUploadStream(ref.digest));
    } catch (error) {
      throw asUnavailable(error);
    }
    return ref;
  }

  async open(digest: string): Promise<StoredBlob | null> {
    const file = isDigest(digest) ? await this.find(digest) : null;
    return file && { bytes: file.length, stream: () => this.read(digest, file) };
  }

  async has(digest: string): Promise<boolean> {
    return (await this.open(digest)) !== null;
  }

  async removeUnfinished(before: Date): Promise<number> {
    let removed = 0;
    const removeOrphans = async (ids: readonly ObjectId[]): Promise<void> => {
      const files = await this.bucket.find({ _id: { $in: ids } }, { projection: { _id: 1 } }).toArray();
      const owned = new Set(files.map(({ _id }) => _id.toHexString()));
      const orphans = ids.filter((id) => !owned.has(id.toHexString()));
      if (orphans.length > 0) await this.chunks.deleteMany({ files_id: { $in: orphans } });
      removed += orphans.length;
    };
    try {
      let ids: ObjectId[] = [];
      // By the bucket's index alone: without the hint MongoDB would read every byte of every blob.
      const firsts = this.chunks.find({ n: 0 }, { projection: { _id: 0, files_id: 1 }, hint: { files_id: 1, n: 1 } });
      for await (const { files_id: id } of firsts) {
        if (id.getTimestamp() < before) ids.push(id);
        if (ids.length < IDS_A_LOOK) continue;
        await removeOrphans(ids);
        ids = [];
      }
      await removeOrphans(ids);
    } catch (error) {
      throw asUnavailable(error);
    }
    return removed;
  }

  private read(digest: string, file: GridFSFile): Readable {
    // Out of the way, so that it is missed and made again; kept, for whoever wants to know what befell the disk.
    const damaged = (): Promise<void> => this.bucket.rename(file._id, `${digest}.damaged`).catch(() => undefined);
    const meaningOf = (error: unknown): unknown =>
      isChunkError(error) ? new DamagedBlobError(digest) : asUnavailable(error);
    return verifiedStream({ bytes: this.download(file), meaningOf, damaged }, digest);
  }

  private download({ _id }: GridFSFile): Readable {
    const download = this.bucket.openDownloadStream(_id);
    // The driver leaves the cursor of a stream that is destroyed in the middle open on the server.
    download.once('close', () => {
      if (!download.readableEnded) download.abort().catch(() => undefined);
    });
    return download;
  }

  private async find(digest: string): Promise<GridFSFile | null> {
    try {
      const [file] = await this.bucket.find({ filename: digest }, { limit: 1 }).toArray();
      return file ?? null;
    } catch (error) {
      throw asUnavailable(error);
    }
  }
}

/** Whether the driver misses a part of a file, or found one of another length. */
const isChunkError = (error: unknown): boolean => error instanceof Error && error.name === 'MongoGridFSChunkError';

/** Bytes in parts, so that no copy of all of them is made. */
function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  const most = 1024 * 1024;
  for (let start = 0; start < bytes.length; start += most) yield bytes.subarray(start, start + most);
}
