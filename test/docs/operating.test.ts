import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { exitCodes } from '../../src/cli/exit.js';
import { settings } from '../../src/config.js';
import { errorCodes } from '../../src/domain/errors.js';
import { statusOfCode } from '../../src/http/http-error.js';
import { codeOfApollo } from '../../src/http/public-error.js';
import { documentAt, root, rowsBy, section } from './documents.js';

const operating = documentAt('docs/operating.md');

/** The sources of some folders, as texts. */
const sourcesIn = (...folders: readonly string[]): readonly string[] =>
  folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).flatMap((name) =>
      name.endsWith('.ts') ? [readFileSync(join(root, folder, name), 'utf8')] : [],
    ),
  );

const part = (heading: string) => ({
  path: operating.path,
  text: section(operating, heading) ?? assert.fail(`docs/operating.md has no section ${heading}`),
});

describe('docs/settings.md', () => {
  it('is what the table of settings says', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/emit-settings.mjs', '--check'], {
      cwd: root,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
  });

  it('has a line of every setting, with its meaning, and none of another', () => {
    const rows = rowsBy(0, documentAt('docs/settings.md'));
    for (const { name, meaning, allowed } of Object.values(settings)) {
      const cells = rows.get(name) ?? assert.fail(`${name} has no line`);
      assert.deepEqual([cells[2], cells[3]], [allowed, meaning]);
    }
    assert.equal(rows.size, Object.keys(settings).length);
  });
});

describe('docs/operating.md', () => {
  it('has a line of every error code, with its status, its meaning and what to do, and none of another', () => {
    const rows = rowsBy(0, part('Errors'));
    const ofGraphQL = Object.values(codeOfApollo).filter((code) => !(code in errorCodes));
    assert.deepEqual([...rows.keys()].sort(), [...Object.keys(errorCodes), ...ofGraphQL, 'INTERRUPTED'].sort());
    for (const [code, meaning] of Object.entries(errorCodes)) {
      const status = String(statusOfCode[code as keyof typeof errorCodes]);
      assert.deepEqual(rows.get(code)?.slice(1, 3), [status, meaning], code);
    }
    for (const [code, cells] of rows) assert.notEqual(cells[3], '', `${code} does not say what to do`);
  });

  it('names every status that the HTTP door gives beside those of its codes', () => {
    const given = sourcesIn('src/http').flatMap((text) =>
      [...text.matchAll(/(?:new HttpError|httpErrorBeyond)\(\s*(\d{3}),\s*'([A-Z_]+)'/g)].map(
        ([, status, code]) => `${status} ${code}`,
      ),
    );
    const told = part('Errors').text.matchAll(/^\| (\d{3}) +\| `([A-Z_]+)`/gm);
    assert.deepEqual(
      [...new Set([...told].map(([, status, code]) => `${status} ${code}`))].sort(),
      [...new Set(given)].sort(),
    );
  });

  it('has a line of every limit, with its value, and none of another', () => {
    /** Bounds on what the server itself keeps, which nobody meets. */
    const inner = ['maxStatements', 'maxPreparedCollections', 'maxColumns', 'maxDepth', 'MAX_LENGTH', 'MAX_LINE_BYTES'];
    const found = new Map(
      sourcesIn('src', 'resolvers', 'schema').flatMap((text) =>
        [...text.matchAll(/^(?:export )?const (max[A-Z]\w*|MAX_\w+|MOST_LOST) = ([^;]+);/gm)].map(
          ([, name = '', value = '']) => [name, value] as const,
        ),
      ),
    );
    for (const name of inner) assert.ok(found.delete(name), `there is no ${name} any more`);
    const rows = rowsBy(2, part('Limits'));
    assert.deepEqual([...rows.keys()].sort(), [...found.keys()].sort());
    for (const [name, value] of found) {
      const [told] = /^\d+/.exec(rows.get(name)?.[1] ?? '') ?? [];
      assert.equal(told, String(valueOf(value, found)), name);
    }
  });

  it('has a line of every exit code', () => {
    const told = [...part('Exit codes of commands').text.matchAll(/^\| (\d+) /gm)].map(([, code]) => Number(code));
    assert.deepEqual(
      told,
      Object.values(exitCodes).sort((a, b) => a - b),
    );
  });
});

/** The value of a product, difference or power of numbers and of other limits. */
function valueOf(expression: string, limits: ReadonlyMap<string, string>): number {
  const number = (text: string): number => {
    const name = text.trim();
    return Number((limits.get(name) ?? name).replaceAll('_', ''));
  };
  const [, base, power, less] = /^(\d+) \*\* (\d+) - (\d+)$/.exec(expression) ?? [];
  if (base !== undefined) return Number(base) ** Number(power) - Number(less);
  return expression.split('*').reduce((product, factor) => product * number(factor), 1);
}
