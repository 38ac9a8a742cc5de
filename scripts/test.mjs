/**
 * Runs the compiled tests against both stores: npm test [-- path or file …] [-- --test-name-pattern=… and other flags
 * of node --test]. A path is one of the sources (test/store, test/store/migrate.test.ts) or of build/. With --crash=full
 * servers are killed as often as docs/durability.md says, and not only a few times.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startMongoDB } from './mongodb-server.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const build = join(root, 'build');
const isTest = /\.test\.js$/;

const given = process.argv.slice(2);
const fullCrash = '--crash=full';
const flags = given.filter((argument) => argument.startsWith('-') && argument !== fullCrash);
const filters = given.filter((argument) => !argument.startsWith('-'));
process.exitCode = await main();

async function main() {
  const files = filters.length === 0 ? testsIn(join(build, 'test')) : filters.flatMap(testsOf);
  if (files.length === 0) {
    console.error(
      filters.length === 0 ? 'There are no tests in build/test: run npm run build.' : 'No test file is meant by that.',
    );
    return 1;
  }
  const server = await startMongoDB();
  try {
    if (server === null) {
      const left =
        'Left out: the tests against MongoDB. There is no CORTIGRAPH_TEST_MONGODB_URI, no mongod and no SecantusDB (node scripts/mongodb-server.mjs --build).';
      console.error(left);
      if (process.env.CI === 'true') return 1;
    } else console.error(`Tests against MongoDB use ${server.name}.`);
    return await runTests(files, server?.uri);
  } finally {
    await server?.stop();
  }
}

function testsOf(filter) {
  const compiled = relative(root, join(process.cwd(), filter))
    .replace(/^build\//, '')
    .replace(/\.ts$/, '.js');
  const path = join(build, compiled);
  if (!existsSync(path)) {
    console.error(`There is no build/${compiled}.`);
    return [];
  }
  return statSync(path).isDirectory() ? testsIn(path) : [path];
}

function testsIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map((file) => join(folder, String(file)))
    .filter((file) => isTest.test(file))
    .sort();
}

/** @returns {Promise<number>} the exit code; a signal to this process goes on to the tests */
function runTests(files, uri) {
  const env = {
    ...process.env,
    ...(uri === undefined ? {} : { CORTIGRAPH_TEST_MONGODB_URI: uri }),
    ...(given.includes(fullCrash) ? { CORTIGRAPH_TEST_CRASH: 'full' } : {}),
  };
  const options = ['--enable-source-maps', '--test', '--test-concurrency=2', ...flags];
  const child = spawn(process.execPath, [...options, ...files], { cwd: root, env, stdio: 'inherit' });
  const forward = (signal) => child.kill(signal);
  process.on('SIGINT', forward).on('SIGTERM', forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
