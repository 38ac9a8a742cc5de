import assert from 'node:assert/strict';
import { copyFile, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import { collectionsOf } from '../../src/store/collections.js';
import type { StoreDocument } from '../../src/store/seam.js';
import type { Store } from '../../src/store/store.js';
import { openEmbedded, temporaryFolder } from '../store/stores.js';
import { archivesOf, danglingReferences } from '../support/archives.js';
import { forEachStore, withServers } from '../support/each-store.js';
import { circuit, completed, experimentOf, extend, ended, ishigami, rowsOf } from '../support/experiments.js';

const compared = ['parameterSets', 'executions', 'runs', 'experiments', 'experimentRows', 'invalidations'] as const;

/** What a file must bring back, by collection, in the order of ids. */
async function contentOf(store: Store): Promise<Readonly<Record<string, readonly StoreDocument[]>>> {
  const found = compared.map(async (name) => {
    const collection = store.database.collection<StoreDocument>(name);
    return [name, await collection.find({}, { sort: { _id: 1 } }).toArray()] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}

/** Chunks, without what is about the work on them. */
async function chunksOf(store: Store): Promise<unknown> {
  const chunks = await collectionsOf(store.database)
    .chunks.find({}, { sort: { _id: 1 } })
    .toArray();
  return chunks.map(({ createdAt: _, attempt: __, computed: ___, ...chunk }) => chunk);
}

const respond = `query ($parameters: ParameterValues!) { response(input: { parameters: $parameters, protocol: { warmupMs: 0, durationMs: 500 } }) {
  cached } }`;

forEachStore('the file of an experiment', (open) => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder.remove());

  it('brings back every document as it was, twice without harm, and answers', () =>
    withServers(open, async (openDoor, source) => {
      const door = await openDoor();
      // Runs of these rates abort.
      const space = { inputs: [{ name: 'lgnRateE', min: 80, max: 5000 }] };
      const { id } = await completed(door, circuit('short', { space, size: 8 }));
      await extend(door, { id, targetSize: 12, targetReplicates: 2 });
      const before = await ended(door, id);
      assert.ok(before.outcomes.length > 1, 'some ran away');
      const [first] = (await rowsOf(door, id)).nodes;
      await door.data('mutation ($id: ID!) { invalidateResult(id: $id, reason: "a test") { invalidation { id } } }', {
        id: first?.simulationRun?.id,
      });
      const file = join(folder.path, `short-${crypto.randomUUID()}.arrow.br`);
      const report = await archivesOf(source).exportExperiment('short', file);
      assert.equal(report.rows, 24);

      await withServers(open, async (openOther, target) => {
        const loaded = await archivesOf(target).load(file);
        assert.equal(loaded.present, 0);
        assert.deepEqual(await contentOf(target), await contentOf(source));
        assert.deepEqual(await chunksOf(target), await chunksOf(source));
        assert.deepEqual(await danglingReferences(target), []);
        const again = await archivesOf(target).load(file);
        assert.equal(again.present, again.documents);
        assert.deepEqual(await contentOf(target), await contentOf(source));

        const other = await openOther();
        const { progress, outcomes, status } = await experimentOf(other, id);
        assert.deepEqual({ progress, outcomes, status }, { progress: before.progress, outcomes: before.outcomes, status: 'COMPLETED' }); // prettier-ignore
        const counts = await other.counts();
        const row = (await rowsOf(other, id)).nodes.find(({ point }) => point === 1);
        const runId = row?.simulationRun?.id;
        const { parameterSetId } = (await collectionsOf(target.database).runs.findOne({ _id: runId ?? '' })) ?? {};
        const set = await collectionsOf(target.database).parameterSets.findOne({ _id: parameterSetId ?? '' });
        const { response } = await other.data<{ response: { cached: boolean } }>(respond, { parameters: set?.values });
        assert.equal(response.cached, true);
        assert.deepEqual(
          { ...(await other.counts()), responses: 0 },
          { ...counts, responses: 0 },
          'nothing was computed',
        );
      });
    }));

  it('keeps doubles to the last bit', () =>
    withServers(open, async (openDoor, source) => {
      const door = await openDoor();
      await completed(door, ishigami('noisy', { replicates: 3 }));
      const file = join(folder.path, `noisy-${crypto.randomUUID()}.arrow.br`);
      await archivesOf(source).exportExperiment('noisy', file);
      await withServers(open, async (_, target) => {
        await archivesOf(target).load(file);
        assert.deepEqual(await contentOf(target), await contentOf(source));
      });
    }));
});

/** Whether two compressed files are of the same bytes. */
function holdsTheSame(one: Buffer, other: Buffer): boolean {
  try {
    return brotliDecompressSync(one).equals(brotliDecompressSync(other));
  } catch {
    return false;
  }
}

describe('what is refused of files of experiments', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let file = '';
  before(async () => {
    folder = await temporaryFolder();
    file = join(folder.path, 'whole.arrow.br');
    await withServers(openEmbedded, async (openDoor, store) => {
      const door = await openDoor();
      await completed(door, ishigami('whole'));
      await archivesOf(store).exportExperiment('whole', file);
    });
  });
  after(() => folder.remove());

  it('is whatever is not, to the last byte, what was written: nothing is stored of it', () =>
    withServers(openEmbedded, async (_, store) => {
      const bytes = await readFile(file);
      const flipped = (at: number): Buffer => {
        const copy = Buffer.from(bytes);
        copy.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
        return copy;
      };
      const step = Math.ceil(bytes.length / 60);
      const flips = Array.from({ length: Math.ceil(bytes.length / step) }, (_, i) => flipped(i * step));
      // Brotli leaves some bits without a meaning: a file that differs in these holds the same.
      const damaged = [
        ...flips.filter((each) => !holdsTheSame(each, bytes)),
        flipped(bytes.length - 1),
        bytes.subarray(0, -1),
        bytes.subarray(0, bytes.length / 2),
        Buffer.alloc(0),
        Buffer.concat([bytes, Buffer.from('x')]),
        Buffer.from('{"no": "experiment"}'),
      ];
      const path = join(folder.path, 'damaged.arrow.br');
      for (const [i, each] of damaged.entries()) {
        await writeFile(path, each);
        await assert.rejects(archivesOf(store).load(path), { code: 'BAD_USER_INPUT' }, `damage ${i}`);
      }
      assert.deepEqual(Object.values(await contentOf(store)).flat(), []);
    }));

  it('is an experiment whose name another has, and to write over a file', () =>
    withServers(openEmbedded, async (openDoor, store) => {
      const door = await openDoor();
      await completed(door, ishigami('whole', { seed: 2 }));
      await assert.rejects(archivesOf(store).load(file), { code: 'CONFLICT' });
      const taken = join(folder.path, 'taken');
      await copyFile(file, taken);
      await assert.rejects(archivesOf(store).exportExperiment('whole', taken), { code: 'CONFLICT' });
      assert.deepEqual(await readFile(taken), await readFile(file));
      await assert.rejects(archivesOf(store).exportExperiment('none', join(folder.path, 'none')), {
        code: 'NOT_FOUND',
      });
      assert.ok(!(await readdir(folder.path)).includes('none'));
    }));

  it('is an experiment that is not at its end', () =>
    withServers(openEmbedded, async (openDoor, store) => {
      const door = await openDoor();
      await completed(door, ishigami('half'));
      await collectionsOf(store.database).experimentRows.deleteMany({ point: 3 });
      const path = join(folder.path, 'half');
      await assert.rejects(archivesOf(store).exportExperiment('half', path), {
        code: 'CONFLICT',
        message: /3 of 10|9 of 10/,
      });
    }));
});
