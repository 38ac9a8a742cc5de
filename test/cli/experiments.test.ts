import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startServer } from '../process/server-process.js';
import { temporaryFolder } from '../store/stores.js';
import { eventually } from '../support/front-door.js';
import type { Ended } from './command.js';
import { runCommand, startCommand } from './command.js';

interface ExperimentJson {
  readonly id: string;
  readonly status: string;
  readonly created?: boolean;
  readonly progress: { readonly done: number; readonly failed: number; readonly total: number };
}

interface ResultsJson {
  readonly rows: readonly Readonly<Record<string, number | string | null>>[];
}

interface ErrorJson {
  readonly error: { readonly code: string; readonly field?: string; readonly message: string };
}

const noisy = {
  model: 'ishigami-noisy',
  space: {
    inputs: [
      { name: 'x1', min: -3, max: 3 },
      { name: 'x2', min: -3, max: 3 },
    ],
  },
  design: 'SOBOL',
  size: 8,
  replicates: 2,
};

/** Some seconds of work. */
const circuits = {
  model: 'local-circuit',
  space: { inputs: [{ name: 'lgnRateE', min: 100, max: 300 }] },
  design: 'SOBOL',
  size: 400,
  protocol: { warmupMs: 100, durationMs: 250 },
};

describe('experiments of a shell', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder.remove());

  const file = async (name: string, document: unknown): Promise<string> => {
    const path = join(folder.path, `${name}.json`);
    await writeFile(path, JSON.stringify(document));
    return path;
  };
  const experiment = (...args: readonly string[]): ReturnType<typeof runCommand> =>
    runCommand(folder.path, 'experiment', ...args);
  const succeed = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await experiment(...args);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    return stdout;
  };
  const json = async <T = ExperimentJson>(...args: readonly string[]): Promise<T> =>
    JSON.parse((await experiment(...args, '--json')).stdout) as T;

  for (const [what, document, field, message] of [
    ['an unknown field', { ...noisy, name: 'bad', siz: 3 }, undefined, /"siz".*Did you mean "size"/],
    ['another type', { ...noisy, name: 'bad', size: '3' }, 'size', /size: Int cannot represent/],
    [
      'one within',
      { ...noisy, name: 'bad', space: { inputs: [{ name: 'x1', min: 0, mx: 1 }] } },
      'space.inputs.0',
      /mx/,
    ],
    ['a missing one', noisy, undefined, /"name"/],
  ] as const) {
    it(`refuses ${what} of a file with its name, and stores nothing`, async () => {
      const path = await file('bad', document);
      for (const verb of ['create', 'run']) {
        const { error } = await json<ErrorJson>(verb, path);
        assert.equal(error.code, 'BAD_USER_INPUT');
        assert.match(error.message, message);
        if (field !== undefined) assert.ok(error.field?.startsWith(field), error.field);
      }
      assert.match((await experiment('status', 'bad')).stderr, /^NOT_FOUND/);
    });
  }

  it('says of a file that is no JSON, or is not there, that the command line is wrong', async () => {
    const path = join(folder.path, 'no.json');
    await writeFile(path, '{');
    for (const [given, message] of [
      [path, /is no JSON/],
      [join(folder.path, 'nowhere.json'), /cannot be read/],
    ] as const) {
      const { code, stderr } = await experiment('create', given);
      assert.equal(code, 2);
      assert.match(stderr, message);
    }
  });

  it('knows one that was loaded from a file as completed', async () => {
    const ranges = { inputs: [{ name: 'x2', min: -3, max: 3 }, { name: 'x1', min: -3, max: 3 }] }; // prettier-ignore
    await succeed('run', await file('given', { ...noisy, name: 'given', space: ranges, replicates: 1 }));
    const exported = join(folder.path, 'given.arrow.br');
    await succeed('export', 'given', exported);
    const other = await temporaryFolder();
    try {
      const there = async (...args: readonly string[]): Promise<Ended> => runCommand(other.path, ...args);
      assert.equal((await there('load', exported)).code, 0);
      const { stdout } = await there('experiment', 'status', 'given');
      assert.match(stdout, /^given {2}exp_\w+ {2}COMPLETED: 8 of 8 runs done, 0 failed\n.*\noutcomes: 8 COMPLETED\n$/);
      const { error } = JSON.parse((await there('experiment', 'retry', 'given', '--json')).stdout) as ErrorJson;
      assert.match(error.message, /There is no work on "given"\. Begin it: /);
      const results = await there('experiment', 'results', 'given', '--points', '1');
      assert.match(results.stdout, /\npoint +x2 \(1\) +x1 \(1\)/, 'in the order of the ranges');
    } finally {
      await other.remove();
    }
  });

  it('creates without working, once; another under its name is a conflict', async () => {
    const path = await file('first', { ...noisy, name: 'first', tags: ['a'] });
    const made = await json('create', path);
    assert.deepEqual([made.created, made.status, made.progress.total], [true, 'QUEUED', 16]);
    const again = await json('create', path);
    assert.deepEqual(again, { ...made, created: false });
    assert.match(await succeed('status', 'first'), /QUEUED: 0 of 16 runs done.*\n.*\nIt waits for a server /);
    const other = await file('other', { ...noisy, name: 'first', size: 9 });
    assert.equal((await json<ErrorJson>('create', other)).error.code, 'CONFLICT');
  });

  it('runs to the end; its points are the same in a table, as CSV and as JSON', async () => {
    const path = await file('points', { ...noisy, name: 'points' });
    assert.match(await succeed('run', path), /COMPLETED: 16 of 16 runs done, 0 failed\n.*\noutcomes: 16 COMPLETED\n$/);
    const { rows } = await json<ResultsJson>('results', 'points');
    assert.deepEqual(
      rows.map(({ point, n, status }) => [point, n, status]),
      Array.from({ length: 8 }, (_, point) => [point, 2, 'READY']),
    );
    const text = await succeed('results', 'points', '--from', '2', '--points', '3');
    assert.match(text, /\nthe same in all these rows: n 2, outcome COMPLETED, status READY\n/);
    assert.match(text, /\npoint +x1 \(1\) +x2 \(1\) +y \(1\) +± SE\n +2 .*\n +3 .*\n +4 .*\n$/);
    const [head = '', ...lines] = (await succeed('results', 'points', '--csv')).trimEnd().split('\r\n');
    const columns = head.split(',');
    assert.deepEqual(
      lines.map((line) => Number(line.split(',')[columns.indexOf('y')])),
      rows.map(({ y }) => y),
    );
    const some = await json<ResultsJson>('results', 'points', '--where', 'x1', '-1:', '--where', 'x2=:0');
    const x = (row: ResultsJson['rows'][number], name: string): number => Number(row[name]);
    assert.deepEqual(
      some.rows,
      rows.filter((row) => x(row, 'x1') >= -1 && x(row, 'x2') <= 0),
    );
    assert.match((await experiment('results', 'points', '--where', 'z', '0:1')).stderr, /^BAD_USER_INPUT: .*"z"/);
  });

  it('shows points that have no answer yet, and ends with 3', async () => {
    const path = await file('waiting', { ...noisy, name: 'waiting' });
    await succeed('create', path);
    const { code, stdout } = await experiment('results', 'waiting', '--csv', '--points', '1');
    assert.equal(code, 3);
    assert.match(stdout, /\r\n0,[^,]+,[^,]+,,,,0,0,,PENDING,,ps_\w+\r\n$/);
  });

  it('prints many points as CSV in parts: each once, in their order', async () => {
    const path = await file('many', { ...noisy, name: 'many', size: 2500, replicates: 1 });
    await succeed('run', path);
    const lines = (await succeed('results', 'many', '--csv', '--from', '100')).trimEnd().split('\r\n');
    assert.deepEqual(
      lines.slice(1).map((line) => Number(line.split(',')[0])),
      Array.from({ length: 2400 }, (_, i) => i + 100),
    );
  });

  it('grows, is paused, goes on, is cancelled and retried', async () => {
    const path = await file('life', { ...noisy, name: 'a life' });
    await succeed('run', path);
    assert.equal((await json<ErrorJson>('retry', 'a life')).error.code, 'CONFLICT');
    assert.match(await succeed('extend', 'a life', '--size', '10', '--replicates', '3'), /16 of 30 runs done/);
    assert.match(await succeed('pause', 'a life'), /PAUSED(.*\n)*It waits for: .* experiment resume 'a life'\n$/);
    const paused = await experiment('run', 'a life');
    assert.deepEqual([paused.code, /PAUSED/.test(paused.stdout)], [4, true]);
    assert.equal((await json('resume', 'a life')).status, 'QUEUED');
    assert.match(await succeed('cancel', 'a life'), /CANCELLED(.*\n)*.* experiment retry 'a life'\n$/);
    assert.equal((await experiment('run', 'a life')).code, 1);
    assert.equal((await json('retry', 'a life')).status, 'QUEUED');
    assert.deepEqual((await json('run', 'a life')).progress.done, 30);
    const { experiments } = await json<{ experiments: readonly { name: string }[] }>('status');
    assert.equal(experiments[0]?.name, 'a life', 'the newest first');
  });

  it('gives its work back on Ctrl-C, and goes on with it when it is run again', async () => {
    const path = await file('long', { ...circuits, name: 'long' });
    const running = startCommand(folder.path, 'experiment', 'run', path);
    await eventually(
      () => json('status', 'long'),
      (seen) => seen.progress?.done > 0,
    );
    running.kill('SIGINT');
    const { code, stderr } = await running.ended;
    assert.equal(code, 130);
    assert.match(stderr, /^INTERRUPTED: .* the same command goes on with it, or a server/);
    const { status, progress } = await json('status', 'long');
    assert.equal(status, 'QUEUED');
    assert.ok(progress.done < 400);
    assert.match(await succeed('run', 'long'), /COMPLETED: 400 of 400 runs done, 0 failed/);
  });

  it('follows a server that works on it', async () => {
    const server = await startServer({ CORTIGRAPH_WORKERS: '1' });
    try {
      const path = await file('served', { ...circuits, name: 'served' });
      const beside = async (...args: readonly string[]): Promise<ExperimentJson> =>
        JSON.parse((await runCommand(server.dataDir, 'experiment', ...args, '--json')).stdout) as ExperimentJson;
      await beside('create', path);
      await eventually(
        () => beside('status', 'served'),
        ({ status }) => status === 'RUNNING',
      );
      const { status, progress } = await beside('run', 'served');
      assert.deepEqual([status, progress.done], ['COMPLETED', 400]);
    } finally {
      await server.dispose();
    }
  });

  for (const [args, message] of [
    [[], /experiment is followed by one of: create, run/],
    [['stat'], /no command "experiment stat".*Did you mean "status"/],
    [['results', 'x', '--where', 'y', '3'], /--where rateE 5:20/],
    [['results', 'x', '--points', '0'], /--points must be a whole number from 1/],
    [['extend', 'x'], /--size, --replicates/],
  ] as const) {
    it(`says what is wrong with ${['experiment', ...args].join(' ')}`, async () => {
      const { code, stderr } = await experiment(...args);
      assert.equal(code, 2);
      assert.match(stderr, message);
    });
  }
});
