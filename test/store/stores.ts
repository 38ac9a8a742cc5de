import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { openMongoDB } from '../../src/store/mongodb.js';
import type { Store } from '../../src/store/store.js';

/** One kind of store to run a suite over. */
export interface TestStore {
  readonly name: 'embedded' | 'mongodb';
  /** A fresh, empty store; its close() also removes what it kept. */
  readonly open: () => Promise<Store>;
}

/** The server that scripts/test.mjs started, if any. */
export const testMongoDBUri = process.env['CORTIGRAPH_TEST_MONGODB_URI'];

/** A new folder, and how to remove it. */
export async function temporaryFolder(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'cortigraph-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** The URI of a database of its own on the server, and how to drop it. */
export function temporaryDatabase(serverUri: string): {
  readonly uri: string;
  readonly name: string;
  readonly drop: () => Promise<void>;
} {
  const name = `cortigraph_test_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  const uri = new URL(serverUri);
  uri.pathname = `/${name}`;
  const drop = async (): Promise<void> => {
    const client = new MongoClient(serverUri);
    try {
      await client.db(name).dropDatabase();
    } finally {
      await client.close();
    }
  };
  return { uri: uri.href, name, drop };
}

/** A fresh, empty embedded store, for tests that hold of either kind; its close() also removes what it kept. */
export async function openEmbedded(): Promise<Store> {
  const folder = await temporaryFolder();
  const store = await openEmbeddedStore(folder.path);
  return { ...store, close: () => store.close().finally(() => folder.remove()) };
}

async function openTemporaryMongoDB(serverUri: string): Promise<Store> {
  const { uri, drop } = temporaryDatabase(serverUri);
  const store = await openMongoDB(uri);
  return { ...store, close: () => store.close().finally(drop) };
}

/** Every kind of store that this machine can test; a suite that matters to both loops over them. */
export const testStores: readonly TestStore[] = [
  { name: 'embedded', open: openEmbedded },
  ...(testMongoDBUri === undefined
    ? []
    : [{ name: 'mongodb' as const, open: () => openTemporaryMongoDB(testMongoDBUri) }]),
];
