import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { settings } from '../../src/config.js';
import { errorCodes } from '../../src/domain/errors.js';
import type { ServerProcess } from './server-process.js';
import { startServer } from './server-process.js';

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');

/** The first block of code of a language. */
function block(language: string): string {
  const [, code] = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(readme) ?? [];
  assert.ok(code, `the README has no ${language}`);
  return code;
}

const hasRequests = spawnSync('python3', ['-c', 'import requests']).status === 0;

describe('the README', () => {
  let server: ServerProcess & { readonly url: string };
  before(async () => {
    server = await startServer();
  });
  after(() => server.dispose());

  it('shows what comes back for its query, to the last digit', async () => {
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: block('graphql') }),
    });
    assert.deepEqual(await response.json(), JSON.parse(block('json')));
  });

  it('asks the same from Python', { skip: hasRequests ? false : 'python3 has no requests here' }, async () => {
    const code = block('python').replace('http://localhost:4000/graphql', server.url);
    const { stdout } = await promisify(execFile)('python3', ['-c', code]);
    const expected = JSON.parse(block('json')) as {
      data: { response: { outputs: { name: string; value: number; standardError: number; unit: string }[] } };
    };
    const lines = expected.data.response.outputs.map(
      ({ name, value, standardError, unit }) => `${name} = ${value.toFixed(2)} ± ${standardError.toFixed(2)} ${unit}`,
    );
    assert.equal(stdout.trim(), lines.join('\n'));
  });

  it('lists every error code with its meaning', () => {
    for (const [code, meaning] of Object.entries(errorCodes)) {
      const row = readme.split('\n').find((line) => line.startsWith(`| \`${code}\` `));
      assert.ok(row?.includes(meaning), `${code} is not in the README`);
    }
  });

  it('lists every setting with its meaning', () => {
    for (const { name, meaning } of Object.values(settings)) {
      const row = readme.split('\n').find((line) => line.startsWith(`| \`${name}\` `));
      assert.ok(row?.includes(meaning), `${name} is not in the README`);
    }
  });
});
