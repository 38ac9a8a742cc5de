import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { SweepView } from '../support/sweeps.js';
import { numbersOf, stringsOf } from '../support/sweeps.js';
import type { ServerProcess } from './server-process.js';
import { startServer } from './server-process.js';

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');

/** The first block of code of a language that holds a text. */
function block(language: string, holds = ''): string {
  const blocks = [...readme.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, code = '']) => code);
  return blocks.find((code) => code.includes(holds)) ?? assert.fail(`the README has no ${language} with ${holds}`);
}

const has = (modules: string): boolean => spawnSync('python3', ['-c', `import ${modules}`]).status === 0;
const hasRequests = has('requests');
const hasNumpy = has('numpy, requests');

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

  it('has a sweep to paste, and Python that decodes its columns', async () => {
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: block('graphql', 'sweep(') }),
    });
    const { data } = (await response.json()) as { data: { sweep: SweepView } };
    assert.equal(data.sweep.status, 'READY');
    const { table } = data.sweep;
    assert.deepEqual(numbersOf(table, 'lgnRateI'), [80, 180, 280, 380, 480]);
    assert.deepEqual(new Set(stringsOf(table, 'status')), new Set(['READY']));
    if (!hasNumpy) return;
    const code = block('python', 'sweep(').replace('http://localhost:4000/graphql', server.url);
    const { stdout } = await promisify(execFile)('python3', ['-c', code]);
    const [errors, rates] = [numbersOf(table, 'rateE.standardError'), numbersOf(table, 'rateE')];
    const lines = numbersOf(table, 'lgnRateE').map(
      (drive, row) => `${drive}: ${rates[row]?.toFixed(2)} ± ${errors[row]?.toFixed(2)} Hz`,
    );
    assert.equal(stdout.trim(), lines.join('\n'));
  });
});
