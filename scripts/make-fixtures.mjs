/**
 * `npm run fixtures:make [-- FOLDER]`: makes fixtures/local-circuit (or another folder, for tests) through the product:
 * a server on an empty store answers fixtures/local-circuit.graphql, and `cortigraph backup` writes what it stored.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [folder = join(root, 'fixtures', 'local-circuit')] = process.argv.slice(2);
const document = readFileSync(join(root, 'fixtures', 'local-circuit.graphql'), 'utf8');
const bundle = join(root, 'dist', 'main.js');
const work = mkdtempSync(join(tmpdir(), 'cortigraph-fixtures-'));
const env = { PATH: process.env.PATH, PORT: '0', DATA_DIR: join(work, 'data'), CORTIGRAPH_LOG_LEVEL: 'warn' };

async function ask(url, operationName) {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: document, operationName }) });
  const { data, errors } = await reply.json();
  if (errors || JSON.stringify(data).includes('PENDING')) throw new Error(JSON.stringify(errors ?? data, null, 2));
  return data;
}

const server = spawn(process.execPath, [bundle, 'serve', '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const ended = once(server, 'exit');
  let printed = '';
  for await (const text of server.stdout.setEncoding('utf8')) {
    printed += text;
    if (printed.trimEnd().endsWith('}')) break;
  }
  const { graphql } = JSON.parse(printed);
  await ask(graphql, 'Raster'); // first, for its run counts towards the point that it is of
  for (const [name, { outputs, outcomes }] of Object.entries(await ask(graphql, 'Points'))) {
    const figures = outputs.map((o) => `${o.name} ${o.value.toFixed(2)} ± ${o.standardError.toFixed(2)} ${o.unit}`);
    console.log(`${name}: ${figures.join(', ') || JSON.stringify(outcomes)}`);
  }
  server.kill('SIGTERM');
  await ended;
  const backup = join(work, 'backup');
  execFileSync(process.execPath, [bundle, 'backup', backup], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  rmSync(folder, { recursive: true, force: true });
  cpSync(backup, folder, { recursive: true });
} finally {
  server.kill('SIGKILL');
  rmSync(work, { recursive: true, force: true });
}
