import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { encodeDocument } from '../../store/encode-json.js';
import type { StoreDocument } from '../../store/seam.js';
import { damaged } from './damage.js';

/** What a file of documents is known by. */
export interface DocumentFile {
  readonly documents: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** More than a document may take, with the names of its fields. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;
const NEWLINE = 0x0a;

/** Writes documents page by page, holding one at a time, durably, to a file that is new. */
export async function writeDocuments(
  path: string,
  pages: AsyncIterable<readonly StoreDocument[]>,
): Promise<DocumentFile> {
  let documents = 0;
  const texts = async function* (): AsyncGenerator<Buffer> {
    for await (const page of pages) {
      documents += page.length;
      yield Buffer.from(page.map((document) => `${encodeDocument(document)}\n`).join(''));
    }
  };
  const meter = new Meter();
  const file = createWriteStream(path, { flags: 'wx', flush: true });
  await pipeline(Readable.from(texts(), { highWaterMark: 1 }), createGzip(), meter, file);
  return { documents, bytes: meter.bytes, sha256: meter.digest() };
}

/**
 * Reads documents one by one. That the file is as it was written is known at its end only.
 * @throws CortigraphError BAD_USER_INPUT where it is not
 */
export async function* readDocuments(
  path: string,
  name: string,
  expected: DocumentFile,
): AsyncGenerator<StoreDocument> {
  const meter = new Meter();
  const gunzip = createGunzip();
  const fed = pipeline(createReadStream(path), meter, gunzip);
  fed.catch(() => undefined); // the loop below meets the same error, or was left
  let documents = 0;
  try {
    for await (const line of linesOf(gunzip)) {
      documents += 1;
      yield documentOf(line);
    }
    await fed;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw damaged(name, 'there is nothing left');
    if (isOfTheContent(error)) throw damaged(name, 'what it holds cannot be read', error);
    throw error;
  }
  const found: DocumentFile = { documents, bytes: meter.bytes, sha256: meter.digest() };
  if (found.sha256 !== expected.sha256 || found.bytes !== expected.bytes || found.documents !== expected.documents) {
    throw damaged(name, 'the bytes are not those that were written');
  }
}

/** Counts and hashes what passes. */
class Meter extends Transform {
  bytes = 0;
  private readonly hash: Hash = createHash('sha256');

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.bytes += chunk.length;
    this.hash.update(chunk);
    done(null, chunk);
  }

  digest(): string {
    return this.hash.digest('hex');
  }
}

/** Lines, by line feeds alone: node:readline also ends them at U+2028, which a document may hold. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      yield Buffer.concat([...parts, chunk.subarray(start, end)]).toString();
      parts = [];
      length = 0;
      start = end + 1;
    }
    parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > MAX_LINE_BYTES) throw new SyntaxError('a line is longer than any document');
  }
  if (length > 0) throw new SyntaxError('the last line has no end');
}

function documentOf(line: string): StoreDocument {
  const document: unknown = JSON.parse(line);
  const isDocument = typeof document === 'object' && document !== null && '_id' in document;
  if (!isDocument || typeof document._id !== 'string') throw new SyntaxError('a line is no document');
  return document as StoreDocument;
}

/** Whether an error says that bytes could be read and make no sense. */
function isOfTheContent(error: unknown): boolean {
  return error instanceof SyntaxError || codeOf(error).startsWith('Z_');
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
