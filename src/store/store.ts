import type { BlobStore } from './blob-store.js';
import type { InOrder } from './in-order.js';
import type { StoreDatabase } from './seam.js';

/** An open store; whoever opened it closes it. */
export interface Store {
  readonly kind: 'mongodb' | 'embedded';
  /** Where it is, for people. Never holds credentials. */
  readonly description: string;
  readonly database: StoreDatabase;
  readonly blobs: BlobStore;
  readonly inOrder: InOrder;
  /** @throws CortigraphError UNAVAILABLE when the store does not answer, or takes no writes */
  ping(): Promise<void>;
  close(): Promise<void>;
}
