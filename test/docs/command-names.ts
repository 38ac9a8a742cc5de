import assert from 'node:assert/strict';
import { runProgram } from '../../src/cli/program.js';
import type { Shell } from '../../src/cli/shell.js';

/** What `--help` prints. */
async function helpOf(...args: readonly string[]): Promise<string> {
  let printed = '';
  const output = { write: (text: string) => (printed += text) };
  const shell = { stdout: output, stderr: output, softwareVersion: () => '0' } as unknown as Shell; // help asks no more
  assert.equal(await runProgram([...args, '--help'], shell), 0);
  return printed;
}

const namesIn = (help: string, heading: string, pattern: RegExp): readonly string[] =>
  [...(help.split(`${heading}:\n`)[1]?.split('\n\n')[0] ?? '').matchAll(pattern)].flatMap(([, name]) => name ?? []);

/** Every command that there is; of a group its own, such as `experiment run`. */
export async function commandNames(): Promise<readonly string[]> {
  const commandsOf = async (...group: readonly string[]): Promise<readonly string[]> =>
    namesIn(await helpOf(...group), 'Commands', /^ {2}([a-z]+)/gm).filter((name) => name !== 'help');
  const names = (await commandsOf()).map(async (name) => {
    const inner = await commandsOf(name);
    return inner.length === 0 ? [name] : inner.map((each) => `${name} ${each}`);
  });
  return (await Promise.all(names)).flat();
}

/** Every option of a command. */
export const optionsOf = async (command: string): Promise<readonly string[]> =>
  namesIn(await helpOf(...command.split(' ')), 'Options', /^ {2}(?:-\w, )?(--[a-z-]+)/gm);
