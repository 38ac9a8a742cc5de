import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { embeddedFileName, openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { openMongoDB } from '../../src/store/mongodb.js';
import type { Store } from '../../src/store/store.js';
import type { GraphQLReply } from '../support/front-door.js';
import { temporaryDatabase, temporaryFolder, testMongoDBUri } from '../store/stores.js';
import type { CrashPlan } from './transitions.js';

const program = fileURLToPath(new URL('./crashing-server.js', import.meta.url));

/** A server in a process of its own. */
export interface RunningServer {
  readonly child: ChildProcess;
  /** Its address, with a slash at the end. */
  readonly url: string;
  ask<T>(query: string, variables?: object): Promise<GraphQLReply<T>>;
  /** Has it die in a write to come. */
  arm(plan: CrashPlan): Promise<void>;
  /** Kills it from outside. */
  kill(): Promise<void>;
  /** Resolves with the name of the signal, or the code, that ended it. */
  readonly ended: Promise<string>;
  /** What it logged: warnings, and worse. */
  readonly log: () => string;
}

/** A store that outlives its servers. */
export interface ServedStore {
  readonly name: 'embedded' | 'mongodb';
  /** What a process needs to find it. */
  readonly env: Readonly<Record<string, string>>;
  startServer(env?: Readonly<Record<string, string>>): Promise<RunningServer>;
  /** Opens it, beside the server that runs. */
  open(): Promise<Store>;
  /** Opens what a dead server left, without doing the next one's work: where opening recovers it, a copy. */
  openRemains(): Promise<Store>;
  remove(): Promise<void>;
}

const mongoDBUri = testMongoDBUri;

/** Each kind of store that this machine can test, empty. */
export const servedStores: readonly {
  readonly name: ServedStore['name'];
  readonly create: () => Promise<ServedStore>;
}[] = [
  { name: 'embedded', create: createEmbedded },
  ...(mongoDBUri === undefined ? [] : [{ name: 'mongodb' as const, create: () => createMongoDB(mongoDBUri) }]),
];

/** An empty embedded store. */
export async function createEmbedded(): Promise<ServedStore> {
  const folder = await temporaryFolder();
  const dataDir = join(folder.path, 'data');
  const env = { DATA_DIR: dataDir };
  return {
    name: 'embedded',
    env,
    startServer: (more = {}) => startServer({ ...env, ...more }),
    open: () => openEmbeddedStore(dataDir),
    openRemains: async () => {
      const copy = join(folder.path, 'copy');
      await cp(dataDir, copy, { recursive: true });
      requireIntegrity(join(copy, embeddedFileName));
      const store = await openEmbeddedStore(copy);
      return { ...store, close: () => store.close().finally(() => rm(copy, { recursive: true })) };
    },
    remove: () => folder.remove(),
  };
}

async function createMongoDB(serverUri: string): Promise<ServedStore> {
  const { uri, drop } = temporaryDatabase(serverUri);
  const folder = await temporaryFolder();
  const env = { MONGODB_URI: uri, DATA_DIR: folder.path };
  return {
    name: 'mongodb',
    env,
    startServer: (more = {}) => startServer({ ...env, ...more }),
    open: () => openMongoDB(uri),
    openRemains: () => openMongoDB(uri),
    remove: async () => {
      await drop();
      await folder.remove();
    },
  };
}

function requireIntegrity(file: string): void {
  const database = new Database(file);
  const found = database.prepare('PRAGMA integrity_check').raw().all([]) as unknown[][];
  database.close();
  if (String(found) !== 'ok') throw new Error(`The file is corrupt: ${String(found)}`);
}

/** Starts a server, and waits until it listens. */
export async function startServer(env: Readonly<Record<string, string>>): Promise<RunningServer> {
  const child = fork(program, [], {
    execArgv: ['--enable-source-maps'],
    env: { PATH: process.env['PATH'], CORTIGRAPH_WORKERS: '2', CORTIGRAPH_LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (log += text));
  }
  const ended = once(child, 'close').then(([code, signal]: unknown[]) => String(signal ?? code));
  const first = await Promise.race([once(child, 'message'), ended]);
  if (typeof first === 'string') throw new Error(`The server did not start (${first}):\n${log}`);
  const url = String(first[0]);
  return {
    child,
    url,
    ask: (query, variables = {}) => post(url, query, variables),
    arm: async (plan) => {
      child.send(plan);
      await once(child, 'message');
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    ended,
    log: () => log,
  };
}

async function post<T>(url: string, query: string, variables: object): Promise<GraphQLReply<T>> {
  const response = await fetch(`${url}graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as GraphQLReply<T>;
}
