/** The wiring: the one place that knows every room. */
import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Logger } from 'pino';
import { migrations } from '../migrations/all.js';
import { readBuildInfo } from './build-info.js';
import type { GraphQLAnswer, GraphQLQuestion, Shell } from './cli/shell.js';
import { WarningLog } from './cli/warning-log.js';
import type { Config } from './config.js';
import { describeConfig, readConfig } from './config.js';
import { createLogger } from './http/logger.js';
import type { HttpServer } from './http/server.js';
import type { LabOptions, OpenLab } from './open-lab.js';
import { openLab } from './open-lab.js';
import { models } from './models/registry.js';
import type { ArchiveService } from './services/archive/archive-service.js';
import type { TakesUp } from './services/job-service.js';
import type { LabSettings } from './services/lab.js';
import type { Services } from './services/services.js';
import { isEmptyStore } from './store/collections.js';
import { migrate } from './store/migrate.js';
import { openStore } from './store/open-store.js';
import type { Store } from './store/store.js';

/** A whole server, which listens or answers in process. */
export interface Cortigraph extends Omit<OpenLab, 'start'> {
  readonly http: HttpServer;
  /** Finishes requests under way, gives unfinished work back, closes the store. */
  close(): Promise<void>;
}

/** Builds every room and opens the doors, on a store that it owns from here on: when it fails, it closes the store. */
export async function openCortigraph(
  config: Config,
  store: Store,
  logger: Logger,
  settings: Partial<LabSettings> = {},
  shutOut?: LabOptions['shutOut'],
): Promise<Cortigraph> {
  const loading = import('./open-http.js'); // a shell has no use for it
  const lab = await openLab(config, store, logger, { settings, shutOut });
  try {
    const { openHttp } = await loading;
    const http = await openHttp(config, lab, logger);
    // Before any question comes: later, a model that was not asked for yet would wait behind busy workers. One after the
    // other, so that a single worker has all of them warm, and the first question meets that one.
    for (const { definition } of models) await lab.simulations.numericsOf(definition.name);
    await lab.start();
    let closed: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      const ends = await Promise.allSettled([http.stop(), lab.close()]);
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    };
    return { ...lab, http, close: () => (closed ??= close()) };
  } catch (error) {
    await lab.close().catch(() => undefined);
    throw error;
  }
}

/** Serves until SIGINT, SIGTERM or SIGHUP; gives the addresses once it listens. */
async function serve(logTo: 'stdout' | 'stderr'): Promise<Readonly<Record<string, string>>> {
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel, logTo === 'stdout' ? undefined : process.stderr);
  const store = await openStore(config);
  let stopping = false;
  const stop = (why: object): void => {
    // Ctrl-C under npm comes twice, from the terminal and from npm: the second must not end us halfway.
    if (stopping) return;
    stopping = true;
    logger.info(why, 'stopping');
    server.close().then(
      () => logger.info('stopped'),
      (error: unknown) => {
        logger.error({ err: error }, 'could not stop cleanly');
        process.exitCode = 1;
      },
    );
  };
  const server = await openCortigraph(config, store, logger, {}, ({ message }) => {
    logger.error(message);
    process.exitCode = 1;
    stop({ reason: 'shut out by newer software' });
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop({ signal }));
  try {
    const { url } = await server.http.start(config.port, config.host);
    const at = (config.publicUrl ?? url).replace(/\/$/, '');
    const addresses = { graphql: `${at}/graphql`, explorer: `${at}/explorer/`, health: `${at}/healthz` };
    const served = { ...addresses, store: store.description };
    logger.info(served, `Cortigraph ${readBuildInfo().softwareVersion} serves on ${at}`);
    if (await isEmptyStore(store.database)) {
      logger.info('The store is empty: "npm run fixtures" loads a few dozen runs to look at, now or later.');
    }
    return served;
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** Brings the store to this software's schema, and says what was done. */
async function migrateStore(): Promise<{ readonly store: string; readonly applied: readonly string[] }> {
  const store = await openStore(readConfig(process.env));
  try {
    return { store: store.description, applied: await migrate(store.database, migrations, () => new Date()) };
  } finally {
    await store.close();
  }
}

const warningLog = ({ logLevel }: Config): WarningLog =>
  new WarningLog(process.stderr, { stacks: ['trace', 'debug'].includes(logLevel) });

/** The lab for one command: the server's store, without HTTP; work that others left is not for a shell. */
async function openForShell(takesUp: TakesUp = 'asked'): Promise<OpenLab> {
  const config = readConfig(process.env);
  const log = warningLog(config);
  const lab = await openLab(config, await openStore(config), log, { takesUp });
  try {
    await lab.start();
    return lab;
  } catch (error) {
    await lab.close().catch(() => undefined);
    throw error;
  }
}

/** Backups of the store, which is opened without what answers from it. */
async function openArchives(): Promise<{ readonly archives: ArchiveService; close(): Promise<void> }> {
  const { ArchiveService } = await import('./services/archive/archive-service.js'); // few commands have a use for it
  const { softwareVersion } = readBuildInfo();
  const store = await openStore(readConfig(process.env));
  return {
    archives: new ArchiveService({
      store,
      migrations,
      models: models.map(({ definition }) => definition),
      softwareVersion,
      now: () => new Date(),
    }),
    close: () => store.close(),
  };
}

/** One GraphQL document to a lab of this process. */
async function askGraphQL(
  services: Services,
  question: GraphQLQuestion,
  begun: (jobId: string) => void,
): Promise<GraphQLAnswer> {
  const { openGraphQL } = await import('./open-graphql.js'); // few commands have a use for it
  const config = readConfig(process.env);
  const origin = (config.publicUrl ?? `http://${config.host}:${config.port}`).replace(/\/$/, '');
  return openGraphQL(services, warningLog(config), origin)(question, begun);
}

const shell: Shell = {
  stdout: process.stdout,
  stderr: process.stderr,
  softwareVersion: () => readBuildInfo().softwareVersion,
  serve,
  migrate: migrateStore,
  settings: () => describeConfig(readConfig(process.env), process.env),
  askGraphQL,
  readExperiment: async (document) => {
    const { readExperiment } = await import('./open-graphql.js'); // few commands have a use for it
    return readExperiment(document);
  },
  openLab: openForShell,
  openArchives,
};

/** Runs a command as a shell gives it. */
export async function runCommand(args: readonly string[]): Promise<void> {
  const { runProgram } = await import('./cli/program.js');
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return; // whoever read the output has enough, as `head` does
    process.stderr.write(`UNAVAILABLE: What was found could not be written: ${error.message}.\n`);
    process.exitCode = 1;
  });
  const exitCode = await runProgram(args, shell);
  process.exitCode ||= exitCode;
}

const [, entry, ...args] = process.argv;
if (entry !== undefined && import.meta.url === pathToFileURL(realpathSync(entry)).href) {
  void runCommand(args.length > 0 ? args : ['serve']); // as `npm start`
}
