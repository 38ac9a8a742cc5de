import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, it } from 'node:test';
import { settings } from '../../src/config.js';
import type { Document } from './documents.js';
import { documents, root } from './documents.js';
import { commandNames } from './command-names.js';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** The places to which links may lead within a document, as GitHub names them. */
const anchorsOf = (text: string): readonly string[] =>
  [...text.replaceAll(/^```.*?^```/gms, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Where texts of tests and scripts may name what only they read. */
const testTexts = ['test', 'scripts', 'bench'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(root, folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'utf8')),
);

/** Paths that a document names as code: those that begin with a folder of the checkout, and its own files. */
function pathsIn({ text }: Document): readonly string[] {
  const folders = readdirSync(root).filter((name) => !name.startsWith('.') && statSync(join(root, name)).isDirectory());
  const inFolders = new RegExp(`(?<![\\w./-])(?:${folders.join('|')})/[\\w./-]*[\\w/]`, 'g');
  const generated = /^(?:build|dist|node_modules|data)\//;
  return [...text.matchAll(inFolders)].map(([path]) => path).filter((path) => !generated.test(path));
}

for (const document of documents) {
  describe(document.path, () => {
    it('has links that lead somewhere', () => {
      for (const [, target = ''] of document.text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(target)) continue;
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? document.path : normalize(join(dirname(document.path), path));
        assert.ok(existsSync(join(root, file)), `there is no ${target}`);
        if (anchor === undefined) continue;
        assert.ok(anchorsOf(readFileSync(join(root, file), 'utf8')).includes(anchor), `there is no ${target}`);
      }
    });

    it('names files that there are', () => {
      for (const path of pathsIn(document)) assert.ok(existsSync(join(root, path)), `there is no ${path}`);
    });

    it('names settings that there are', () => {
      const known = new Set(Object.values(settings).map(({ name }): string => name));
      for (const [name] of document.text.matchAll(/\bCORTIGRAPH_[A-Z_]+(?<!_)\b(?!_)/g)) {
        const ofTests = name.startsWith('CORTIGRAPH_TEST_') && testTexts.some((text) => text.includes(name));
        assert.ok(known.has(name) || ofTests || name === 'CORTIGRAPH_TEST', `there is no setting ${name}`);
      }
    });

    it('names npm scripts that there are', () => {
      for (const [, name = ''] of document.text.matchAll(/\bnpm run ([\w:-]+)/g)) {
        assert.ok(name in scripts, `there is no npm run ${name}`);
      }
    });

    it('names commands that there are', async () => {
      const names = (await commandNames()).map((name) => name.split(' ')[0]);
      for (const [, name = ''] of document.text.matchAll(/\b(?:npx|compose exec cortigraph) cortigraph ([a-z]+)/g)) {
        assert.ok(names.includes(name), `there is no command ${name}`);
      }
    });
  });
}

describe('the README', () => {
  it('lists every document', () => {
    const readme = documents.find(({ path }) => path === 'README.md')?.text ?? '';
    for (const { path } of documents)
      if (path !== 'README.md') assert.ok(readme.includes(`](${path})`), `${path} is not listed`);
  });
});
