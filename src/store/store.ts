import type { StoreDatabase } from './seam.js';

/** An open store; whoever opened it closes it. */
export interface Store {
  readonly kind: 'mongodb' | 'embedded';
  /** Where it is, for people. Never holds credentials. */
  readonly description: string;
  readonly database: StoreDatabase;
  /** @throws CortigraphError UNAVAILABLE when the store does not answer */
  ping(): Promise<void>;
  close(): Promise<void>;
}
