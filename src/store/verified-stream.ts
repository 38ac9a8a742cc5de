import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { CortigraphError } from '../domain/errors.js';

/** The stored bytes of a blob are not those of its digest. */
export class DamagedBlobError extends CortigraphError {
  constructor(digest: string) {
    super(
      'UNAVAILABLE',
      `The stored bytes of the blob ${digest} are damaged. Ask for the recording again to have it made again.`,
      { digest },
    );
  }
}

/** Where the bytes of a blob come from. */
export interface BlobSource {
  readonly bytes: Readable;
  /** What to throw for an error of reading: a {@link DamagedBlobError} where it says that not all of them are there. */
  meaningOf(error: unknown): unknown;
  /** Called when they are damaged, before the stream fails. */
  damaged(): Promise<void>;
}

/**
 * A blob's bytes as they are read, checked against the digest that they are stored under. The last part is held back
 * until all are known to be right: what is damaged never looks whole.
 * @returns a stream that fails with {@link DamagedBlobError} when the bytes are others, or not all there
 */
export function verifiedStream(source: BlobSource, digest: string): Readable {
  return Readable.from(verified(source, digest), { objectMode: false });
}

async function* verified(source: BlobSource, digest: string): AsyncGenerator<Buffer, void, undefined> {
  try {
    const hash = createHash('sha256');
    let held: Buffer | undefined;
    for await (const chunk of source.bytes as AsyncIterable<Buffer>) {
      if (held !== undefined) yield held;
      hash.update(chunk);
      held = chunk;
    }
    if (hash.digest('hex') !== digest) throw new DamagedBlobError(digest);
    if (held !== undefined) yield held;
  } catch (error) {
    const meaning = source.meaningOf(error);
    if (meaning instanceof DamagedBlobError) await source.damaged();
    throw meaning;
  }
}
