import assert from 'node:assert/strict';
import { cp, mkdir, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { migrations } from '../../migrations/all.js';
import { manifestText, readManifest } from '../../src/services/archive/manifest.js';
import { archivedCollections } from '../../src/store/archive-rules.js';
import { collectionsOf, isEmptyStore } from '../../src/store/collections.js';
import type { Migration, StoreMeta } from '../../src/store/migrate.js';
import { halfRestoredFrom } from '../../src/store/restore-marker.js';
import { openEmbedded, temporaryFolder } from '../store/stores.js';
import { archivesOf, danglingReferences } from '../support/archives.js';
import { forEachStore, withServers } from '../support/each-store.js';
import { kept, openFrontDoor } from '../support/front-door.js';
import type { ResponseView } from '../support/questions.js';
import { recordMutation, responseQuery, shortProtocol } from '../support/questions.js';

const isCode = (code: string, message: RegExp) => (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === code && message.test(error.message);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
/** A backup of a few runs with recordings, and a later one of the same store. */
let backup: string;
let later: string;
let copies = 0;
before(async () => {
  folder = await temporaryFolder();
  [backup, later] = [join(folder.path, 'backup'), join(folder.path, 'later')];
  const store = await openEmbedded();
  const door = await openFrontDoor(kept(store));
  const input = { parameters: { lgnRateE: 200 }, protocol: shortProtocol };
  await door.data<object>(responseQuery, { input: { ...input, replicates: 3 } });
  await door.data<object>(recordMutation, { input: { ...input, recordings: ['raster', 'isiCv'] } });
  await archivesOf(store).backup(backup);
  await door.data<object>(responseQuery, { input: { model: 'ishigami', parameters: {} } });
  await archivesOf(store, { now: () => new Date('2026-01-03T00:00:00.000Z') }).backup(later);
  await door.close();
  await store.close();
});
after(() => folder.remove());

/** Copies the backup, does something to the copy, and checks that its restore and its load are refused before anything is inserted. */
async function refusedAfter(change: (copy: string) => Promise<void>, message: RegExp, code = 'BAD_USER_INPUT') {
  const copy = join(folder.path, `copy-${(copies += 1)}`);
  await cp(backup, copy, { recursive: true });
  await change(copy);
  const before = await filesOf(copy);
  const store = await openEmbedded();
  try {
    for (const use of ['restore', 'load'] as const) {
      await assert.rejects(archivesOf(store)[use](copy), isCode(code, message), use);
      assert.deepEqual([await isEmptyStore(store.database), await halfRestoredFrom(store.database)], [true, null]);
      assert.deepEqual(await filesOf(copy), before, 'a backup is only read');
    }
  } finally {
    await store.close();
    await rm(copy, { recursive: true });
  }
}

const filesOf = async (path: string): Promise<readonly string[]> =>
  (await readdir(path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();

describe('a damaged backup is refused before anything is inserted', () => {
  it('when one bit of any of its files is another', async () => {
    const files = await filesOf(backup);
    assert.equal(files.length, 1 + archivedCollections.length + 2);
    for (const file of files) {
      const { length } = await readFile(join(backup, file));
      // The first and last, the method and time in the head of gzip, and some between.
      const places = [0, 3, 9, ...[1, 2, 3, 4].map((fifth) => Math.floor((length * fifth) / 5)), length - 1];
      for (const place of places) {
        const flip = async (copy: string): Promise<void> => {
          const bytes = await readFile(join(copy, file));
          bytes[place] = (bytes[place] ?? 0) ^ 4;
          await writeFile(join(copy, file), bytes);
        };
        await refusedAfter(flip, /damaged/);
      }
    }
  });

  it('when a file is cut short, empty, longer, or missing', async () => {
    for (const file of await filesOf(backup)) {
      const path = (copy: string): string => join(copy, file);
      const { length } = await readFile(path(backup));
      await refusedAfter((copy) => truncate(path(copy), length >> 1), /damaged/);
      await refusedAfter((copy) => truncate(path(copy), 0), /damaged/);
      await refusedAfter((copy) => writeFile(path(copy), 'x', { flag: 'a' }), /damaged/);
      await refusedAfter((copy) => rm(path(copy)), file === 'manifest.json' ? /no whole backup/ : /damaged/);
    }
  });

  it('when its files are those of another backup', () =>
    refusedAfter((copy) => cp(join(later, 'runs.ndjson.gz'), join(copy, 'runs.ndjson.gz')), /of runs.ndjson.gz/));

  it('and so is a folder that holds none, and one that is not there', () =>
    withServers(openEmbedded, async (_, store) => {
      await refusedAfter((copy) => rm(copy, { recursive: true }).then(() => mkdir(copy)), /no whole backup/);
      await assert.rejects(archivesOf(store).restore(join(folder.path, 'none')), isCode('BAD_USER_INPUT', /no whole/));
    }));

  it('and one that newer software took', async () => {
    const rewrite = (change: (text: string) => string) => async (copy: string) => {
      const path = join(copy, 'manifest.json');
      await writeFile(path, change(await readFile(path, 'utf8')));
    };
    const newerFormat = rewrite((text) => text.replace('"formatVersion": 1', '"formatVersion": 2'));
    await refusedAfter(newerFormat, /newer Cortigraph/, 'UNAVAILABLE');
    const newerSchema = rewrite((text) => manifestText({ ...bodyOf(text), schemaVersion: 999 }));
    await refusedAfter(newerSchema, /schema version 999/, 'UNAVAILABLE');
    const strange = rewrite((text) => manifestText({ ...bodyOf(text), collections: [{ name: 'dreams' as 'runs', documents: 0, bytes: 0, sha256: '' }] })); // prettier-ignore
    await refusedAfter(strange, /no collection dreams/, 'UNAVAILABLE');
  });
});

function bodyOf(text: string) {
  const { schemaVersion, softwareVersion, createdAt, collections, blobs } = readManifest(text);
  return { schemaVersion, softwareVersion, createdAt, collections, blobs };
}

describe('a backup', () => {
  it('is written into a folder that holds nothing, and leaves one that does as it was', () =>
    withServers(openEmbedded, async (_, store) => {
      const files = await filesOf(backup);
      await assert.rejects(archivesOf(store).backup(backup), isCode('CONFLICT', /holds a backup already/));
      await assert.rejects(archivesOf(store).backup(folder.path), isCode('CONFLICT', /not empty/));
      await assert.rejects(archivesOf(store).backup(join(backup, 'manifest.json')), isCode('UNAVAILABLE', /EEXIST/));
      assert.deepEqual(await filesOf(backup), files);
    }));

  it('that is stopped leaves an empty folder, into which the next one goes', () =>
    withServers(openEmbedded, async (_, store) => {
      await archivesOf(store).restore(backup);
      const stop = new AbortController();
      const path = join(folder.path, 'stopped');
      const progress = (step: string): void => (step === 'runs written' ? stop.abort(new Error('enough')) : undefined);
      await assert.rejects(archivesOf(store).backup(path, { signal: stop.signal, progress }), { message: 'enough' });
      assert.deepEqual(await readdir(path), []);
      await archivesOf(store).backup(path);
      assert.deepEqual(await filesOf(path), await filesOf(backup));
    }));

  it('goes without a blob that the store had lost, says so, and the recording is made anew after a restore', () =>
    withServers(openEmbedded, async (_, store) => {
      await archivesOf(store).restore(backup);
      const [recording] = await collectionsOf(store.database).recordings.find({ kind: 'isiCv' }).toArray();
      assert.ok(recording);
      const blobs = { ...store.blobs, open: async (digest: string) => (digest === recording.blob.digest ? null : store.blobs.open(digest)) }; // prettier-ignore
      const path = join(folder.path, 'without');
      const report = await archivesOf({ ...store, blobs }).backup(path);
      assert.deepEqual([report.missingBlobs, report.blobs], [[recording.blob.digest], 1]);
      await withServers(openEmbedded, async (openDoor, target) => {
        assert.deepEqual((await archivesOf(target).restore(path)).missingBlobs, [recording.blob.digest]);
        const door = await openDoor();
        const input = { parameters: { lgnRateE: 200 }, protocol: shortProtocol, recordings: ['isiCv'] };
        await door.data<object>(recordMutation, { input });
        assert.equal(await target.blobs.has(recording.blob.digest), true);
      });
    }));
});

forEachStore('a restore', (open) => {
  it('is refused by a store that holds anything, which stays as it was', () =>
    withServers(open, async (_, store) => {
      const { parameterSets } = collectionsOf(store.database);
      const stranger = {
        _id: 'ps_1',
        schemaVersion: 1,
        createdAt: '',
        digest: '',
        preimage: '',
        model: '',
        values: {},
      };
      await parameterSets.insertOne(stranger);
      await assert.rejects(archivesOf(store).restore(backup), isCode('CONFLICT', /empty store only.*cortigraph load/));
      assert.deepEqual(await parameterSets.find({}).toArray(), [stranger]);
      assert.equal(await halfRestoredFrom(store.database), null);
    }));

  it('that was interrupted leaves a store that refuses service, until the same restore is run again', () =>
    withServers(open, async (openDoor, store) => {
      const archives = archivesOf(store);
      const stop = new AbortController();
      const progress = (step: string): void => (step === 'executions inserted' ? stop.abort(new Error('enough')) : undefined); // prettier-ignore
      await assert.rejects(archives.restore(backup, { signal: stop.signal, progress }), { message: 'enough' });
      assert.deepEqual(await danglingReferences(store), [], 'what is there rests on what is there');
      assert.equal(await collectionsOf(store.database).runs.countDocuments({}), 0);
      const half = isCode('UNAVAILABLE', /half restored/);
      await assert.rejects(openDoor(), half);
      await assert.rejects(archives.backup(join(folder.path, 'of half a store')), half);
      await assert.rejects(archives.load(later), half);
      await assert.rejects(archives.restore(later), isCode('CONFLICT', /another backup/));
      const report = await archives.restore(backup);
      assert.ok(report.present > 0 && report.present < report.documents);
      assert.deepEqual(await danglingReferences(store), []);
      await (await openDoor()).close();
    }));

  it('brings documents of an older schema up to date, in a store that has all steps already too', () =>
    withServers(open, async (_, store) => {
      const step: Migration = {
        id: '999-outcome',
        description: 'a step that changes documents',
        up: async (database) => {
          const runs = database.collection<{ readonly _id: string; readonly isOld?: boolean }>('runs');
          for (const { _id } of await runs.find({ isOld: { $exists: false } }).toArray())
            await runs.updateOne({ _id }, { $set: { isOld: true } });
        },
      };
      const archives = archivesOf(store, { migrations: [...migrations, step] });
      await archives.load(later);
      const changed = await store.database.collection<{ _id: string; isOld?: boolean }>('runs').find({}).toArray();
      assert.ok(changed.length > 0 && changed.every(({ isOld }) => isOld === true));
      const meta = await store.database.collection<StoreMeta>('meta').findOne({ _id: 'store' });
      assert.equal(meta?.schemaVersion, 999);
      await assert.rejects(archivesOf(store).backup(join(folder.path, 'x')), isCode('UNAVAILABLE', /999/));
    }));
});

forEachStore('a load', (open) => {
  it('adds what a store lacks, changes nothing, and does nothing the second time', () =>
    withServers(open, async (openDoor, store) => {
      const door = await openDoor();
      const input = { parameters: { lgnRateE: 200 }, protocol: shortProtocol };
      await door.data<object>(responseQuery, { input });
      const before = await collectionsOf(store.database).runs.find({}).toArray();
      const jobs = await collectionsOf(store.database).jobs.countDocuments({});
      const { documents, present } = await archivesOf(store).load(later);
      assert.ok(present > 0 && present < documents, 'the run and its parameter set were there');
      const again = await archivesOf(store).load(later);
      assert.deepEqual([again.documents, again.present], [documents, documents]);
      const ids = before.map(({ _id }) => _id);
      assert.deepEqual(
        await collectionsOf(store.database)
          .runs.find({ _id: { $in: ids } })
          .toArray(),
        before,
      );
      assert.equal(await collectionsOf(store.database).jobs.countDocuments({}), jobs, 'no jobs');
      const asked = await door.data<{ response: { cached: boolean } }>(responseQuery, { input: { ...input, replicates: 3 } }); // prettier-ignore
      assert.equal(asked.response.cached, true);
      assert.deepEqual(await danglingReferences(store), []);
      await door.close();
    }));

  it('of a run that is there keeps the execution that made it elsewhere, beside the one that made it here', () =>
    withServers(open, async (openDoor, store) => {
      const door = await openDoor();
      const input = { parameters: { lgnRateE: 200 }, protocol: shortProtocol };
      const { response } = await door.data<{ response: ResponseView }>(responseQuery, { input });
      const executions = async (): Promise<readonly string[]> => {
        const { simulationRun } = await door.data<{
          readonly simulationRun: { readonly executions: readonly { readonly id: string }[] };
        }>('query ($id: ID!) { simulationRun(id: $id) { executions { id } } }', { id: response.runs[0]?.id });
        return simulationRun.executions.map(({ id }) => id);
      };
      const here = await executions();
      assert.equal(here.length, 1);
      await archivesOf(store).load(later);
      const both = await executions();
      // There it was made once, and run again to record it.
      assert.equal(both.length, 3);
      assert.ok(here.every((id) => both.includes(id)));
    }));

  it('and stopped anywhere never lets pass for valid what is invalid there', () =>
    withServers(open, async (openDoor, source) => {
      const input = { model: 'ishigami', parameters: { x1: 0.5 } };
      const door = await openDoor();
      const { response } = await door.data<{ response: ResponseView }>(responseQuery, { input });
      await door.server.services.invalidations.invalidate(response.runs[0]?.id ?? '', 'Made with a wrong table.');
      const path = join(folder.path, `invalid-${(copies += 1)}`);
      await archivesOf(source).backup(path);
      await withServers(open, async (openOther, target) => {
        const stop = new AbortController();
        const progress = (step: string): void =>
          step === 'runs inserted' ? stop.abort(new Error('enough')) : undefined;
        await assert.rejects(archivesOf(target).load(path, { signal: stop.signal, progress }), { message: 'enough' });
        assert.equal(await collectionsOf(target.database).runs.countDocuments({}), 1);
        const { extensions } = await (await openOther()).refusal(responseQuery, { input });
        assert.equal(extensions.code, 'CONFLICT');
      });
    }));

  it('names a document that contradicts another one of the store', () =>
    withServers(open, async (_, store) => {
      await store.database.collection<{ _id: string; digest: string }>('runs').createIndex({ digest: 1 }, { unique: true, name: 'x' }); // prettier-ignore
      await archivesOf(store).load(backup);
      const runs = store.database.collection<{ _id: string; digest: string }>('runs');
      const [run] = await runs.find({}, { limit: 1 }).toArray();
      await runs.deleteMany({ _id: run?._id ?? '' });
      await runs.insertOne({ _id: 'run_other', digest: run?.digest ?? '' });
      await assert.rejects(archivesOf(store).load(backup), isCode('CONFLICT', /^run_.* of runs contradicts/));
    }));
});
