import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../store/stores.js';
import type { Document } from './documents.js';
import { blocks, root } from './documents.js';

interface Step {
  readonly command: string;
  readonly expected: string;
}

/** What a block of a console shows: commands behind `$ `, each with what it printed and `[exit n]` where that is not 0. */
function stepsOf(block: string): readonly Step[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { command: part.slice(0, end), expected: part.slice(end + 1) };
    });
}

/** `…` stands for anything within a line; alone in a line for any lines. */
function patternOf(expected: string): RegExp {
  const escaped = expected.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/^…\n/gm, '(?:.*\\n)*?').replaceAll('…', '.*')}$`);
}

/** Runs what the blocks of a document's consoles show, in their order, in an empty folder that has the fixtures. */
export async function runConsoles(
  document: Document,
  write: (folder: string) => void = () => undefined,
): Promise<void> {
  const folder = await temporaryFolder();
  try {
    symlinkSync(join(root, 'fixtures'), join(folder.path, 'fixtures'));
    write(folder.path);
    const cortigraph = `'${process.execPath}' --enable-source-maps '${join(root, 'dist', 'main.js')}'`;
    for (const { command, expected } of blocks(document, 'console').flatMap(stepsOf)) {
      const { stdout, stderr, status } = spawnSync('sh', ['-c', command.replaceAll('npx cortigraph', cortigraph)], {
        cwd: folder.path,
        env: { PATH: process.env['PATH'], CORTIGRAPH_WORKERS: '2' },
        encoding: 'utf8',
      });
      // Lines of CSV end as RFC 4180 has it.
      const printed = `${stdout}${stderr}${status === 0 ? '' : `[exit ${status}]\n`}`.replaceAll('\r\n', '\n');
      assert.match(printed, patternOf(expected), `${document.path}: $ ${command}`);
    }
  } finally {
    await folder.remove();
  }
}
