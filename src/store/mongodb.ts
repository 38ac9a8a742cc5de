import type { MongoClient, MongoClientOptions } from 'mongodb';
import { CortigraphError } from '../domain/errors.js';
import { blobBucket, GridFSBlobs } from './gridfs-blobs.js';
import { oneAfterTheOther } from './in-order.js';
import { RetryingDatabase } from './retrying-database.js';
import type { StoreDatabase } from './seam.js';
import type { Store } from './store.js';
import { writeProbe } from './write-probe.js';

const defaultDatabaseName = 'cortigraph';
/**
 * How soon a server that is gone, or hangs, is noticed, in ms; the driver's own let requests wait for a minute. Long
 * enough that one that is only slow is not taken for such. Each may be set in the URI.
 */
const patience: Readonly<Record<string, number>> = {
  serverSelectionTimeoutMS: 2000,
  connectTimeoutMS: 5000,
  heartbeatFrequencyMS: 2000,
};
/** MongoDB's numbers for credentials that are wrong or may not do this. */
const authenticationCodes: ReadonlySet<unknown> = new Set([13, 18, 8000]);

/**
 * Connects to MongoDB, or to what speaks its protocol. The database is the one in the URI, else `cortigraph`.
 * @throws CortigraphError UNAVAILABLE when the URI is not one, or the server cannot be reached or refuses us
 */
export async function openMongoDB(uri: string): Promise<Store> {
  // Loaded here, so that whoever uses the embedded store does not wait for it.
  const driver = await import('mongodb');
  const client = clientFor(uri, (options) => new driver.MongoClient(uri, options));
  const name = databaseName(uri);
  const place = hostsOf(client);
  try {
    await client.connect();
    await client.db(name).command({ ping: 1 });
  } catch (cause) {
    await client.close();
    throw new CortigraphError('UNAVAILABLE', whyNot(cause, place), {}, { cause });
  }
  // test/store/seam-types.test.ts proves the fit for given documents; TypeScript cannot for all of them at once.
  const database = new RetryingDatabase(client.db(name) as unknown as StoreDatabase);
  return {
    kind: 'mongodb',
    description: `MongoDB at ${place}, database ${name}`,
    database,
    blobs: new GridFSBlobs(
      new driver.GridFSBucket(client.db(name), { bucketName: blobBucket }),
      client.db(name).collection(`${blobBucket}.chunks`),
    ),
    inOrder: oneAfterTheOther,
    ping: writeProbe(database),
    close: () => client.close(),
  };
}

/** The database that a URI names, else `cortigraph`. */
export function databaseName(uri: string): string {
  const [, name] = /^mongodb(?:\+srv)?:\/\/[^/?]*\/([^?]+)/.exec(uri) ?? [];
  return name === undefined ? defaultDatabaseName : decodeURIComponent(name);
}

function clientFor(uri: string, make: (options: MongoClientOptions) => MongoClient): MongoClient {
  const isSet = (name: string): boolean => new RegExp(`[?&]${name}=`, 'i').test(uri);
  try {
    return make({
      appName: 'cortigraph',
      ignoreUndefined: true,
      writeConcern: { w: 'majority', journal: true },
      ...Object.fromEntries(Object.entries(patience).filter(([name]) => !isSet(name))),
    });
  } catch {
    // The driver's message may quote the URI, password and all.
    throw new CortigraphError(
      'UNAVAILABLE',
      'MONGODB_URI is no connection string of MongoDB (mongodb://host:port/database). Percent-encode its password.',
    );
  }
}

function hostsOf({ options }: MongoClient): string {
  return options.srvHost ?? options.hosts.map((host) => host.toString()).join(',');
}

function whyNot(error: unknown, place: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (authenticationCodes.has(code)) return `MongoDB at ${place} refuses the credentials of MONGODB_URI.`;
  return `MongoDB at ${place} cannot be reached. Check that it runs and that MONGODB_URI names it.`;
}
