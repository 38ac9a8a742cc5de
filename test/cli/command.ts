import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const bundle = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

/** What a command left. */
export interface Ended {
  /** The exit code, or the name of the signal that ended it. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface Running {
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<Ended>;
}

/** Starts the bundle with arguments, on the store of a folder. */
export function startCommand(dataDir: string, ...args: readonly string[]): Running {
  const child = spawn(process.execPath, [bundle, ...args], {
    env: { PATH: process.env['PATH'], DATA_DIR: dataDir, CORTIGRAPH_WORKERS: '1', PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const finished = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const ended = Promise.all([finished, text(child.stdout), text(child.stderr)]).then(
    ([[code, signal], stdout, stderr]) => ({ code: code ?? signal ?? 'unknown', stdout, stderr }),
  );
  return { kill: (signal) => child.kill(signal), ended };
}

/** Runs the bundle to its end. */
export const runCommand = (dataDir: string, ...args: readonly string[]): Promise<Ended> =>
  startCommand(dataDir, ...args).ended;
