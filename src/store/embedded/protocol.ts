/*
 * What the main thread and the thread of SQLite say to one another. Everything is a string or a number: documents and
 * queries travel as JSON text, which is the cheapest to pass between threads, and is checked before it is sent.
 */

/** One operation on one collection. `query` and the like are JSON texts of the seam's arguments. */
export type Operation =
  | {
      readonly op: 'insert';
      readonly collection: string;
      readonly ids: readonly string[];
      readonly documents: readonly string[];
    }
  | { readonly op: 'get'; readonly collection: string; readonly id: string }
  | { readonly op: 'find'; readonly collection: string; readonly filter: string; readonly options: string }
  | {
      readonly op: 'update';
      readonly collection: string;
      readonly filter: string;
      readonly update: string;
      readonly upsert: boolean;
      readonly wantsDocument: boolean;
    }
  | { readonly op: 'delete' | 'count'; readonly collection: string; readonly filter: string }
  | { readonly op: 'groupCount'; readonly collection: string; readonly pipeline: string }
  | {
      readonly op: 'keepCounts';
      readonly collection: string;
      readonly fields: readonly string[];
      readonly time?: string;
    }
  | { readonly op: 'createIndex'; readonly collection: string; readonly keys: string; readonly options: string };

/** What each operation gives. */
export interface Results {
  /** The positions of the duplicates, which are not inserted. */
  readonly insert: readonly number[];
  /** The JSON text of the document; null where there is none. */
  readonly get: string | null;
  /** The JSON text of a list of documents. */
  readonly find: string;
  readonly update: { readonly matchedCount: number; readonly upsertedCount: number; readonly document: string | null };
  readonly delete: number;
  readonly count: number;
  readonly groupCount: readonly { readonly _id: string | number | boolean | null; readonly count: number }[];
  readonly keepCounts: true;
  readonly createIndex: string;
}

/** A result of any operation. */
export type Result = Results[keyof Results];

/** One operation, with the number of its call and of the sequence that it is part of. */
export interface Call {
  readonly call: number;
  readonly operation: Operation;
  /** Once an operation of a sequence fails, those after it are not carried out. */
  readonly sequence?: number;
}

/** What the main thread sends: operations, or the end. */
export type Request = Call | 'close';

/** An error on its way between threads. */
export interface Failure {
  readonly kind: 'refused' | 'write' | 'sqlite' | 'fault';
  readonly code: string | number;
  readonly message: string;
}

/** The answer to one call. */
export type Reply =
  { readonly call: number; readonly result: Result } | { readonly call: number; readonly failure: Failure };

/** How safe a commit is, read back from SQLite after it was asked for. */
export interface Durability {
  readonly journalMode: string;
  /** SQLite's number: 2 is FULL. */
  readonly synchronous: number;
  readonly busyTimeoutMs: number;
}

/** What the thread of SQLite sends: once how it opened, then answers. */
export type FromWorker =
  { readonly opened: Durability } | { readonly notOpened: Failure } | { readonly replies: readonly Reply[] };

/** What the thread of SQLite is started with. */
export interface WorkerData {
  readonly file: string;
  readonly busyTimeoutMs: number;
  /** Collections whose writes need not outlast a loss of power. */
  readonly passing: ReadonlySet<string>;
}
