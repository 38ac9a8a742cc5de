import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { ExperimentView } from '../support/experiments.js';
import type { RunPayload } from '../support/questions.js';
import { runMutation } from '../support/questions.js';
import type { ErrorView } from '../support/front-door.js';
import { dataOf, eventually, onlyError } from '../support/front-door.js';
import { createOvernight, overnight, requireAllStored, requireCompleted, rowsInAll } from './experiment-trial.js';
import type { RunningServer, ServedStore } from './served-store.js';
import { createEmbedded } from './served-store.js';
import { halfWritten, snapshotOf } from './snapshot.js';

/** A way to take the room of a store away, and to give it back, while a server runs. */
interface Shortage {
  readonly isPossible: () => boolean;
  /** Before the server starts. */
  prepare(dataDir: string): void;
  begin(dataDir: string, server: RunningServer): Promise<void>;
  end(dataDir: string, server: RunningServer): Promise<void>;
  cleanUp(dataDir: string): void;
}

const succeeds = (command: string, ...args: readonly string[]): boolean => spawnSync(command, args).status === 0;

const limitFiles = (server: RunningServer, bytes: string): void => {
  execFileSync('prlimit', ['--pid', String(server.child.pid), `--fsize=${bytes}:unlimited`]);
};

const shortages: Readonly<Record<string, Shortage>> = {
  'its disk is full': {
    isPossible: () =>
      process.getuid?.() === 0 && succeeds('unshare', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'),
    prepare: (dataDir) => {
      execFileSync('mkdir', ['-p', dataDir]);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', dataDir]);
    },
    begin: async (dataDir) => {
      const filler = writeFile(join(dataDir, 'filler'), Buffer.alloc(80_000_000));
      await assert.rejects(filler, { code: 'ENOSPC' });
    },
    end: (dataDir) => rm(join(dataDir, 'filler')),
    cleanUp: (dataDir) => execFileSync('umount', [dataDir]),
  },
  'its files may not grow': {
    isPossible: () => succeeds('prlimit', '--version'),
    prepare: () => undefined,
    begin: async (_dataDir, server) => limitFiles(server, '4096'),
    end: async (_dataDir, server) => limitFiles(server, 'unlimited'),
    cleanUp: () => undefined,
  },
};

const create =
  'mutation ($parameters: ParameterValues!) { createParameterSet(model: "ishigami", parameters: $parameters) { parameterSet { id } } }';
type Created = { createParameterSet: { parameterSet: { id: string } } };

/** A second of work for a worker. */
const long = { parameters: { lgnRateE: 150 }, protocol: { warmupMs: 0, durationMs: 200_000 } };

async function withServer(
  shortage: Shortage,
  use: (server: RunningServer, dataDir: string, served: ServedStore) => Promise<void>,
): Promise<void> {
  const served = await createEmbedded();
  const dataDir = served.env['DATA_DIR'] ?? assert.fail('it has a folder');
  shortage.prepare(dataDir);
  const server = await served.startServer();
  try {
    await use(server, dataDir, served);
  } finally {
    await server.kill();
    shortage.cleanUp(dataDir);
    await served.remove();
  }
}

for (const [what, shortage] of Object.entries(shortages)) {
  const skip = shortage.isPossible() ? false : 'this machine does not let us';
  describe(`an embedded store when ${what}`, { skip }, () => {
    test('says so, loses nothing, and goes on by itself once there is room', () =>
      withServer(shortage, async (server, dataDir, served) => {
        const ids: string[] = [];
        let asked = 0;
        const write = async (): Promise<ErrorView | null> => {
          const reply = await server.ask<Created>(create, { parameters: { x1: (asked += 1) / 1e5 } });
          if (reply.data?.createParameterSet == null) return onlyError(reply);
          ids.push(reply.data.createParameterSet.parameterSet.id);
          return null;
        };
        for (let i = 0; i < 20; i += 1) assert.equal(await write(), null);
        const begun = dataOf(await server.ask<RunPayload>(runMutation, { input: long, waitMs: 0 })).runSimulation;

        await shortage.begin(dataDir, server);
        // What room there is within the files of the store is used up first.
        const refusal = await eventually(write, (error) => error !== null);
        assert.equal(refusal?.extensions.code, 'UNAVAILABLE');
        assert.match(refusal?.message ?? '', /^The store cannot be used now: .*disk is full/);
        const ready = await fetch(`${server.url}readyz`);
        assert.deepEqual([ready.status, /disk is full/.test(await ready.text())], [503, true]);
        assert.equal((await fetch(`${server.url}healthz`)).status, 200);
        const known = await server.ask<{ node: { id: string } }>(`{ node(id: "${ids[0]}") { id } }`);
        assert.equal(dataOf(known).node.id, ids[0], 'what is stored can be read');

        await shortage.end(dataDir, server);
        await eventually(
          async () => (await fetch(`${server.url}readyz`)).status,
          (status) => status === 200,
        );
        assert.equal(await write(), null);
        const jobId = begun.job?.id ?? assert.fail('there is no job');
        type Found = { job: { status: string } };
        await eventually(
          async () => dataOf(await server.ask<Found>(`{ job(id: "${jobId}") { status } }`)).job.status,
          (status) => status === 'COMPLETED',
        );
        await server.kill();
        const store = await served.openRemains(); // which checks the integrity of the file
        const left = await snapshotOf(store);
        await store.close();
        assert.deepEqual(halfWritten(left), []);
        assert.deepEqual(
          ids.filter((id) => !left.parameterSets.has(id)),
          [],
        );
        assert.equal(left.runs.size, 1);
      }));

    test('pauses an experiment with the reason, and finishes it once there is room', () =>
      withServer(shortage, async (server, dataDir, served) => {
        await createOvernight(server);
        const look = (): Promise<ExperimentView> => overnight(server);
        await eventually(look, ({ progress }) => progress.done > 0);
        await shortage.begin(dataDir, server);
        const { job, progress } = await eventually(look, ({ status }) => status === 'PAUSED', 60_000);
        assert.ok(progress.done < rowsInAll, 'the disk was full before its end');
        assert.equal(job?.error?.code, 'UNAVAILABLE');
        assert.match(job.error.message, /disk is full.* goes on by itself/);

        await shortage.end(dataDir, server);
        await requireCompleted(server);
        await server.kill();
        const store = await served.openRemains();
        const computedAgain = await requireAllStored(store).finally(() => store.close());
        assert.equal(computedAgain, 0);
      }));
  });
}

describe(
  'a recording that is larger than the room that is left',
  { skip: succeeds('prlimit', '--version') ? false : 'there is no prlimit here' },
  () => {
    test('is refused with the reason, leaves nothing behind, and is made once there is room', () =>
      withServer(shortages['its files may not grow'] ?? assert.fail(), async (server, _dataDir, served) => {
        const input = { parameters: { lgnRateE: 200 }, protocol: { durationMs: 20_000 }, recordings: ['raster'] };
        limitFiles(server, '1500000');
        const refused = onlyError(await server.ask(runMutation, { input }));
        assert.equal(refused.extensions.code, 'UNAVAILABLE');
        assert.match(refused.message, /disk is full/);
        limitFiles(server, 'unlimited');
        const { simulationRun } = dataOf(await server.ask<RunPayload>(runMutation, { input })).runSimulation;
        assert.equal(simulationRun.status, 'COMPLETED');
        await server.kill();
        const store = await served.openRemains();
        const left = await snapshotOf(store);
        assert.equal(await store.blobs.removeUnfinished(new Date(Date.now() + 60_000)), 0);
        await store.close();
        assert.deepEqual([halfWritten(left), left.recordings.size], [[], 1]);
      }));
  },
);
