import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../../src/domain/digest.js';
import { temporaryFolder } from '../store/stores.js';
import { compileKernel, kernelSource, mutated } from '../support/compile-kernel.js';
import { startServer } from './server-process.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const kernelFile = 'circuit-kernel.wasm';

interface Answer {
  readonly model: { readonly numericsDigest: string };
  readonly response: {
    readonly id: string;
    readonly cached: boolean;
    readonly outputs: readonly { readonly value: number }[];
    readonly runs: readonly { readonly executions: readonly { readonly kernelDigest: string }[] }[];
  };
}

describe('what is stored, and the kernel that made it', () => {
  const data = temporaryFolder();
  const copies: string[] = [];
  let first: Answer;

  /** Asks a server that runs with a kernel, or with the one that was built, on the store that all share. */
  async function ask(lgnRate: number, kernel?: Uint8Array): Promise<Answer> {
    let program: string | undefined;
    if (kernel) {
      const copy = await mkdtemp(join(root, 'build/other-kernel-')); // within the project: node_modules are found
      copies.push(copy);
      await cp(join(root, 'dist'), copy, { recursive: true });
      await writeFile(join(copy, kernelFile), kernel);
      program = join(copy, 'main.js');
    }
    const server = await startServer({ DATA_DIR: (await data).path }, program);
    try {
      const query = `{ model(name: "local-circuit") { numericsDigest }
        response(input: { parameters: { lgnRateE: ${lgnRate} }, protocol: { durationMs: 500 } }) {
          id cached outputs { value } runs { executions { kernelDigest } } } }`;
      const answer = await fetch(server.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      return ((await answer.json()) as { data: Answer }).data;
    } finally {
      await server.dispose();
    }
  }

  const kernelDigestsOf = ({ response }: Answer): readonly string[] =>
    response.runs.flatMap(({ executions }) => executions.map(({ kernelDigest }) => kernelDigest));

  before(async () => {
    first = await ask(150);
  });
  after(async () => {
    for (const copy of copies) await rm(copy, { recursive: true });
    await (await data).remove();
  });

  it('an execution records the digest of the kernel file', async () => {
    assert.equal(first.response.cached, false);
    assert.deepEqual(kernelDigestsOf(first), [sha256(await readFile(join(root, 'dist', kernelFile)))]);
  });

  it('a kernel of the same source, compiled with other optimisation flags, uses what is stored', async () => {
    const kernel = await compileKernel(kernelSource, ['-O1']);
    assert.notEqual(sha256(kernel), kernelDigestsOf(first)[0]);
    const again = await ask(150, kernel);
    assert.deepEqual(again, { ...first, response: { ...first.response, cached: true } });
    assert.deepEqual(kernelDigestsOf(await ask(160, kernel)), [sha256(kernel)]);
  });

  it('a kernel with one constant changed by a thousandth uses nothing of it', async () => {
    const changed = mutated(kernelSource, 'THRESHOLD: f32 = 5.0 / 32.0', 'THRESHOLD: f32 = 5.005 / 32.0');
    const other = await ask(150, await compileKernel(changed));
    assert.equal(other.response.cached, false);
    assert.notEqual(other.model.numericsDigest, first.model.numericsDigest);
    assert.notEqual(other.response.id, first.response.id);
    assert.notDeepEqual(other.response.outputs, first.response.outputs);
  });
});
