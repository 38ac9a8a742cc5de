import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sum } from './figure.js';

/** A GraphQL answer over HTTP. */
export interface Answer {
  readonly data?: unknown;
  readonly errors?: unknown;
}

/** The built server, started by `npm start` on a store of its own. */
export interface BenchServer {
  /** The process of npm; the server is the last of {@link processTree}. */
  readonly npm: number;
  /** The process of the server. */
  readonly pid: number;
  ask(body: object): Promise<Answer>;
  stop(): Promise<void>;
}

/** Starts a server and waits for its first answer; it takes so many clients at once. */
export async function startBenchServer(
  clients: number,
  env: Readonly<Record<string, string>> = {},
): Promise<BenchServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cortigraph-bench-'));
  const port = 20_000 + (process.pid % 20_000);
  const npm = spawn('npm', ['start'], {
    env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, CORTIGRAPH_LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const ask = (body: object): Promise<Answer> => post(port, agent, body);
  const stop = async (): Promise<void> => {
    agent.destroy();
    if (npm.exitCode === null) {
      npm.kill('SIGTERM');
      await new Promise((resolve) => npm.once('exit', resolve));
    }
    rmSync(dataDir, { recursive: true });
  };
  try {
    await firstAnswer(npm, () => ask({ query: '{ __typename }' }));
  } catch (error) {
    await stop();
    throw error;
  }
  const root = npm.pid ?? 0;
  return { npm: root, pid: processTree(root).at(-1) ?? 0, ask, stop }; // npm, the shell it leaves or not, the server last
}

function post(port: number, agent: Agent, body: object): Promise<Answer> {
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        port,
        host: '127.0.0.1',
        path: '/graphql',
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
        response.on('end', () => {
          const answer = JSON.parse(Buffer.concat(chunks).toString()) as Answer;
          if (answer.errors) reject(new Error(JSON.stringify(answer.errors)));
          else resolve(answer);
        });
      },
    );
    sent.on('error', reject).end(text);
  });
}

/** Asks until the server answers; fails when its process ends first. */
async function firstAnswer(child: ChildProcess, ask: () => Promise<Answer>): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}`);
    try {
      await ask();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** A process and its descendants, each parent before its children. */
export function processTree(root: number): readonly number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(Number(name))] as const);
  const below = (pid: number): readonly number[] => [
    pid,
    ...parents.filter(([, parent]) => parent === pid).flatMap(([child]) => below(child)),
  ];
  return below(root);
}

/** The fields of /proc/PID/stat behind the name, which may hold spaces; empty for a process that has gone. */
function statOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return [];
  }
}

const parentOf = (pid: number): number => Number(statOf(pid)[1]);

/** User and system time of a process and of its children that have ended, in seconds (ticks of 10 ms). */
export const cpuSeconds = (pid: number): number => sum(statOf(pid).slice(11, 15).map(Number)) / 100;

/** Time on a CPU of every thread of a process, in nanoseconds. */
export function threadNanoseconds(pid: number): number {
  return sum(
    readdirSync(`/proc/${pid}/task`).map((thread) =>
      Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
    ),
  );
}

/** Memory that a process holds, in MB. */
export function residentMB(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
