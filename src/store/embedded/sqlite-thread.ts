import { Worker } from 'node:worker_threads';
import { CortigraphError } from '../../domain/errors.js';
import type { InOrder } from '../in-order.js';
import { unlessThere } from '../in-order.js';
import { asUnavailable, StoreRefusalError, StoreWriteError } from '../store-errors.js';
import { KeyReader } from './key-reader.js';
import type {
  Durability,
  Failure,
  FromWorker,
  Operation,
  Reply,
  Request,
  Result,
  Results,
  WorkerData,
} from './protocol.js';

/** How long a write waits for another process that holds the file. */
const busyTimeoutMs = 10_000;

interface Pending {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** The main thread's end of the thread of SQLite. */
export class SqliteThread {
  readonly #worker: Worker;
  readonly #reader: KeyReader;
  readonly #pending = new Map<number, Pending>();
  readonly #ended: Promise<void>;
  #outbox: Request[] = [];
  #calls = 0;
  #sequences = 0;
  /** The sequence that is being called for, if any. */
  #sequence: number | undefined;
  #end: CortigraphError | undefined;

  private constructor(
    worker: Worker,
    reader: KeyReader,
    /** As read back from SQLite. */
    readonly durability: Durability,
  ) {
    this.#worker = worker;
    this.#reader = reader;
    // An idle store keeps no process alive; one with calls under way does.
    worker.unref();
    worker.on('message', (message: FromWorker) => {
      if ('replies' in message) message.replies.forEach((reply) => this.#settle(reply));
    });
    // An error is followed by the exit.
    worker.on('error', (cause) =>
      this.#fail(new CortigraphError('UNAVAILABLE', 'The embedded store broke down.', {}, { cause })),
    );
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#fail(new CortigraphError('UNAVAILABLE', 'The embedded store is closed.'));
        resolve();
      });
    });
  }

  /**
   * Starts the thread and opens the file.
   * @param passing collections whose writes need not outlast a loss of power
   * @throws CortigraphError UNAVAILABLE when the file cannot be opened, or not with the durability that is asked for
   */
  static async start(file: string, passing: ReadonlySet<string> = new Set()): Promise<SqliteThread> {
    const data: WorkerData = { file, busyTimeoutMs, passing };
    // Flags of its own: the process may have been started with some that a thread does not take, such as --input-type.
    const execArgv = ['--enable-source-maps'];
    const worker = new Worker(new URL('./sqlite-worker.js', import.meta.url), { workerData: data, execArgv });
    const first = await new Promise<FromWorker>((resolve, reject) =>
      worker.once('message', resolve).once('error', reject),
    );
    const why =
      'opened' in first ? doubtsAbout(first.opened) : 'notOpened' in first ? first.notOpened.message : 'no answer';
    if ('opened' in first && why === undefined) {
      try {
        return new SqliteThread(worker, new KeyReader(file), first.opened);
      } catch (cause) {
        await worker.terminate();
        throw new CortigraphError('UNAVAILABLE', `The store ${file} cannot be read. Check DATA_DIR.`, {}, { cause });
      }
    }
    await worker.terminate();
    throw new CortigraphError('UNAVAILABLE', `The store ${file} cannot be opened (${why}). Check DATA_DIR.`);
  }

  /** Has one operation carried out. Operations that are called for in one turn of the event loop travel together. */
  call<O extends Operation>(operation: O): Promise<Results[O['op']]> {
    return new Promise<Result>((resolve, reject) => {
      if (this.#end !== undefined) {
        reject(this.#end);
        return;
      }
      this.#calls += 1;
      if (this.#pending.size === 0) this.#worker.ref();
      this.#pending.set(this.#calls, { resolve, reject });
      const sequence = this.#sequence;
      this.#post({ call: this.#calls, operation, ...(sequence === undefined ? {} : { sequence }) });
      // The thread answers an operation with its own kind of result.
    }) as Promise<Results[O['op']]>;
  }

  /** The JSON text of a document; null where there is none. */
  async get(collection: string, id: string): Promise<string | null> {
    const isFree = this.#end === undefined && this.#sequence === undefined;
    const text = isFree ? this.#reader.get(collection, id) : undefined;
    return text === undefined ? this.call({ op: 'get', collection, id }) : text;
  }

  /** See {@link InOrder}: writes that travel together and share a commit. */
  readonly inOrder: InOrder = async (...writes) => {
    this.#sequences += 1;
    this.#sequence = this.#sequences;
    const made: Promise<void>[] = [];
    for (const write of writes) {
      const before = this.#calls;
      made.push(unlessThere(write));
      if (this.#calls === before) break; // refused before it was sent: nothing after it is
    }
    this.#sequence = undefined;
    // All of them: who is told of the first failure must find nothing of the others still under way.
    for (const end of await Promise.allSettled(made)) if (end.status === 'rejected') throw end.reason;
  };

  /** Lets what was called for be done, closes the file and ends the thread. */
  async close(): Promise<void> {
    if (this.#end === undefined) {
      this.#worker.ref();
      this.#post('close');
    }
    this.#end ??= new CortigraphError('UNAVAILABLE', 'The embedded store is closed.');
    this.#reader.close();
    await this.#ended;
  }

  #post(request: Request): void {
    this.#outbox.push(request);
    if (this.#outbox.length > 1) return;
    queueMicrotask(() => {
      const requests = this.#outbox;
      this.#outbox = [];
      this.#worker.postMessage(requests);
    });
  }

  #settle(reply: Reply): void {
    const pending = this.#pending.get(reply.call);
    this.#pending.delete(reply.call);
    if (this.#pending.size === 0 && this.#end === undefined) this.#worker.unref();
    if ('result' in reply) pending?.resolve(reply.result);
    else pending?.reject(errorOf(reply.failure));
  }

  #fail(error: CortigraphError): void {
    this.#end = error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

function doubtsAbout({ journalMode, synchronous }: Durability): string | undefined {
  if (journalMode !== 'wal') return `its journal is ${journalMode}: the folder must be on a disk of this machine`;
  return synchronous === 2 ? undefined : `synchronous is ${synchronous}`;
}

function errorOf({ kind, code, message }: Failure): unknown {
  if (kind === 'refused') return new StoreRefusalError(message);
  if (kind === 'write') return new StoreWriteError(Number(code), message);
  return asUnavailable(Object.assign(new Error(message), { code }));
}
