import Database from 'libsql';
import type { Durability } from './protocol.js';

/** What a statement is given. libsql aborts the process on a lone Buffer, so parameters always come as a list. */
export type Parameters = readonly (string | number)[];

/** The table of a group's counts: a column a field, and the count. */
export interface KeptCounts {
  /** Quoted for SQL. */
  readonly table: string;
  /** The column of each field, quoted for SQL. */
  readonly columns: ReadonlyMap<string, string>;
  /** The field by whose times these are kept; its column holds the beginnings of them. */
  readonly time: string | undefined;
}

const maxStatements = 500;
const maxPreparedCollections = 10_000;
const cacheKiB = 32_768;
const journalLimitBytes = 67_108_864;
/** Of 4 KiB: four times SQLite's own, for a page that is written again and again is then moved to its place less often. */
const checkpointPages = 4000;

type Statement = Database.Statement;

/** One connection to a SQLite file, with the statements that it has prepared and the tables that it has seen. */
export class Sqlite {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Statement>();
  readonly #tables = new Set<string>();
  #isLasting = true;
  readonly #counts = new Map<string, readonly KeptCounts[]>();

  /** Opens the file, or makes it. Nothing that a commit acknowledged is lost when the machine loses power. */
  constructor(file: string, busyTimeoutMs: number) {
    this.#database = new Database(file);
    // First, for changing the journal's mode may have to wait for another process.
    this.all(`PRAGMA busy_timeout = ${busyTimeoutMs}`, []);
    this.all('PRAGMA journal_mode = WAL', []);
    this.run('PRAGMA synchronous = FULL', []);
    this.run(`PRAGMA cache_size = -${cacheKiB}`, []);
    this.all(`PRAGMA journal_size_limit = ${journalLimitBytes}`, []);
    this.all(`PRAGMA wal_autocheckpoint = ${checkpointPages}`, []);
    this.run('PRAGMA temp_store = MEMORY', []);
  }

  /** The settings as they are, not as they were asked for. */
  durability(): Durability {
    const read = (name: string): unknown => this.all(`PRAGMA ${name}`, [])[0]?.[0];
    return {
      journalMode: String(read('journal_mode')),
      synchronous: Number(read('synchronous')),
      busyTimeoutMs: Number(read('busy_timeout')),
    };
  }

  /**
   * Begins to write.
   * @param isLasting whether what is committed must outlast a loss of power; a process that ends takes nothing along
   */
  begin(isLasting: boolean): void {
    if (isLasting !== this.#isLasting) {
      // SQLite sets this as it prepares the statement: it must be prepared anew.
      this.#database.exec(`PRAGMA synchronous = ${isLasting ? 'FULL' : 'NORMAL'}`);
      this.#isLasting = isLasting;
    }
    this.run('BEGIN IMMEDIATE', []);
  }

  /** Every row of a query, each a list of its columns. */
  all(sql: string, parameters: Parameters): readonly (readonly unknown[])[] {
    // To the last row: a statement left in the middle would keep its snapshot and hold up checkpoints.
    return this.#prepare(sql, true).all([...parameters]) as unknown[][];
  }

  /** Runs a statement that gives no rows; returns how many rows it changed. */
  run(sql: string, parameters: Parameters): number {
    return this.#prepare(sql, false).run([...parameters]).changes;
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  /** Whether {@link Sqlite.rememberTable} has been told of the table since the last {@link Sqlite.forgetTables}. */
  knowsTable(name: string): boolean {
    return this.#tables.has(name);
  }

  rememberTable(name: string): void {
    if (this.#tables.size < maxPreparedCollections) this.#tables.add(name);
  }

  /** The counts that are kept of a collection, as they were read last. */
  counts(
    collection: string,
    read: (sqlite: Sqlite, collection: string) => readonly KeptCounts[],
  ): readonly KeptCounts[] {
    const known = this.#counts.get(collection) ?? read(this, collection);
    if (this.#counts.size < maxPreparedCollections) this.#counts.set(collection, known);
    return known;
  }

  /** When others are kept. */
  forgetCounts(): void {
    this.#counts.clear();
  }

  /** After a rollback, which may have undone the making of a table. */
  forgetTables(): void {
    this.#tables.clear();
    this.#counts.clear();
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepare(sql: string, isQuery: boolean): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    if (isQuery) statement.raw();
    // A map keeps its order: the first is the oldest.
    const [oldest] = this.#statements.keys();
    if (this.#statements.size >= maxStatements && oldest !== undefined) this.#statements.delete(oldest);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** Whether an error is SQLite's own. */
export function isSqliteError(error: unknown): error is Error & { readonly code: string } {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('SQLITE_')
  );
}

/** Whether an error says that a unique index has the key. */
export function isUniqueViolation(error: unknown): boolean {
  return (
    isSqliteError(error) && (error.code === 'SQLITE_CONSTRAINT_UNIQUE' || error.code === 'SQLITE_CONSTRAINT_PRIMARYKEY')
  );
}
