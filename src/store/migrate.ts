import { CortigraphError } from '../domain/errors.js';
import type { StoreDatabase } from './seam.js';
import { isDuplicateKey } from './store-errors.js';

/**
 * One step of the store's schema. Steps only add. `up` may be run again after a crash, and by two processes at once:
 * it creates indexes and makes conditional writes, and does nothing where the work is done.
 */
export interface Migration {
  /** A number of three digits and a name: `'001-runs'`. The number is the schema's version after it. */
  readonly id: string;
  readonly description: string;
  /** Whether software that does not know this step must not write any more. */
  readonly shutsOutOlderWriters?: boolean;
  up(database: StoreDatabase): Promise<void>;
}

/** What the store says of itself. */
export interface StoreMeta {
  readonly _id: 'store';
  /** The number of the newest step that was applied. */
  readonly schemaVersion: number;
  /** The least schema version that software must know to write here. */
  readonly leastWriterVersion: number;
}

interface AppliedMigration {
  readonly _id: string;
  readonly description: string;
  readonly appliedAt: string;
}

const idPattern = /^(\d{3})-[a-z0-9-]+$/;

/** The schema version of software that knows these migrations. */
export function schemaVersionOf(migrations: readonly Migration[]): number {
  return Math.max(0, ...migrations.map(versionOf));
}

/**
 * Applies the migrations that the store has not recorded, in their order.
 * @returns the ids of those that this call recorded; of two processes that apply one, one records it
 * @throws CortigraphError UNAVAILABLE when the store demands newer software than this
 */
export async function migrate(
  database: StoreDatabase,
  migrations: readonly Migration[],
  clock: () => Date,
): Promise<readonly string[]> {
  checkOrder(migrations);
  const applied = database.collection<AppliedMigration>('migrations');
  await checkWriter(database, schemaVersionOf(migrations));
  const recorded = new Set((await applied.find({}).toArray()).map(({ _id }) => _id));
  const done: string[] = [];
  for (const migration of migrations) {
    if (recorded.has(migration.id)) continue;
    // First: from here on an older writer could undo what `up` does.
    if (migration.shutsOutOlderWriters === true) await raise(database, 'leastWriterVersion', versionOf(migration));
    await migration.up(database);
    await raise(database, 'schemaVersion', versionOf(migration));
    const record = { _id: migration.id, description: migration.description, appliedAt: clock().toISOString() };
    try {
      await applied.insertOne(record);
      done.push(migration.id);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  }
  return done;
}

/** The schema version of a store; 0 before any step. */
export async function schemaVersionIn(database: StoreDatabase): Promise<number> {
  return (await database.collection<StoreMeta>('meta').findOne({ _id: 'store' }))?.schemaVersion ?? 0;
}

/** Applies every step behind a version once more: to documents of that version which were inserted since. */
export async function applyAgain(
  database: StoreDatabase,
  migrations: readonly Migration[],
  version: number,
): Promise<void> {
  for (const migration of migrations) if (versionOf(migration) > version) await migration.up(database);
}

/**
 * Lets software write that knows the store's least version.
 * @throws CortigraphError UNAVAILABLE when the store demands newer software
 */
export async function checkWriter(database: StoreDatabase, schemaVersion: number): Promise<void> {
  const meta = await database.collection<StoreMeta>('meta').findOne({ _id: 'store' });
  if (meta === null || meta.leastWriterVersion <= schemaVersion) return;
  throw new CortigraphError(
    'UNAVAILABLE',
    `A newer Cortigraph has changed this store: writing to it takes schema version ${meta.leastWriterVersion}, and ` +
      `this software knows ${schemaVersion}. Update Cortigraph, or use another store (DATA_DIR or MONGODB_URI).`,
    { leastWriterVersion: meta.leastWriterVersion, schemaVersion },
  );
}

/** Raises one number of the meta document; never lowers it, whoever else is at work. */
async function raise(
  database: StoreDatabase,
  field: 'schemaVersion' | 'leastWriterVersion',
  version: number,
): Promise<void> {
  const meta = database.collection<StoreMeta>('meta');
  await meta.updateOne(
    { _id: 'store' },
    { $setOnInsert: { schemaVersion: 0, leastWriterVersion: 0 } },
    { upsert: true },
  );
  await meta.updateOne({ _id: 'store', [field]: { $lt: version } }, { $set: { [field]: version } });
}

function checkOrder(migrations: readonly Migration[]): void {
  let last = 0;
  for (const migration of migrations) {
    const version = versionOf(migration);
    if (version <= last) throw new Error(`The migration ${migration.id} is out of order.`);
    last = version;
  }
}

function versionOf({ id }: Migration): number {
  const [, digits] = idPattern.exec(id) ?? [];
  if (digits === undefined) throw new Error(`${id} is no id of a migration, such as 001-runs.`);
  return Number(digits);
}
