import { join, resolve } from 'node:path';
import { CortigraphError } from '../../domain/errors.js';
import { passingCollections } from '../collections.js';
import type { Store } from '../store.js';
import { writeProbe } from '../write-probe.js';
import { EmbeddedDatabase } from './embedded-database.js';
import { FileBlobs } from './file-blobs.js';
import { makeFolder } from './make-folder.js';
import type { Durability } from './protocol.js';
import { SqliteThread } from './sqlite-thread.js';

/** The file in the data folder that holds every document. */
export const embeddedFileName = 'cortigraph.db';

/** The folder in the data folder that holds every blob. */
export const blobFolderName = 'blobs';

/** The embedded store, with what SQLite says of its safety. */
export interface EmbeddedStore extends Store {
  readonly kind: 'embedded';
  readonly durability: Durability;
}

/**
 * Opens the SQLite file and the blobs of a data folder, which is made where it is missing. Several processes may have it open.
 * @throws CortigraphError UNAVAILABLE when the folder or the file cannot be used
 */
export async function openEmbeddedStore(dataDir: string): Promise<EmbeddedStore> {
  const folder = resolve(dataDir);
  try {
    await makeFolder(folder);
  } catch (cause) {
    throw new CortigraphError('UNAVAILABLE', `The folder ${folder} cannot be made. Check DATA_DIR.`, {}, { cause });
  }
  const file = join(folder, embeddedFileName);
  const thread = await SqliteThread.start(file, passingCollections);
  const database = new EmbeddedDatabase(thread);
  return {
    kind: 'embedded',
    description: `embedded SQLite in ${file}`,
    durability: thread.durability,
    database,
    blobs: new FileBlobs(join(folder, blobFolderName)),
    inOrder: thread.inOrder,
    ping: writeProbe(database),
    close: () => thread.close(),
  };
}
