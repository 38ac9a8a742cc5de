/** What the scripts that make fixtures share: the built server on an empty store of its own, and how it is asked. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = join(root, 'dist', 'main.js');

/** Asks by POST for data; fails when there is an error. */
export async function ask(url, body) {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const { data, errors } = await reply.json();
  if (errors) throw new Error(JSON.stringify(errors, null, 2));
  return data;
}

/**
 * Starts a server on an empty store and calls `use` with its address; once the server has ended, calls `keep` with a way to
 * run commands on that store, and a folder that is there meanwhile.
 */
export async function withLabServer(use, keep) {
  const work = mkdtempSync(join(tmpdir(), 'cortigraph-fixtures-'));
  const env = { PATH: process.env.PATH, PORT: '0', DATA_DIR: join(work, 'data'), CORTIGRAPH_LOG_LEVEL: 'warn' };
  const server = spawn(process.execPath, [bundle, 'serve', '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const ended = once(server, 'exit');
    let printed = '';
    for await (const text of server.stdout.setEncoding('utf8')) {
      printed += text;
      if (printed.trimEnd().endsWith('}')) break;
    }
    await use(JSON.parse(printed).graphql);
    server.kill('SIGTERM');
    await ended;
    keep(
      (...args) => execFileSync(process.execPath, [bundle, ...args], { env, stdio: ['ignore', 'inherit', 'inherit'] }),
      work,
    );
  } finally {
    server.kill('SIGKILL');
    rmSync(work, { recursive: true, force: true });
  }
}
