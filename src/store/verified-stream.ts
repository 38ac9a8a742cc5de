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

/**
 * A blob's bytes as they are read, checked against the digest that they are stored under. The last part is held back
 * until all are known to be right: what is damaged never looks whole.
 * @param damaged told when they are not, before the stream fails
 * @returns a stream that fails with {@link DamagedBlobError} when the bytes are others
 */
export function verifiedStream(source: Readable, digest: string, damaged: () => Promise<void>): Readable {
  return Readable.from(verified(source, digest, damaged), { objectMode: false });
}

async function* verified(
  source: Readable,
  digest: string,
  damaged: () => Promise<void>,
): AsyncGenerator<Buffer, void, undefined> {
  const hash = createHash('sha256');
  let held: Buffer | undefined;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    if (held !== undefined) yield held;
    hash.update(chunk);
    held = chunk;
  }
  if (hash.digest('hex') !== digest) {
    await damaged();
    throw new DamagedBlobError(digest);
  }
  if (held !== undefined) yield held;
}
