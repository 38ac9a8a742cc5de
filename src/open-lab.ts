import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { migrations } from '../migrations/all.js';
import { readBuildInfo } from './build-info.js';
import { SimulationPool } from './compute/simulation-pool.js';
import type { Config } from './config.js';
import { CortigraphError } from './domain/errors.js';
import { models } from './models/registry.js';
import type { TakesUp } from './services/job-service.js';
import type { Lab, LabSettings, Log } from './services/lab.js';
import type { Services } from './services/services.js';
import { createServices } from './services/services.js';
import { collectionsOf } from './store/collections.js';
import { checkWriter, migrate, schemaVersionOf } from './store/migrate.js';
import { refuseHalfRestored } from './store/restore-marker.js';
import type { Store } from './store/store.js';

/** Everything behind the doors: a lab that answers in process. */
export interface OpenLab {
  readonly services: Services;
  readonly store: Store;
  readonly simulations: SimulationPool;
  /** Begins to keep leases, and takes up work that others left. */
  start(): Promise<void>;
  /** Gives unfinished work back and closes the store. */
  close(): Promise<void>;
}

/** How one lab differs from another on the same settings. */
export interface LabOptions {
  readonly settings?: Partial<LabSettings>;
  readonly takesUp?: TakesUp;
  /** Told when newer software has changed the store so that this may not write to it any more. */
  readonly shutOut?: (error: CortigraphError) => void;
}

const leases: Pick<LabSettings, 'heartbeatMs' | 'staleLeaseMs'> = { heartbeatMs: 5_000, staleLeaseMs: 20_000 };

/** What is being written for longer than this was left by a process that is gone, in ms. */
const unfinishedMs = 3_600_000;

/** Builds every room behind the doors, on a store that it owns from here on: when it fails, it closes the store. */
export async function openLab(
  config: Config,
  store: Store,
  log: Log,
  { settings = {}, takesUp = 'any', shutOut }: LabOptions = {},
): Promise<OpenLab> {
  const simulations = new SimulationPool(config.workers);
  const closeRooms = async (): Promise<void> => {
    const rooms = await Promise.allSettled([simulations.close(), store.close()]);
    for (const end of rooms) if (end.status === 'rejected') throw end.reason;
  };
  try {
    await refuseHalfRestored(store.database);
    const applied = await migrate(store.database, migrations, () => new Date());
    if (applied.length > 0) log.info({ applied }, 'migrated the store');
    const lab = labOf(config, store, simulations, log, settings);
    const services = createServices(lab, `${hostname()}/${process.pid}/${lab.randomHex()}`, takesUp);
    let cleaning: Promise<void> | undefined;
    let watch: NodeJS.Timeout | undefined;
    return {
      services,
      store,
      simulations,
      start: async () => {
        await services.start();
        if (takesUp === 'any') cleaning = removeUnfinished(store, log); // which nobody waits for
        if (shutOut) watch = watchWriter(store, lab.settings.heartbeatMs, shutOut);
      },
      close: async () => {
        clearInterval(watch);
        await Promise.all([services.close(), cleaning]).finally(closeRooms);
      },
    };
  } catch (error) {
    await closeRooms().catch(() => undefined);
    throw error;
  }
}

/**
 * Looks at each heartbeat whether this software may still write to the store, and whether somebody restores into it; a
 * store that is lost says nothing.
 */
function watchWriter({ database }: Store, everyMs: number, shutOut: (error: CortigraphError) => void): NodeJS.Timeout {
  const watch = setInterval(() => {
    const checks = [checkWriter(database, schemaVersionOf(migrations)), refuseHalfRestored(database)];
    Promise.all(checks).catch((error: unknown) => {
      if (!(error instanceof CortigraphError)) return;
      if ('leastWriterVersion' in error.details || 'halfRestored' in error.details) shutOut(error);
    });
  }, everyMs);
  return watch.unref();
}

/** Removes what earlier processes left of blobs that they were writing. */
async function removeUnfinished({ blobs }: Store, log: Log): Promise<void> {
  try {
    const removed = await blobs.removeUnfinished(new Date(Date.now() - unfinishedMs));
    if (removed > 0) log.info({ removed }, 'removed blobs that earlier processes did not finish');
  } catch (error) {
    log.warn({ err: error }, 'what earlier processes left of blobs could not be removed');
  }
}

function labOf(
  config: Config,
  store: Store,
  simulations: SimulationPool,
  log: Log,
  settings: Partial<LabSettings>,
): Lab {
  return {
    collections: collectionsOf(store.database),
    blobs: store.blobs,
    inOrder: store.inOrder,
    simulations,
    models: models.map((model) => model.definition),
    clock: { now: () => new Date(), monotonicMs: () => performance.now() },
    randomHex: () => randomBytes(16).toString('hex'),
    attribution: {
      agent: 'cortigraph',
      host: hostname(),
      softwareVersion: readBuildInfo().softwareVersion,
      nodeVersion: process.version,
      project: 'default',
      createdBy: 'local',
    },
    settings: {
      ...leases,
      maxResponseSeconds: config.maxResponseSeconds,
      maxSweepSeconds: config.maxSweepSeconds,
      maxExperimentRuns: config.maxExperimentRuns,
      ...settings,
    },
    log,
  };
}
