import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliCompress, createBrotliDecompress } from 'node:zlib';
import type { CellColumns, CellRow, ReadRows } from '../../compute/arrow-rows.js';
import { decodeArrowRows, encodeArrowRows } from '../../compute/arrow-rows.js';
import { CortigraphError, badUserInput } from '../../domain/errors.js';
import { asFolderError } from './damage.js';

/*
 * An experiment as a file: an Arrow stream of its rows and behind it the SHA-256 of that stream, 32 bytes that readers of
 * Arrow do not come to, all of it compressed by Brotli. What the rows are of is in the metadata of the stream's schema.
 */

const SEAL_BYTES = 32;

/** As small as the best takes ten times as long to make. */
const QUALITY = 9;

/** A file that is not as it was written. Found before anything is inserted. */
export const damagedFile = (file: string, how: string, cause?: unknown): CortigraphError =>
  new CortigraphError('BAD_USER_INPUT', `${file} is damaged, or no experiment: ${how}.`, { file }, { cause });

/**
 * Writes rows durably to a file that is new; what fails leaves none.
 * @returns its size in bytes
 * @throws CortigraphError CONFLICT where there is something already, UNAVAILABLE where it cannot be written
 */
export async function writeExperimentFile(
  file: string,
  columns: CellColumns,
  metadata: ReadonlyMap<string, string>,
  pages: AsyncIterable<readonly CellRow[]>,
): Promise<number> {
  try {
    const params = { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_LGWIN]: 24 };
    await pipeline(
      Readable.from(encodeArrowRows(columns, metadata, pages), { highWaterMark: 1 }),
      new Seal(),
      createBrotliCompress({ params }),
      createWriteStream(file, { flags: 'wx', flush: true }),
    );
    return (await stat(file)).size;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw new CortigraphError('CONFLICT', `${file} is there already: name a new file.`);
    await rm(file, { force: true });
    throw asFolderError(dirname(file), error);
  }
}

/**
 * Reads the rows of a file. That it is as it was written is known at its end only: ask {@link requireWhole} first.
 * @throws CortigraphError BAD_USER_INPUT where it is not
 */
export async function readExperimentFile(file: string): Promise<ReadRows> {
  const { stream } = await unsealed(file);
  return decodeArrowRows(stream);
}

/**
 * Reads every byte of a file and holds it against its seal.
 * @throws CortigraphError BAD_USER_INPUT where anything differs
 */
export async function requireWhole(file: string): Promise<void> {
  const { stream, ended } = await unsealed(file);
  stream.resume();
  await ended;
}

async function unsealed(file: string): Promise<{ readonly stream: Readable; readonly ended: Promise<void> }> {
  const { size } = await stat(file).catch((error: unknown) => {
    throw asFolderError(file, error);
  });
  const brotli = createBrotliDecompress();
  const stream = new Unseal(file);
  const ended = pipeline(createReadStream(file), brotli, stream)
    .then(() => {
      if (brotli.bytesWritten !== size) throw damagedFile(file, 'there is something behind its end');
    })
    .catch((error: unknown) => {
      if (error instanceof CortigraphError) throw error;
      if (/^(Z_|ERR__?(BROTLI|ERROR))/.test(codeOf(error))) throw damagedFile(file, 'it cannot be decompressed', error);
      throw asFolderError(file, error);
    });
  ended.catch(() => undefined); // whoever reads the stream meets the same error
  return { stream, ended };
}

/** Lets bytes pass and adds their SHA-256. */
class Seal extends Transform {
  private readonly hash = createHash('sha256');

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.hash.update(chunk);
    done(null, chunk);
  }

  override _flush(done: (error: null, seal: Buffer) => void): void {
    done(null, this.hash.digest());
  }
}

/** Lets bytes pass but for the seal at their end, which must be theirs. */
class Unseal extends Transform {
  private readonly hash = createHash('sha256');
  private held = Buffer.alloc(0);

  constructor(private readonly file: string) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk?: Buffer) => void): void {
    const seen = Buffer.concat([this.held, chunk]);
    const end = Math.max(seen.length - SEAL_BYTES, 0);
    this.held = seen.subarray(end);
    if (end === 0) return done(null);
    const passed = seen.subarray(0, end);
    this.hash.update(passed);
    done(null, passed);
  }

  override _flush(done: (error?: Error) => void): void {
    if (this.hash.digest().equals(this.held)) done();
    else done(damagedFile(this.file, 'the bytes are not those that were written'));
  }
}

/** @throws CortigraphError BAD_USER_INPUT for what is neither a file nor a folder */
export async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: unknown) => {
    throw codeOf(error) === 'ENOENT' ? badUserInput(`There is no ${path}.`) : asFolderError(path, error);
  });
  return found.isFile();
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
