import { CortigraphError } from '../../domain/errors.js';
import { isEmptyStore } from '../../store/collections.js';
import type { ModelDefinition } from '../../domain/model-definition.js';
import type { Migration } from '../../store/migrate.js';
import { applyAgain, migrate, schemaVersionIn, schemaVersionOf } from '../../store/migrate.js';
import { halfRestoredFrom, markHalfRestored, markRestored, refuseHalfRestored } from '../../store/restore-marker.js';
import type { Store } from '../../store/store.js';
import type { ArchiveOptions } from './backup.js';
import { writeBackup } from './backup.js';
import { exportExperiment } from './experiment-export.js';
import { isFile } from './experiment-file.js';
import { ReadableExperiment } from './experiment-load.js';
import type { Manifest } from './manifest.js';
import { ReadableBackup } from './restore.js';

/** What a backup holds, or what came out of one. */
export interface ArchiveReport {
  /** The store, for people. */
  readonly store: string;
  /** Where the backup is, or the file of an experiment that was loaded. */
  readonly folder: string;
  /** When the backup was begun. */
  readonly createdAt: string;
  readonly documents: number;
  /** Of the documents, those that the store had already. */
  readonly present: number;
  /** Those that come with the backup. */
  readonly blobs: number;
  /** Digests of blobs that the store which was backed up had lost. */
  readonly missingBlobs: readonly string[];
}

/** What came of writing an experiment to a file. */
export interface ExperimentReport {
  /** The store, for people. */
  readonly store: string;
  readonly file: string;
  readonly experiment: string;
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
}

/** What archives are made with; the wiring knows. */
export interface ArchiveParts {
  readonly store: Pick<Store, 'database' | 'blobs' | 'description'>;
  readonly migrations: readonly Migration[];
  readonly models: readonly ModelDefinition[];
  readonly softwareVersion: string;
  readonly now: () => Date;
}

/** Takes backups of a store and brings them back, whichever kind of store either is. */
export class ArchiveService {
  constructor(private readonly parts: ArchiveParts) {}

  /**
   * Writes everything that is stored into a folder that is new or empty. A server may write to the store meanwhile: what
   * is stored when this begins is in the backup, with all that it refers to.
   * @throws CortigraphError CONFLICT, UNAVAILABLE
   */
  async backup(folder: string, options: ArchiveOptions = {}): Promise<ArchiveReport> {
    const { store, softwareVersion, now } = this.parts;
    await refuseHalfRestored(store.database);
    const schemaVersion = await schemaVersionIn(store.database);
    this.refuseNewer('This store', schemaVersion);
    const createdAt = now().toISOString();
    const manifest = await writeBackup(store, folder, { schemaVersion, softwareVersion, createdAt }, options);
    const documents = manifest.collections.reduce((total, each) => total + each.documents, 0);
    return this.report(folder, manifest, { documents, present: 0 });
  }

  /**
   * Brings a whole backup back into a store that is empty. The backup is checked to its last byte before anything is
   * inserted. Until it is whole again the store refuses service; the same restore goes on with one that was interrupted.
   * @throws CortigraphError CONFLICT when the store is not empty, BAD_USER_INPUT when the backup is not whole, UNAVAILABLE
   */
  async restore(folder: string, options: ArchiveOptions = {}): Promise<ArchiveReport> {
    const { store, migrations, now } = this.parts;
    const { database } = store;
    const backup = await ReadableBackup.open(folder);
    const { manifest } = backup;
    this.refuseNewer('This backup', manifest.schemaVersion);
    if ((await halfRestoredFrom(database)) === null && !(await isEmptyStore(database))) {
      throw new CortigraphError(
        'CONFLICT',
        `A backup is restored into an empty store only, and there is something in ${store.description}. Use another (DATA_DIR or MONGODB_URI), or "cortigraph load" to add what is missing.`,
      );
    }
    await backup.check(options);
    await migrate(database, migrations, now);
    await markHalfRestored(database, manifest.digest, now().toISOString());
    const inserted = await backup.insertInto(store, ['content', 'work'], options);
    await applyAgain(database, migrations, manifest.schemaVersion);
    await markRestored(database);
    return this.report(folder, manifest, inserted);
  }

  /**
   * Writes an experiment that is at its end to a new file, with all its rows: in columns, compressed, and without what can
   * be computed of its design.
   * @throws CortigraphError NOT_FOUND; CONFLICT when rows are missing or the file is there; UNAVAILABLE
   */
  async exportExperiment(name: string, file: string, options: ArchiveOptions = {}): Promise<ExperimentReport> {
    const { store, models, softwareVersion, now } = this.parts;
    await refuseHalfRestored(store.database);
    const schemaVersion = await schemaVersionIn(store.database);
    this.refuseNewer('This store', schemaVersion);
    const header = { schemaVersion, softwareVersion, createdAt: now().toISOString() };
    const { experiment, rows, bytes } = await exportExperiment(store.database, models, name, file, header, options);
    return { store: store.description, file, experiment: experiment._id, name: experiment.name, rows, bytes };
  }

  /**
   * Adds to a store what it lacks of the content of a backup, all but its jobs, or of the file of an experiment. Each is
   * checked to its last byte before anything is inserted. What is there stays as it is, so the same can be loaded again.
   * @param path the folder of a backup, or a file that {@link exportExperiment} wrote
   * @throws CortigraphError BAD_USER_INPUT when it is not whole, CONFLICT, UNAVAILABLE
   */
  async load(path: string, options: ArchiveOptions = {}): Promise<ArchiveReport> {
    return (await isFile(path)) ? this.loadExperiment(path, options) : this.loadBackup(path, options);
  }

  private async loadExperiment(file: string, options: ArchiveOptions): Promise<ArchiveReport> {
    const { store, models, migrations, now } = this.parts;
    await refuseHalfRestored(store.database);
    const readable = await ReadableExperiment.open(models, file, options);
    const { schemaVersion, createdAt } = readable.header;
    this.refuseNewer('This file', schemaVersion);
    await migrate(store.database, migrations, now);
    const inserted = await readable.insertInto(store.database, options);
    await applyAgain(store.database, migrations, schemaVersion);
    return { store: store.description, folder: file, createdAt, ...inserted, blobs: 0, missingBlobs: [] };
  }

  private async loadBackup(folder: string, options: ArchiveOptions): Promise<ArchiveReport> {
    const { store, migrations, now } = this.parts;
    const backup = await ReadableBackup.open(folder);
    this.refuseNewer('This backup', backup.manifest.schemaVersion);
    await refuseHalfRestored(store.database);
    await backup.check(options);
    await migrate(store.database, migrations, now);
    const inserted = await backup.insertInto(store, ['content'], options);
    await applyAgain(store.database, migrations, backup.manifest.schemaVersion);
    return this.report(folder, backup.manifest, inserted);
  }

  private refuseNewer(what: string, schemaVersion: number): void {
    const known = schemaVersionOf(this.parts.migrations);
    if (schemaVersion <= known) return;
    throw new CortigraphError(
      'UNAVAILABLE',
      `${what} is of schema version ${schemaVersion}, and this software knows ${known}: update Cortigraph.`,
      { schemaVersion, known },
    );
  }

  private report(
    folder: string,
    { createdAt, blobs: { count, missing } }: Manifest,
    counts: Pick<ArchiveReport, 'documents' | 'present'>,
  ): ArchiveReport {
    const store = this.parts.store.description;
    return { store, folder, createdAt, ...counts, blobs: count, missingBlobs: missing };
  }
}
