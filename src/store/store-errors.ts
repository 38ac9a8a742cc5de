import { CortigraphError } from '../domain/errors.js';

/** MongoDB's number for a duplicate key; the embedded store uses the same. */
export const duplicateKeyCode = 11000;

/**
 * Something outside the seam was asked of a store: a fault of ours, never of whoever asked, so it is no
 * {@link CortigraphError}.
 */
export class StoreRefusalError extends Error {
  override readonly name = 'StoreRefusalError';
  readonly code = 'STORE_REFUSED';
}

/** A write that the embedded store could not make, under MongoDB's number for the same fault. */
export class StoreWriteError extends Error {
  override readonly name = 'StoreWriteError';

  constructor(
    readonly code: number,
    message: string,
    /** For insertMany: which of the documents were not inserted, as MongoBulkWriteError has them. */
    readonly writeErrors: readonly { readonly index: number; readonly code: number }[] = [],
  ) {
    super(message);
  }
}

/** Whether a write failed because a unique index, that of `_id` included, has the key already. */
export function isDuplicateKey(error: unknown): boolean {
  return codeOf(error) === duplicateKeyCode;
}

/**
 * The positions of the documents that an insertMany left out as duplicates; every other one is inserted.
 * @throws the error itself when it is about anything but duplicates.
 */
export function duplicateIndexes(error: unknown): readonly number[] {
  if (isDuplicateKey(error) && typeof error === 'object' && error !== null && 'writeErrors' in error) {
    // The driver gives one error or a list of them.
    const failures: unknown[] = [error.writeErrors].flat();
    if (failures.length > 0 && failures.every(isIndexedDuplicate)) return failures.map(({ index }) => index);
  }
  throw error;
}

function isIndexedDuplicate(failure: unknown): failure is { readonly index: number } {
  return isDuplicateKey(failure) && typeof (failure as { index?: unknown }).index === 'number';
}

/** The classes by which the driver says that the server could not be reached; each overrides `name`. */
const lostConnectionNames: ReadonlySet<string> = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoServerClosedError',
  'MongoServerSelectionError',
  'MongoTopologyClosedError',
  'MongoNotConnectedError',
  'MongoClientClosedError',
  'PoolClearedOnNetworkError',
  'MongoWaitQueueTimeoutError',
]);

/** What a server answers that is shutting down, is not the primary any more, or whose disk is full (14031). */
const lostServerCodes: ReadonlySet<unknown> = new Set([
  6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 14031,
]);

/** Results of SQLite that another moment, or an administrator, can mend: busy, locked, full, I/O, cannot open. */
const unavailableSqlite = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|PERM|PROTOCOL)/;

/** What the sockets of the driver say now and then in words of their own. */
const lostSocket = /^(EPIPE|ECONN(RESET|REFUSED|ABORTED)|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|E(HOST|NET)UNREACH)$/;

/** Whether an error of a store says that the connection to it is lost, or that it cannot serve now. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // The driver's insertMany wraps whatever stopped it in a MongoBulkWriteError.
  if ('errorResponse' in error && error.errorResponse instanceof Error) return isConnectionLost(error.errorResponse);
  const code = codeOf(error);
  return (
    lostConnectionNames.has(error.name) ||
    lostServerCodes.has(code) ||
    (typeof code === 'string' && (unavailableSqlite.test(code) || lostSocket.test(code)))
  );
}

/** As {@link isConnectionLost}, also of an error that {@link asUnavailable} made. */
export function isStoreLost(error: unknown): boolean {
  return isConnectionLost(error) || (error instanceof CortigraphError && isConnectionLost(error.cause));
}

/** What codes of SQLite, of the file system and of MongoDB mean to whoever can mend it. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/^(SQLITE_FULL|ENOSPC|EDQUOT|EFBIG|14031$)/, 'its disk is full, or what this process may write: make room'],
  [/^(SQLITE_READONLY|SQLITE_PERM|EROFS|EACCES|EPERM)/, 'it may not be written to: check its permissions and its disk'],
  [/^SQLITE_(BUSY|LOCKED)/, 'another process holds it'],
  [/^(SQLITE_IOERR_WRITE|SQLITE_IOERR_FSYNC)/, 'it cannot be written to: its disk is full, or broken'],
  [/^(SQLITE_IOERR|EIO)/, 'its disk reports errors'],
  [/^(SQLITE_CANTOPEN|ENOTDIR)/, 'its files cannot be opened: check its folder'],
  [/^EMFILE/, 'this process has too many files open'],
];

/** The error UNAVAILABLE of a store, with the reason where it is known, and what was thrown as its cause. */
export function unavailable(cause: unknown): CortigraphError {
  const code = String(codeOf(cause));
  const [, reason] = reasons.find(([pattern]) => pattern.test(code)) ?? [];
  const what = reason === undefined ? 'The store cannot be reached now' : `The store cannot be used now: ${reason}`;
  return new CortigraphError('UNAVAILABLE', `${what}; try again.`, {}, { cause });
}

/** A lost connection becomes a {@link CortigraphError} UNAVAILABLE with the error as its cause; all else stays. */
export function asUnavailable(error: unknown): unknown {
  return isConnectionLost(error) ? unavailable(error) : error;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
