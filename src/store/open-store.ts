import { openEmbeddedStore } from './embedded/embedded-store.js';
import { openMongoDB } from './mongodb.js';
import type { Store } from './store.js';

/** Where the documents are kept. */
export interface StoreSettings {
  /** Given, the store is MongoDB; else it is a file in `dataDir`. */
  readonly mongodbUri?: string;
  readonly dataDir: string;
}

/**
 * Opens the store.
 * @throws CortigraphError UNAVAILABLE when it cannot be reached, in words without credentials
 */
export function openStore({ mongodbUri, dataDir }: StoreSettings): Promise<Store> {
  return mongodbUri === undefined || mongodbUri === '' ? openEmbeddedStore(dataDir) : openMongoDB(mongodbUri);
}
