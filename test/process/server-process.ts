import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../store/stores.js';

const bundle = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

/** A Cortigraph that runs as a process of its own, as users run it. */
export interface ServerProcess {
  readonly child: ChildProcess;
  readonly dataDir: string;
  /** Everything that it printed so far. */
  readonly output: () => string;
  /** Resolves with the exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Resolves with the first line of output that holds a text; rejects when the process ends before. */
  readonly line: (text: string) => Promise<string>;
  /** Ends it if need be, and removes its data. */
  readonly dispose: () => Promise<void>;
}

/** Starts a bundle with a command and an environment, on a data folder of its own unless one is given. */
export async function startProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  program = bundle,
): Promise<ServerProcess> {
  const folder = await temporaryFolder();
  const child = spawn(process.execPath, ['--enable-source-maps', program, ...args], {
    env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: folder.path, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const heard = new EventTarget();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      heard.dispatchEvent(new Event('output'));
    });
  }
  const ended = once(child, 'close').then(([code, signal]: unknown[]) => {
    heard.dispatchEvent(new Event('output'));
    return (code ?? signal) as number | string;
  });
  const line = async (text: string): Promise<string> => {
    for (;;) {
      const found = printed.split('\n').find((each) => each.includes(text));
      if (found !== undefined) return found;
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`it ended without ${text}:\n${printed}`);
      await once(heard, 'output');
    }
  };
  return {
    child,
    dataDir: env['DATA_DIR'] ?? folder.path,
    output: () => printed,
    ended,
    line,
    dispose: async () => {
      child.kill('SIGKILL');
      await ended;
      await folder.remove();
    },
  };
}

/** Starts a server and waits until it says where it listens. */
export async function startServer(
  env: Readonly<Record<string, string>> = {},
  program = bundle,
): Promise<ServerProcess & { readonly url: string }> {
  const server = await startProcess([], env, program);
  try {
    const { graphql } = JSON.parse(await server.line('"graphql"')) as { graphql: string };
    return { ...server, url: graphql };
  } catch (error) {
    await server.dispose();
    throw error;
  }
}
