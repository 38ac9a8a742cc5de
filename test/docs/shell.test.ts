import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { commandNames, optionsOf } from './command-names.js';
import { runConsoles } from './console.js';
import { blocks, documentAt, section } from './documents.js';

const shellDocument = documentAt('docs/shell.md');

describe('docs/shell.md', () => {
  it('has a section of every command, with an example, and none of another', async () => {
    const names = await commandNames();
    assert.ok(names.length >= 14);
    for (const name of names) {
      const text = section(shellDocument, `\`${name}\``) ?? assert.fail(`${name} has no section in docs/shell.md`);
      assert.match(text, new RegExp(`^( {4}|\\$ ).*npx cortigraph ${name}`, 'm'), `${name} has no example`);
    }
    const headings = [...shellDocument.text.matchAll(/^### `(.*)`$/gm)].map(([, name]) => name);
    assert.deepEqual([...headings].sort(), [...names].sort());
  });

  it('has a line of every option, and none of another', async () => {
    const common = section(shellDocument, 'Every command') ?? '';
    for (const command of await commandNames()) {
      const text = section(shellDocument, `\`${command}\``) ?? '';
      const options = await optionsOf(command);
      assert.ok(options.includes('--json') && options.includes('--help'));
      for (const option of options) {
        assert.match(
          `${common}\n${text}`,
          new RegExp(`^- .*\`${option}[ \`]`, 'm'),
          `${command} ${option} has no line`,
        );
      }
      for (const [, option = ''] of text.matchAll(/`(--[a-z-]+)/g)) {
        assert.ok(options.includes(option), `${command} has no option ${option}`);
      }
    }
  });

  it('shows what its commands print', () =>
    runConsoles(shellDocument, (folder) => {
      writeFileSync(join(folder, 'question.graphql'), blocks(shellDocument, 'graphql')[0] ?? '');
      writeFileSync(join(folder, 'first.json'), blocks(shellDocument, 'json')[0] ?? '');
    }));
});
