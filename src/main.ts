/** The wiring: the one place that knows every room. */
import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { pathToFileURL } from 'node:url';
import type { Logger } from 'pino';
import { migrations } from '../migrations/all.js';
import type { RequestContext } from '../resolvers/context.js';
import { createLoaders } from '../resolvers/context.js';
import { readBuildInfo } from './build-info.js';
import { SimulationPool } from './compute/simulation-pool.js';
import type { Config } from './config.js';
import { explainConfig, readConfig } from './config.js';
import { CortigraphError } from './domain/errors.js';
import { firstQuery } from './http/first-query.js';
import { buildGraphQLSchema } from './http/graphql-schema.js';
import { createLogger } from './http/logger.js';
import type { HttpServer } from './http/server.js';
import { createHttpServer } from './http/server.js';
import { models } from './models/registry.js';
import { defaultPageSize, maxPageSize } from './services/pages.js';
import type { Lab, LabSettings } from './services/lab.js';
import type { Services } from './services/services.js';
import { createServices } from './services/services.js';
import { maxColumns } from './services/sweep-table.js';
import { maxProvenanceEdges, maxProvenanceNodes } from './services/trace-service.js';
import { collectionsOf } from './store/collections.js';
import { migrate } from './store/migrate.js';
import { openStore } from './store/open-store.js';
import type { Store } from './store/store.js';

/** A whole server, which listens or answers in process. */
export interface Cortigraph {
  readonly http: HttpServer;
  readonly services: Services;
  readonly store: Store;
  readonly simulations: SimulationPool;
  /** Finishes requests under way, gives unfinished work back, closes the store. */
  close(): Promise<void>;
}

const leases: Pick<LabSettings, 'heartbeatMs' | 'staleLeaseMs'> = { heartbeatMs: 5_000, staleLeaseMs: 20_000 };

/** A table counts as so many lists: of one operation only a few may be asked for, for each reads thousands of runs. */
const tableWeight = 100;

/** Builds every room and opens the doors, on a store that it owns from here on: when it fails, it closes the store. */
export async function openCortigraph(
  config: Config,
  store: Store,
  logger: Logger,
  settings: Partial<LabSettings> = {},
): Promise<Cortigraph> {
  const simulations = new SimulationPool(config.workers);
  try {
    return await build(config, store, simulations, logger, settings);
  } catch (error) {
    await Promise.allSettled([simulations.close(), store.close()]);
    throw error;
  }
}

async function build(
  config: Config,
  store: Store,
  simulations: SimulationPool,
  logger: Logger,
  settings: Partial<LabSettings>,
): Promise<Cortigraph> {
  const applied = await migrate(store.database, migrations, () => new Date());
  if (applied.length > 0) logger.info({ applied }, 'migrated the store');
  const lab: Lab = {
    collections: collectionsOf(store.database),
    blobs: store.blobs,
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
      ...settings,
    },
    log: logger,
  };
  const services = createServices(lab, `${hostname()}/${process.pid}/${lab.randomHex()}`);
  const http = await createHttpServer<RequestContext>({
    schema: buildGraphQLSchema(),
    createContext: ({ mayCompute, origin }) => ({ services, loaders: createLoaders(services), mayCompute, origin }),
    logger,
    config,
    readiness: () => store.ping(),
    openBlob: (digest) => store.blobs.open(digest),
    listSizes: {
      byDefault: defaultPageSize,
      atMost: maxPageSize,
      long: {
        'ProvenanceGraph.nodes': maxProvenanceNodes,
        'ProvenanceGraph.edges': maxProvenanceEdges,
        'Table.columns': maxColumns,
        'Sweep.table': tableWeight,
      },
    },
    firstQuery,
  });
  // Before any question comes: later, a model that was not asked for yet would wait behind busy workers. One after the
  // other, so that a single worker has all of them warm, and the first question meets that one.
  for (const { name } of lab.models) await simulations.numericsOf(name);
  await services.start();
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    const doors = await Promise.allSettled([http.stop(), services.close()]);
    const rooms = await Promise.allSettled([simulations.close(), store.close()]);
    for (const end of [...doors, ...rooms]) if (end.status === 'rejected') throw end.reason;
  };
  return { http, services, store, simulations, close: () => (closed ??= close()) };
}

/** `npm start`: serves until SIGINT or SIGTERM. */
async function serve(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel);
  const store = await openStore(config);
  const server = await openCortigraph(config, store, logger);
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    // Ctrl-C under npm comes twice, from the terminal and from npm: the second must not end us halfway.
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    server.close().then(
      () => logger.info('stopped'),
      (error: unknown) => {
        logger.error({ err: error }, 'could not stop cleanly');
        process.exitCode = 1;
      },
    );
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    const { url } = await server.http.start(config.port, config.host);
    const at = (config.publicUrl ?? url).replace(/\/$/, '');
    logger.info(
      { graphql: `${at}/graphql`, explorer: `${at}/explorer/`, health: `${at}/healthz`, store: store.description },
      `Cortigraph ${readBuildInfo().softwareVersion} serves on ${at}`,
    );
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** `npm run migrate`: brings the store to this software's schema, and says what was done. */
async function migrateStore(): Promise<void> {
  const store = await openStore(readConfig(process.env));
  try {
    const applied = await migrate(store.database, migrations, () => new Date());
    const done = applied.length > 0 ? `applied ${applied.join(', ')}` : 'nothing to do';
    process.stdout.write(`${store.description}: ${done}\n`);
  } finally {
    await store.close();
  }
}

/** Prints every setting, its value and its meaning. */
async function explainSettings(): Promise<void> {
  process.stdout.write(`${explainConfig(readConfig(process.env))}\n`);
}

const commands: Readonly<Record<string, () => Promise<void>>> = {
  serve,
  migrate: migrateStore,
  config: explainSettings,
};

/** Runs a command; a failure that has a code is told in a sentence, any other with its stack. */
async function run(name: string): Promise<void> {
  const command = commands[name];
  if (!command) {
    process.stderr.write(`There is no command ${name}; there are: ${Object.keys(commands).join(', ')}.\n`);
    process.exitCode = 2;
    return;
  }
  try {
    await command();
  } catch (error) {
    const text = error instanceof CortigraphError ? `${error.code}: ${error.message}` : String((error as Error).stack);
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
  }
}

const [, entry, name = 'serve'] = process.argv;
if (entry !== undefined && import.meta.url === pathToFileURL(realpathSync(entry)).href) void run(name);
