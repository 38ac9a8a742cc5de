import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JobDocument } from '../../src/domain/documents.js';
import { collectionsOf } from '../../src/store/collections.js';
import type { Collections } from '../../src/store/collections.js';
import type { StoreMeta } from '../../src/store/migrate.js';
import type { Store } from '../../src/store/store.js';
import { startProcess, startServer } from '../process/server-process.js';
import type { GraphQLReply } from '../support/front-door.js';
import { dataOf, eventually } from '../support/front-door.js';
import type { ResponseView, RunPayload } from '../support/questions.js';
import { responseQuery, runMutation } from '../support/questions.js';
import { createOvernight, moreRows, requireAllStored, requireCompleted, rowsInAll } from './experiment-trial.js';
import type { RunningServer, ServedStore } from './served-store.js';
import { createEmbedded, servedStores } from './served-store.js';
import { changed, halfWritten, snapshotOf } from './snapshot.js';

/** What a test works with; all of it is gone at its end. */
interface Bench {
  readonly served: ServedStore;
  readonly servers: readonly [RunningServer, RunningServer];
  readonly store: Store;
  readonly collections: Collections;
}

async function onOneStore(
  create: ServedStoreMaker,
  use: (bench: Bench) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const served = await create();
  const servers: RunningServer[] = [];
  try {
    const starting = [served.startServer({ CORTIGRAPH_WORKERS: '1', ...env }), served.startServer(env)] as const;
    for (const start of await Promise.allSettled(starting)) if (start.status === 'fulfilled') servers.push(start.value);
    const [one, two] = await Promise.all(starting);
    const store = await served.open();
    await use({ served, servers: [one, two], store, collections: collectionsOf(store.database) }).finally(() =>
      store.close(),
    );
  } finally {
    await Promise.all(servers.map((server) => server.kill()));
    await served.remove();
  }
}
type ServedStoreMaker = () => Promise<ServedStore>;

/** A second of work for a worker. */
const long = { parameters: { lgnRateE: 150 }, protocol: { warmupMs: 0, durationMs: 200_000, noiseSeed: 7 } };
const longCommand = ['--set', 'lgnRateE=150', '--warmup', '0', '--duration', '200000', '--noise-seed', '7', '--json'];

/**
 * Those of the product: commands have them, and to servers with shorter ones would look dead. So would a server to the
 * other, where a busy machine keeps it from its heartbeat for half a second.
 */
const longLeases = { CORTIGRAPH_TEST_LEASES: JSON.stringify({ heartbeatMs: 5_000, staleLeaseMs: 20_000 }) };

const runOf = (reply: GraphQLReply<RunPayload>): RunPayload['runSimulation'] => dataOf(reply).runSimulation;

for (const { name, create } of servedStores) {
  describe(`processes on one ${name} store`, () => {
    test('that are asked the same at once, two servers and a command, compute it once', () =>
      onOneStore(
        create,
        async ({ served, servers, collections: { jobs, runs, executions, claims } }) => {
          const command = await startProcess(['simulate', ...longCommand], { ...served.env, CORTIGRAPH_WORKERS: '1' });
          try {
            await eventually(
              () => jobs.countDocuments({ active: true }),
              (count) => count === 1,
            );
            const replies = await Promise.all(
              [...servers, ...servers].map((server) => server.ask<RunPayload>(runMutation, { input: long })),
            );
            assert.equal(await command.ended, 0, command.output());
            const { id } = JSON.parse(command.output()) as { id: string };
            for (const reply of replies) {
              const { simulationRun } = runOf(reply);
              assert.deepEqual([simulationRun.id, simulationRun.status], [id, 'COMPLETED']);
            }
          } finally {
            await command.dispose();
          }
          const counts = await Promise.all([jobs, runs, executions, claims].map((all) => all.countDocuments({})));
          assert.deepEqual(counts, [1, 1, 1, 0]);
        },
        longLeases,
      ));

    test('all get what they write stored, however many write at once', () =>
      onOneStore(
        create,
        async ({ servers, store, collections: { runs, executions, jobs } }) => {
          const questions = Array.from({ length: 20 }, (_, i) => ({
            model: 'ishigami-noisy',
            parameters: { x1: i / 100 },
            replicates: 3,
          }));
          const replies = await Promise.all(
            questions.flatMap((input) =>
              servers.map((server) => server.ask<{ response: ResponseView }>(responseQuery, { input })),
            ),
          );
          assert.ok(replies.every((reply) => dataOf(reply).response.status === 'READY'));
          const counts = await Promise.all([runs, executions].map((all) => all.countDocuments({})));
          assert.deepEqual(counts, [60, 60]);
          // A server that asked just before the other had the answer has a job of its own, which finds all runs stored.
          const ended = await jobs.find({}).toArray();
          assert.ok(ended.every(({ status }) => status === 'COMPLETED'));
          assert.equal(
            ended.reduce((sum, { computedRuns }) => sum + computedRuns, 0),
            60,
          );
          assert.deepEqual(halfWritten(await snapshotOf(store)), []);
        },
        longLeases,
      ));

    for (const when of ['while another computes what it held', 'after another has stored what it held'] as const) {
      test(`one that is stopped past its lease and goes on ${when} changes nothing that is not its own`, () =>
        onOneStore(create, async ({ servers: [stopped, other], store, collections: { jobs, executions, claims } }) => {
          const begun = runOf(await stopped.ask<RunPayload>(runMutation, { input: long, waitMs: 0 }));
          const jobId = begun.job?.id ?? assert.fail('there is no job');
          const job = async (): Promise<JobDocument> =>
            (await jobs.findOne({ _id: jobId })) ?? assert.fail('it is gone');
          const holder = (await eventually(job, ({ status }) => status === 'RUNNING')).holder;
          await stopOutsideOfWrites(stopped, other);

          if (when.startsWith('after')) await eventually(job, ({ active }) => !active);
          else
            await eventually(
              () => claims.findOne({ _id: begun.simulationRun.id }),
              (claim) => claim !== null && claim.holder !== null && claim.holder !== holder,
            );
          const before = await snapshotOf(store);
          stopped.child.kill('SIGCONT');
          const ended = await eventually(job, ({ active }) => !active);
          assert.deepEqual([ended.status, ended.attempt, ended.result], ['COMPLETED', 2, begun.simulationRun.id]);
          // It gives back what it holds, and ends: what it had to write, it has written.
          stopped.child.kill('SIGTERM');
          assert.equal(await stopped.ended, '0', stopped.log());
          const attempts = await executions.find({ runId: begun.simulationRun.id }).toArray();
          assert.deepEqual(
            attempts.map(({ attempt, error }) => ({ attempt, error })),
            [{ attempt: 2, error: null }],
          );
          const after = await snapshotOf(store);
          assert.deepEqual(changed(before, after), []);
          assert.deepEqual([...halfWritten(after), ...after.claims.keys()], []);
          assert.deepEqual(after.jobs.get(jobId), ended);
        }));
    }

    test('finish an experiment whose holder is stopped past its lease, and no count changes when it goes on', () =>
      onOneStore(create, async ({ servers: [stopped, other], store, collections }) => {
        await createOvernight(stopped);
        await moreRows(collections, 0);
        await stopOutsideOfWrites(stopped, other);
        const rows = await collections.experimentRows.countDocuments({});
        assert.ok(rows < rowsInAll, 'it was over before its holder was stopped');
        await requireCompleted(other);
        const before = await snapshotOf(store);
        const [job] = [...before.jobs.values()];
        assert.ok((job?.attempt ?? 0) >= 2, 'another has taken it');
        stopped.child.kill('SIGCONT');
        // It gives back what it holds, and ends: what it had to write, it has written.
        stopped.child.kill('SIGTERM');
        assert.equal(await stopped.ended, '0', stopped.log());
        const after = await snapshotOf(store);
        assert.deepEqual([...changed(before, after), ...halfWritten(after)], []);
        await requireCompleted(other);
        await requireAllStored(store);
      }));

    test('that start at once behind one that died in an experiment count every row once', async () => {
      const served = await create();
      try {
        const first = await served.startServer();
        try {
          await createOvernight(first);
          const store = await served.open();
          await moreRows(collectionsOf(store.database), 0).finally(() => store.close());
        } finally {
          await first.kill();
        }
        const servers = await Promise.all([served.startServer(), served.startServer()]);
        try {
          await Promise.all(servers.map(requireCompleted));
          const store = await served.open();
          await requireAllStored(store).finally(() => store.close());
        } finally {
          await Promise.all(servers.map((server) => server.kill()));
        }
      } finally {
        await served.remove();
      }
    });
  });
}

describe('software that is older than the store allows', () => {
  test('ends and says so while it serves, and does not begin', async () => {
    const served = await createEmbedded();
    const server = await startServer(served.env);
    try {
      const store = await served.open();
      await store.database
        .collection<StoreMeta>('meta')
        .updateOne({ _id: 'store' }, { $set: { leastWriterVersion: 99 } });
      await store.close();
      assert.equal(await server.ended, 1);
      assert.match(server.output(), /"level":"error".*A newer Cortigraph has changed this store/);
      for (const command of [[], ['simulate', '--duration', '500'], ['migrate']]) {
        const late = await startProcess(command, served.env);
        assert.equal(await late.ended, 1, late.output());
        assert.match(
          late.output(),
          /^UNAVAILABLE: A newer Cortigraph .* takes schema version 99, .*Update Cortigraph/m,
        );
        await late.dispose();
      }
    } finally {
      await server.dispose();
      await served.remove();
    }
  });
});

/** Stops a process, when it does not hold the file that both write to: with a lock held, the other could only wait. */
async function stopOutsideOfWrites(server: RunningServer, other: RunningServer): Promise<void> {
  const write = 'mutation { createParameterSet(model: "ishigami", parameters: { x3: 1 }) { created } }';
  for (;;) {
    server.child.kill('SIGSTOP');
    const answer = other.ask(write);
    const isFree = await Promise.race([
      answer.then(() => true),
      new Promise((resolve) => setTimeout(resolve, 2000, false)),
    ]);
    if (isFree) return;
    server.child.kill('SIGCONT');
    await answer;
  }
}
