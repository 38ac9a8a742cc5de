import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

const file = 'circuit-kernel';

/** The source of the circuit kernel. */
export const kernelSource = readFileSync(
  new URL('../../../src/models/local-circuit/kernel/assembly/circuit-kernel.ts', import.meta.url),
  'utf8',
);

/** A source with each occurrence of a text replaced; the text must be there. */
export function mutated(source: string, text: string, by: string): string {
  assert.ok(source.includes(text), `the kernel holds ${text}`);
  return source.replaceAll(text, by);
}

/** Compiles a kernel from a source, as the build does but for the flags that are given. */
export async function compileKernel(source: string, flags: readonly string[] = ['-O3']): Promise<Uint8Array> {
  let compiled: Uint8Array | undefined;
  const { error } = await asc.main(
    [`${file}.ts`, '--runtime', 'stub', '--noAssert', '--enable', 'simd', ...flags, '--outFile', `${file}.wasm`],
    {
      readFile: (name) => (name === `${file}.ts` ? source : null),
      writeFile: (_name, contents) => {
        if (typeof contents !== 'string') compiled = contents;
      },
    },
  );
  assert.ok(!error && compiled, error?.message ?? 'nothing was compiled');
  return compiled;
}
