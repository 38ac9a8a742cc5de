import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../store/stores.js';
import { eventually } from '../support/front-door.js';

const bundle = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
const full = '/dev/full';

/** A port that nobody listened on a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : assert.fail('no port');
}

describe('a server whose log cannot be written', { skip: existsSync(full) ? false : `there is no ${full}` }, () => {
  it('answers all the same, and stops when it is told to', async () => {
    const folder = await temporaryFolder();
    const port = await freePort();
    const env = { PATH: process.env['PATH'], PORT: String(port), DATA_DIR: folder.path, CORTIGRAPH_LOG_LEVEL: 'trace' };
    const child = spawn(process.execPath, [bundle], { env, stdio: ['ignore', openSync(full, 'w'), 'ignore'] });
    const ended = once(child, 'exit');
    try {
      const ask = async (): Promise<unknown> => {
        const query = { query: '{ __typename }' };
        const request = {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(query),
        };
        return fetch(`http://127.0.0.1:${port}/graphql`, request).then(
          (response) => response.json(),
          () => null, // not yet
        );
      };
      await eventually(ask, (answer) => answer !== null);
      for (let i = 0; i < 50; i += 1) assert.deepEqual(await ask(), { data: { __typename: 'Query' } });
      child.kill('SIGTERM');
      const [, signal] = (await ended) as [number | null, string | null];
      assert.equal(signal, null, 'it ended by itself');
    } finally {
      child.kill('SIGKILL');
      await folder.remove();
    }
  });
});
