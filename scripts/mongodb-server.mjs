/**
 * A server that speaks MongoDB's protocol, for tests: CORTIGRAPH_TEST_MONGODB_URI, else a `mongod` on the PATH, else
 * SecantusDB from the cache folder, else none. `node scripts/mongodb-server.mjs --build` builds SecantusDB there, once
 * a machine (it is GPL and runs as a process of its own: it is neither shipped nor linked).
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const secantusVersion = '0.5.3-beta.196';
const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cortigraph', 'secantus');
const secantusBinary = join(cacheFolder, 'bin', 'secantusd-rs');
const startupMs = 30_000;

/**
 * Starts a server, or names the one that the environment names.
 * @returns {Promise<{ uri: string, name: string, stop: () => Promise<void> } | null>} null when there is none
 */
export async function startMongoDB() {
  const given = process.env.CORTIGRAPH_TEST_MONGODB_URI;
  if (given) return { uri: given, name: 'the server of CORTIGRAPH_TEST_MONGODB_URI', stop: async () => {} };
  return startOwnMongoDB();
}

/**
 * Starts a server of one's own, which can be killed and started again with what it kept.
 * @returns {Promise<{ uri: string, name: string, pid: () => number, kill: () => Promise<void>, restart: () => Promise<void>, stop: () => Promise<void> } | null>}
 */
export async function startOwnMongoDB() {
  const mongod = onPath('mongod');
  if (mongod) {
    return run('mongod', mongod, (port, folder) => [
      '--bind_ip',
      '127.0.0.1',
      '--port',
      `${port}`,
      '--dbpath',
      folder,
      '--quiet',
    ]);
  }
  if (existsSync(secantusBinary)) {
    // Without --sync-on-commit it accepts j: true and does not honour it.
    return run('SecantusDB', secantusBinary, (port, folder) => [
      ...['--host', '127.0.0.1', '--port', `${port}`, '--storage-path', folder, '--sync-on-commit'],
      ...['--log-file-max', '32MB', '--cache-size', '512M', '--log-level', 'ERROR'],
    ]);
  }
  return null;
}

async function run(name, command, argumentsFor) {
  const folder = await mkdtemp(join(tmpdir(), 'cortigraph-mongodb-'));
  const port = await freePort();
  let child;
  let end;
  const start = async () => {
    let log = '';
    let ended = false;
    const started = (child = spawn(command, argumentsFor(port, folder), { stdio: ['ignore', 'pipe', 'pipe'] }));
    const remember = (chunk) => (log = `${log}${chunk}`.slice(-4000));
    started.stdout.on('data', remember);
    started.stderr.on('data', remember);
    end = new Promise((resolve) => {
      started.once('error', (error) => resolve(remember(`${error.message}\n`)));
      started.once('exit', resolve);
    }).then(() => (ended = true));
    for (const deadline = Date.now() + startupMs; !ended && Date.now() < deadline; await delay(50)) {
      if (await accepts(port)) return;
    }
    await stop();
    throw new Error(`${name} (${command}) did not open its port within ${startupMs / 1000} s.\n${log}`);
  };
  const kill = async () => {
    child.kill('SIGKILL');
    await end;
  };
  // The last resort, should this process be left without stop().
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const stop = async () => {
    process.removeListener('exit', killAtExit);
    child.kill('SIGTERM');
    await Promise.race([end, delay(5000, undefined, { ref: false })]);
    await kill();
    await rm(folder, { recursive: true, force: true });
  };
  await start();
  return { uri: `mongodb://127.0.0.1:${port}`, name, pid: () => child.pid, kill, restart: start, stop };
}

/** Another process may take the port before the server does; then the server ends and says so. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function onPath(command) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, command)).find((file) => existsSync(file));
}

/** Builds SecantusDB into the cache folder unless it is there. Takes 6 to 12 minutes of CPU. */
function build() {
  if (existsSync(secantusBinary)) {
    console.log(`SecantusDB is there: ${secantusBinary}`);
    return;
  }
  const compilers = ['cc', 'gcc', 'clang'];
  const missing = [
    ...['cargo', 'cmake'].filter((tool) => !onPath(tool)),
    ...(compilers.some(onPath) ? [] : ['a C compiler']),
  ];
  if (missing.length > 0) {
    throw new Error(
      `SecantusDB needs ${missing.join(' and ')} to build (Debian: apt-get install cargo cmake gcc). ` +
        'Or put a mongod on the PATH, or name a server in CORTIGRAPH_TEST_MONGODB_URI.',
    );
  }
  // Beside the cache and renamed when done: whoever looks sees no binary, or a whole one.
  const staging = `${cacheFolder}.building-${process.pid}`;
  mkdirSync(staging, { recursive: true });
  try {
    const flags = ['--version', secantusVersion, '--ignore-rust-version', '--root', staging];
    const { status, error } = spawnSync('cargo', ['install', 'secantus-mdb', ...flags], { stdio: 'inherit' });
    if (error) throw error;
    if (status !== 0) throw new Error(`cargo install secantus-mdb ended with ${status}.`);
    mkdirSync(join(cacheFolder, 'bin'), { recursive: true });
    renameSync(join(staging, 'bin', 'secantusd-rs'), secantusBinary);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  console.log(`SecantusDB is built: ${secantusBinary}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2] !== '--build') {
    console.error('usage: node scripts/mongodb-server.mjs --build');
    process.exitCode = 2;
  } else {
    try {
      build();
    } catch (error) {
      console.error(error.message);
      process.exitCode = 1;
    }
  }
}
