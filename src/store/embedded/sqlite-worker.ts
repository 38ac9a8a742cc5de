import { parentPort, workerData } from 'node:worker_threads';
import { groupedBy } from '../../domain/grouped-by.js';
import { isDuplicateKey, StoreRefusalError, StoreWriteError } from '../store-errors.js';
import { execute, isRead } from './operations.js';
import type { Call, Failure, FromWorker, Reply, Request, WorkerData } from './protocol.js';
import { isSqliteError, Sqlite } from './sqlite.js';

/*
 * The thread of SQLite. What has come in since the last turn is served together: reads first, each at once; then all
 * writes in one transaction, acknowledged when it is committed. So fifty writers pay for one fsync.
 */

if (parentPort === null) throw new Error('sqlite-worker is a worker thread.');
const port = parentPort;
const { file, busyTimeoutMs, passing } = workerData as WorkerData;
const sqlite = open();
let waiting: Call[] = [];
let isClosing = false;
let isScheduled = false;

port.on('message', (requests: readonly Request[]) => {
  for (const request of requests) {
    if (request === 'close') isClosing = true;
    else waiting.push(request);
  }
  if (isScheduled) return;
  isScheduled = true;
  // Behind the messages that are here already.
  setImmediate(turn);
});

function open(): Sqlite | undefined {
  try {
    const opened = new Sqlite(file, busyTimeoutMs);
    send({ opened: opened.durability() });
    return opened;
  } catch (error) {
    send({ notOpened: failureOf(error) });
    return undefined;
  }
}

function turn(): void {
  isScheduled = false;
  if (sqlite === undefined) return;
  const calls = waiting;
  waiting = [];
  const reads = calls.filter(isAlone);
  const writes = calls.filter((call) => !isAlone(call));
  if (reads.length > 0) send({ replies: reads.map((call) => replyTo(sqlite, call)) });
  if (writes.length > 0) send({ replies: commitTogether(sqlite, writes) });
  if (isClosing) {
    sqlite.close();
    port.close();
  }
}

/** Whether a call reads, and nothing rests on when; a read of a sequence has its place among the writes. */
const isAlone = ({ operation, sequence }: Call): boolean => isRead(operation) && sequence === undefined;

/** The answers to writes that share a transaction; all of them fail when it cannot begin. */
function commitTogether(database: Sqlite, calls: readonly Call[]): readonly Reply[] {
  try {
    database.begin(calls.some(({ operation }) => !passing.has(operation.collection) && !isRead(operation)));
    const replies = writeReplies(database, calls);
    database.run('COMMIT', []);
    return replies;
  } catch (error) {
    if (database.inTransaction) database.run('ROLLBACK', []);
    database.forgetTables();
    const alone = bySequence(calls);
    // One of them broke the transaction: each gets its own, so that it breaks no other.
    if (error instanceof BrokenTransaction && alone.length > 1)
      return alone.flatMap((part) => commitTogether(database, part));
    const failure = failureOf(error instanceof BrokenTransaction ? error.cause : error);
    return calls.map(({ call }) => ({ call, failure }));
  }
}

/** Calls that may be committed apart: each sequence, and each call that is part of none. */
function bySequence(calls: readonly Call[]): readonly (readonly Call[])[] {
  const key = ({ call, sequence }: Call): string => (sequence === undefined ? `call ${call}` : `sequence ${sequence}`);
  return [...groupedBy(calls, key).values()];
}

function writeReplies(database: Sqlite, calls: readonly Call[]): readonly Reply[] {
  const failed = new Map<number, Failure>();
  return calls.map(({ call, operation, sequence }): Reply => {
    const earlier = sequence === undefined ? undefined : failed.get(sequence);
    if (earlier) return { call, failure: earlier };
    try {
      return { call, result: execute(database, operation) };
    } catch (cause) {
      // These leave the transaction as it was: a statement that fails undoes itself alone.
      if (!isOrdinary(cause)) throw new BrokenTransaction('A statement failed.', { cause });
      const failure = failureOf(cause);
      if (sequence !== undefined && !isDuplicateKey(cause)) failed.set(sequence, failure);
      return { call, failure };
    }
  });
}

/** An error after which the transaction cannot be trusted. */
class BrokenTransaction extends Error {}

function replyTo(database: Sqlite, { call, operation }: Call): Reply {
  try {
    return { call, result: execute(database, operation) };
  } catch (error) {
    return { call, failure: failureOf(error) };
  }
}

function isOrdinary(error: unknown): boolean {
  return error instanceof StoreRefusalError || error instanceof StoreWriteError;
}

function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof StoreRefusalError) return { kind: 'refused', code: error.code, message };
  if (error instanceof StoreWriteError) return { kind: 'write', code: error.code, message };
  if (isSqliteError(error)) return { kind: 'sqlite', code: error.code, message };
  return { kind: 'fault', code: '', message };
}

function send(message: FromWorker): void {
  port.postMessage(message);
}
