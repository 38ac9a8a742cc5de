import { CortigraphError } from '../domain/errors.js';
import type { StoreDatabase } from './seam.js';
import { isDuplicateKey } from './store-errors.js';

/** In a store from before the first document of a backup is inserted until after the last one is. */
interface RestoreMarker {
  readonly _id: 'restore';
  /** The digest of the backup. */
  readonly backup: string;
  readonly startedAt: string;
}

const markers = (database: StoreDatabase) => database.collection<RestoreMarker>('meta');

/** The digest of the backup that a store is half restored from; null for a store that is whole. */
export async function halfRestoredFrom(database: StoreDatabase): Promise<string | null> {
  return (await markers(database).findOne({ _id: 'restore' }))?.backup ?? null;
}

/**
 * Marks a store as half restored.
 * @throws CortigraphError CONFLICT when it is half restored from another backup
 */
export async function markHalfRestored(database: StoreDatabase, backup: string, startedAt: string): Promise<void> {
  try {
    await markers(database).insertOne({ _id: 'restore', backup, startedAt });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    if ((await halfRestoredFrom(database)) === backup) return;
    throw new CortigraphError('CONFLICT', 'This store is half restored from another backup: restore that one again.');
  }
}

/** Says that a restored store is whole. */
export async function markRestored(database: StoreDatabase): Promise<void> {
  await markers(database).deleteMany({ _id: 'restore' });
}

/**
 * Makes sure that a store is whole, before anybody relies on it.
 * @throws CortigraphError UNAVAILABLE when it is half restored
 */
export async function refuseHalfRestored(database: StoreDatabase): Promise<void> {
  if ((await halfRestoredFrom(database)) === null) return;
  throw new CortigraphError(
    'UNAVAILABLE',
    'This store is half restored: "cortigraph restore" of the same backup was interrupted. Run it again, or use another store (DATA_DIR or MONGODB_URI).',
    { halfRestored: true },
  );
}
