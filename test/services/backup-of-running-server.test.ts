import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { archivedCollections } from '../../src/store/archive-rules.js';
import { collectionsOf } from '../../src/store/collections.js';
import type { Store } from '../../src/store/store.js';
import { readBlob } from '../store/blob-contract.js';
import { temporaryFolder, testStores } from '../store/stores.js';
import { archivesOf, danglingReferences, withWritesBetween } from '../support/archives.js';
import { forEachStore, withServers } from '../support/each-store.js';
import type { FrontDoor } from '../support/front-door.js';
import { kept, openFrontDoor } from '../support/front-door.js';
import type { RecordPayload, ResponseView } from '../support/questions.js';
import { longProtocol, recordMutation, responseQuery, shortProtocol } from '../support/questions.js';
import type { SweepData } from '../support/sweeps.js';
import { numbersOf, sweepQuery } from '../support/sweeps.js';

const circuit = { parameters: { lgnRateE: 200 }, protocol: shortProtocol };
const responses = [
  { ...circuit, replicates: 2 },
  { parameters: { sEE: 0.3 }, protocol: shortProtocol },
  { model: 'ishigami', parameters: { x1: 1 } },
  { model: 'ishigami-noisy', parameters: { x1: 1 }, replicates: 40 },
];
const sweep = { base: { model: 'ishigami-noisy', parameters: {} }, axes: [{ name: 'x1', min: -1, max: 1, points: 5 }] };
const recorded = { ...circuit, recordings: ['raster', 'isiCv'] };
const provenanceQuery = `query ($id: ID!) {
  provenance(id: $id, direction: UPSTREAM, depth: 20) { nodes { id kind label at } edges { from to relation } truncated }
}`;

/** What a server answers to everything above, and where its figures came from. */
async function answersOf(door: FrontDoor) {
  const answers: (ResponseView & { readonly provenance: unknown })[] = [];
  for (const input of responses) {
    const { response } = await door.data<{ response: ResponseView }>(responseQuery, { input });
    answers.push({ ...response, provenance: await door.data<object>(provenanceQuery, { id: response.id }) });
  }
  const { sweep: points } = await door.data<SweepData>(sweepQuery, { input: sweep });
  const { simulationRun, created } = (await door.data<RecordPayload>(recordMutation, { input: recorded }))
    .runSimulation;
  return { answers, points, simulationRun, created };
}

type Answers = Awaited<ReturnType<typeof answersOf>>;

const figuresOf = ({ answers, points, simulationRun: { recordings, ...run } }: Answers): unknown => [
  answers.map(({ id, outputs, outcomes, provenance }) => ({ id, outputs, outcomes, provenance })),
  numbersOf(points.table, 'y'),
  run,
  recordings.map(({ id, digest, bytes, figures }) => ({ id, digest, bytes, figures })),
];

/** Checks that a store answers as the one that was backed up did, without computing. */
async function answersAlike(store: Store, before: Answers): Promise<void> {
  assert.deepEqual(await danglingReferences(store), []);
  const door = await openFrontDoor(kept(store));
  try {
    const after = await answersOf(door);
    assert.deepEqual(
      [...after.answers.map(({ cached }) => cached), after.points.cached, after.created],
      [...responses.map(() => true), true, false],
    );
    assert.deepEqual(figuresOf(after), figuresOf(before));
  } finally {
    await door.close();
  }
}

forEachStore('a backup of a server that computes and writes', (open) => {
  it('holds all that was answered before, with what it rests on, and comes back in either kind of store', async () => {
    const folder = await temporaryFolder();
    const backup = join(folder.path, 'backup');
    try {
      await withServers(open, async (openDoor, source) => {
        const door = await openDoor();
        await answersOf(door); // what is asked later adds to the provenance of what was asked before
        const before = await answersOf(door);

        let asked = 0;
        const ask = async (): Promise<void> => {
          const parameters = { x1: 0.001 * (asked += 1) };
          const input = { model: 'ishigami-noisy', parameters, replicates: 3 };
          await door.data<object>(responseQuery, { input });
          const seeded = {
            parameters: { lgnRateE: 100 },
            protocol: { warmupMs: 0, durationMs: 500, noiseSeed: asked },
          };
          await door.data<object>(recordMutation, { input: { ...seeded, recordings: ['isiCv'] } });
        };
        let isOver = false;
        const load = Promise.all([1, 2].map(async () => { while (!isOver) await ask(); })); // prettier-ignore
        const left = { parameters: { lgnRateE: 90 }, protocol: longProtocol };
        await door.data<object>(responseQuery, { input: left, waitMs: 0 });
        const report = await archivesOf(withWritesBetween(source, ask)).backup(backup);
        isOver = true;
        await load;
        const runsBefore = 2 + 1 + 1 + 40 + 5;
        assert.ok(report.documents > runsBefore && asked >= archivedCollections.length, 'it wrote meanwhile');

        for (const { name, open: openTarget } of testStores) {
          const target = await openTarget();
          try {
            const restored = await archivesOf(target).restore(backup);
            assert.deepEqual([restored.documents, restored.present, restored.blobs], [report.documents, 0, report.blobs]); // prettier-ignore
            const unfinished = await collectionsOf(target.database).jobs.find({ active: true }).toArray();
            assert.ok(unfinished.length > 0, `${name}: what was under way goes on`);
            assert.deepEqual(new Set(unfinished.map(({ holder, status }) => `${holder} ${status}`)), new Set(['null QUEUED'])); // prettier-ignore
            await answersAlike(target, before);
          } finally {
            await target.close();
          }
        }
      });
    } finally {
      await folder.remove();
    }
  });

  it('is the same file by file when nothing was written between, and when it is taken of what was restored', async () => {
    const folder = await temporaryFolder();
    const stores: Store[] = [];
    const opened = async (openStore: () => Promise<Store>): Promise<Store> => {
      const store = await openStore();
      stores.push(store);
      return store;
    };
    try {
      const source = await opened(open);
      const door = await openFrontDoor(kept(source));
      const { simulationRun } = await answersOf(door);
      await door.close();
      await archivesOf(source).backup(join(folder.path, 'first'));
      await archivesOf(source).backup(join(folder.path, 'second'));
      const manifest = await readFile(join(folder.path, 'first', 'manifest.json'), 'utf8');
      assert.equal(await readFile(join(folder.path, 'second', 'manifest.json'), 'utf8'), manifest);
      for (const { name, open: openTarget } of testStores) {
        const target = await opened(openTarget);
        await archivesOf(target).restore(join(folder.path, 'first'));
        await archivesOf(target).backup(join(folder.path, name));
        assert.equal(await readFile(join(folder.path, name, 'manifest.json'), 'utf8'), manifest);
        for (const { digest } of simulationRun.recordings) {
          assert.deepEqual(await readBlob(target.blobs, digest), await readBlob(source.blobs, digest));
        }
      }
    } finally {
      await Promise.all(stores.map((store) => store.close()));
      await folder.remove();
    }
  });
});
