import type { Readable } from 'node:stream';
import { sha256 } from '../domain/digest.js';
import { StoreRefusalError } from './store-errors.js';

/** What a blob is known by: the SHA-256 of its bytes, and their number. */
export interface BlobRef {
  readonly digest: string;
  readonly bytes: number;
}

/** A blob that is stored. */
export interface StoredBlob {
  readonly bytes: number;
  /**
   * Its bytes from the beginning. Whoever calls it reads the stream to its end, or destroys it. Where the bytes are not
   * those of the digest any more the stream fails with UNAVAILABLE, and the blob is then no longer there.
   */
  stream(): Readable;
}

/**
 * Bytes that are too many for a document, each under its SHA-256: never changed, never half there, and stored once,
 * however many put the same. What a crash leaves of an unfinished one is never seen.
 */
export interface BlobStore {
  /**
   * Stores bytes durably, unless they are there.
   * @param digest of the bytes, where the caller has it already: to hash much of it here stalls the event loop
   * @throws CortigraphError UNAVAILABLE when the store cannot be reached or is full
   */
  put(bytes: Uint8Array, digest?: string): Promise<BlobRef>;
  /** The blob of a digest; null when there is none, and for what is no digest. */
  open(digest: string): Promise<StoredBlob | null>;
  /** Whether the blob of a digest is there; false for what is no digest. */
  has(digest: string): Promise<boolean>;
  /** Removes what writers left before then that did not come to their end; gives how many. */
  removeUnfinished(before: Date): Promise<number>;
}

/** Whether a text is a SHA-256 in lower-case hexadecimal, and so may name a blob. */
export const isDigest = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

/** The reference of bytes that are to be stored. */
export function blobRef(bytes: Uint8Array, digest = sha256(bytes)): BlobRef {
  if (!isDigest(digest)) throw new StoreRefusalError('A blob is stored under a SHA-256 in hexadecimal only.');
  return { digest, bytes: bytes.length };
}
