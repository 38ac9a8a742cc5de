import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forEachStore, withServers } from '../support/each-store.js';
import type { FrontDoor, FrontDoorOptions } from '../support/front-door.js';
import { eventually } from '../support/front-door.js';
import type { RecordPayload } from '../support/questions.js';
import { recordMutation, shortProtocol } from '../support/questions.js';

type Payload = RecordPayload['runSimulation'];

const fast: FrontDoorOptions = { settings: { heartbeatMs: 50, staleLeaseMs: 400 } };

const run = async (door: FrontDoor, input: object, waitMs?: number): Promise<Payload> =>
  (await door.data<RecordPayload>(recordMutation, { input, waitMs })).runSimulation;

const input = (recordings: readonly string[], durationMs = 500): object => ({
  parameters: {},
  protocol: { ...shortProtocol, durationMs },
  recordings,
});

const kindsOf = ({ simulationRun }: Payload): readonly string[] => simulationRun.recordings.map(({ kind }) => kind);

forEachStore('a server that stops while it records a stored run', (open) => {
  test('gives the work back, and the next server does it', async () => {
    await withServers(open, async (openDoor) => {
      const before = await openDoor();
      await run(before, input([], 60_000));
      const { job } = await run(before, input(['raster'], 60_000), 0);
      const { claims, recordings, jobs } = before.collections;
      await eventually(
        () => claims.countDocuments({ records: true }),
        (count) => count === 1,
      );
      await before.close();
      assert.deepEqual([await claims.countDocuments({}), await recordings.countDocuments({})], [0, 0]);
      assert.equal((await jobs.findOne({ _id: job?.id ?? '' }))?.status, 'QUEUED');
      const after = await openDoor();
      await eventually(
        () => jobs.findOne({ _id: job?.id ?? '' }),
        (found) => found?.status === 'COMPLETED',
      );
      const again = await run(after, input(['raster'], 60_000));
      assert.deepEqual([again.job, kindsOf(again)], [null, ['raster']]);
    });
  });
});

forEachStore('a server that is gone without a word', (open) => {
  test('after it stored the run and before what it recorded: that is made when it is asked for again', async () => {
    await withServers(open, async (openDoor) => {
      const door = await openDoor(fast);
      const first = await run(door, input(['raster']));
      await door.collections.recordings.deleteMany({});
      const again = await run(door, input(['raster']));
      assert.deepEqual([again.created, kindsOf(again)], [false, ['raster']]);
      assert.equal(again.simulationRun.recordings[0]?.digest, first.simulationRun.recordings[0]?.digest);
    });
  });

  test('while it recorded a stored run: its claim is kept while it lives, and taken once it stands still', async () => {
    await withServers(open, async (openDoor) => {
      const door = await openDoor(fast);
      const { simulationRun } = await run(door, input([]));
      const { runs, claims } = door.collections;
      const stored = await runs.findOne({ _id: simulationRun.id });
      assert.ok(stored);
      const { _id, schemaVersion, createdAt, digest, model, numericsDigest, parameterSetId, protocol } = stored;
      await claims.insertOne({
        ...{ _id, schemaVersion, createdAt, digest, model, numericsDigest, parameterSetId, protocol, records: true },
        ...{ state: 'RUNNING', attempt: 2, holder: 'another/1/2', heartbeat: 0, startedAt: createdAt, error: null },
      });
      let heartbeat = 0;
      const living = setInterval(() => void claims.updateOne({ _id }, { $set: { heartbeat: (heartbeat += 1) } }), 50);
      const held = await run(door, input(['raster']), 1000);
      clearInterval(living);
      assert.deepEqual([held.simulationRun.status, kindsOf(held)], ['COMPLETED', []]);
      assert.equal((await claims.findOne({ _id }))?.holder, 'another/1/2');
      const done = await run(door, input(['raster']));
      assert.deepEqual(kindsOf(done), ['raster']);
      assert.equal(await claims.findOne({ _id }), null);
    });
  });
});

forEachStore('two servers on one store', (open) => {
  test('record one run for both of their clients', async () => {
    await withServers(open, async (openDoor) => {
      const [one, two] = [await openDoor(fast), await openDoor(fast)];
      const asked: readonly (readonly [FrontDoor, readonly string[]])[] = [
        [one, ['raster']],
        [two, ['isiCv']],
        [one, []],
        [two, ['raster', 'populationRates']],
      ];
      const payloads = await Promise.all(asked.map(([door, kinds]) => run(door, input(kinds))));
      for (const [i, payload] of payloads.entries()) {
        for (const kind of asked[i]?.[1] ?? []) assert.ok(kindsOf(payload).includes(kind), kind);
      }
      const { runs, recordings, claims } = await one.counts();
      assert.deepEqual({ runs, recordings, claims }, { runs: 1, recordings: 3, claims: 0 });
    });
  });
});
