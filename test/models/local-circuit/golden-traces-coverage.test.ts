import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector';
import { describe, test } from 'node:test';

/** The files whose code makes the bits of a run. */
const watched = /\/src\/models\/((local-circuit\/(?!definition))?[a-z0-9-]+\.js)$/;

/** Parts of the compiled source that a digest does not run, and why that is right. Each must be there. */
const notCovered: readonly (readonly [file: string, source: RegExp, why: string])[] = [
  ['local-circuit/simulator.js', /^return null;$/, 'a stopped run has no bits'],
  ['local-circuit/simulator.js', /session/, 'recorders change nothing of the bits: conformance-recordings.ts'],
  ['local-circuit/network-cache.js', /^this\.kept\.delete/, 'a dropped network must not show: conformance.ts'],
  ['local-circuit/poisson-table.js', /^\?\? (0|LAST_UNIFORM)$/, 'the types ask for it; indices are in range'],
  ['exact-math.js', /^function logarithm/, 'of other models'],
  ['exact-math.js', /^function sine/, 'of other models'],
  ['exact-math.js', /^function cosine/, 'of recordings'],
];

interface Part {
  readonly file: string;
  readonly source: string;
}

/**
 * What a digest of the local circuit does not run. The code is loaded here only, after the profiler has begun: V8 counts
 * the blocks of those functions only that it compiles from then on.
 */
async function uncovered(): Promise<{ readonly files: readonly string[]; readonly parts: readonly Part[] }> {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const { oracleSimulator } = await import('../../../src/models/local-circuit/oracle.js');
  oracleSimulator().numericsDigest();
  let coverage: Profiler.ScriptCoverage[] = [];
  session.post('Profiler.takePreciseCoverage', (error, { result }) => {
    if (error) throw error;
    coverage = result;
  });
  session.disconnect();
  const scripts = coverage.flatMap(({ url, functions }) => {
    const file = watched.exec(url)?.[1];
    return file ? [{ file, text: readFileSync(new URL(url), 'utf8'), functions }] : [];
  });
  const parts = scripts.flatMap(({ file, text, functions }) =>
    functions
      .flatMap(({ ranges }) => ranges)
      .filter(({ count }) => count === 0)
      .map(({ startOffset, endOffset }) => ({ file, source: text.slice(startOffset, endOffset).trim() })),
  );
  return { files: scripts.map(({ file }) => file), parts };
}

describe('the golden traces', () => {
  test('take every branch of the code that makes the bits, but those listed here with a reason', async () => {
    const { files, parts } = await uncovered();
    for (const name of ['oracle-circuit', 'circuit-parameters', 'network', 'poisson-table', 'simulator'])
      assert.ok(files.includes(`local-circuit/${name}.js`), `${name} is watched`);
    const isListed = ({ file, source }: Part): boolean =>
      notCovered.some(([inFile, pattern]) => inFile === file && pattern.test(source));
    assert.deepEqual(
      parts.filter((part) => !isListed(part)),
      [],
    );
    for (const [inFile, pattern] of notCovered)
      assert.ok(
        parts.some(({ file, source }) => file === inFile && pattern.test(source)),
        `${inFile}: ${pattern} is seen`,
      );
  });
});
