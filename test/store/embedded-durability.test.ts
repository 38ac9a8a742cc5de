import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { CortigraphError } from '../../src/domain/errors.js';
import { embeddedFileName, openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { Sqlite } from '../../src/store/embedded/sqlite.js';
import type { StoreFilter } from '../../src/store/seam.js';
import { isDuplicateKey } from '../../src/store/store-errors.js';
import { temporaryFolder } from './stores.js';

interface Entry {
  readonly _id: string;
  readonly n: number;
}

/** A process of its own that inserts `prefix 0`, `prefix 1`, … and prints each id when it is acknowledged. */
function startWriter(dataDir: string, prefix: string, count: number) {
  const module = new URL('../../src/store/embedded/embedded-store.js', import.meta.url).href;
  const code = `
    import { openEmbeddedStore } from ${JSON.stringify(module)};
    const store = await openEmbeddedStore(${JSON.stringify(dataDir)});
    const entries = store.database.collection('entries');
    for (let n = 0; n < ${count}; n += 1) {
      await entries.insertOne({ _id: '${prefix} ' + n, n });
      process.stdout.write('${prefix} ' + n + '\\n');
    }
    await store.close();`;
  return spawn(process.execPath, ['--input-type=module', '--eval', code], { stdio: ['ignore', 'pipe', 'inherit'] });
}

describe('the embedded store is durable', () => {
  const folders: Awaited<ReturnType<typeof temporaryFolder>>[] = [];
  let dataDir: string;
  beforeEach(async () => {
    const folder = await temporaryFolder();
    folders.push(folder);
    dataDir = join(folder.path, 'made', 'on demand');
  });
  after(() => Promise.all(folders.map((folder) => folder.remove())));

  test('it runs with a write-ahead log, and with a sync at every commit', async () => {
    const store = await openEmbeddedStore(dataDir);
    assert.equal(store.durability.journalMode, 'wal');
    assert.equal(store.durability.synchronous, 2);
    assert.ok(store.durability.busyTimeoutMs >= 5000);
    await store.ping();
    await store.close();
  });

  test('only a commit of passing documents does without the sync', async () => {
    await mkdir(dataDir, { recursive: true });
    const sqlite = new Sqlite(join(dataDir, 'passing.db'), 1000);
    const synchronous = (isLasting: boolean): number => {
      sqlite.begin(isLasting);
      sqlite.run('COMMIT', []);
      return sqlite.durability().synchronous;
    };
    assert.deepEqual([true, false, false, true].map(synchronous), [2, 1, 1, 2]);
    sqlite.close();
  });

  test('documents and indexes are there when it is opened again', async () => {
    const first = await openEmbeddedStore(dataDir);
    await first.database.collection<Entry>('entries').createIndex({ n: 1 }, { unique: true });
    await first.database.collection<Entry>('entries').insertOne({ _id: '1', n: 1 });
    await first.close();
    const second = await openEmbeddedStore(dataDir);
    const entries = second.database.collection<Entry>('entries');
    assert.deepEqual(await entries.find({}).toArray(), [{ _id: '1', n: 1 }]);
    await assert.rejects(entries.insertOne({ _id: '2', n: 1 }), isDuplicateKey);
    assert.equal(await entries.createIndex({ n: 1 }, { unique: true }), 'n_1');
    await second.close();
  });

  test('several openers of one file write at once, and lose nothing', async () => {
    const stores = await Promise.all([openEmbeddedStore(dataDir), openEmbeddedStore(dataDir)]);
    const writer = startWriter(dataDir, 'process', 100);
    const counts = stores.map((store) => store.database.collection<Entry>('entries'));
    const work = counts.map(async (entries, opener) => {
      for (let n = 0; n < 100; n += 1) {
        await entries.insertOne({ _id: `opener ${opener} ${n}`, n });
        await entries.updateOne({ _id: 'sum' }, { $inc: { n: 1 } }, { upsert: true });
      }
    });
    await Promise.all([once(writer, 'exit'), ...work]);
    assert.equal(writer.exitCode, 0);
    for (const entries of counts) {
      assert.equal(await entries.countDocuments({}), 301);
      assert.deepEqual(await entries.findOne({ _id: 'sum' }), { _id: 'sum', n: 200 });
    }
    await Promise.all(stores.map((store) => store.close()));
  });

  test('what was acknowledged outlives the killing of the process', async () => {
    const writer = startWriter(dataDir, 'killed', 1_000_000);
    let printed = '';
    for await (const chunk of writer.stdout) {
      printed += String(chunk);
      if (printed.split('\n').length > 200) writer.kill('SIGKILL');
    }
    const acknowledged = printed.split('\n').slice(0, -1);
    assert.ok(acknowledged.length >= 200);
    const store = await openEmbeddedStore(dataDir);
    const entries = store.database.collection<Entry>('entries');
    assert.equal(await entries.countDocuments({ _id: { $in: acknowledged } }), acknowledged.length);
    await store.close();
  });

  test('a write that fails does not undo those that share its commit', async () => {
    const store = await openEmbeddedStore(dataDir);
    const entries = store.database.collection<Entry & { readonly text?: string }>('entries');
    await entries.insertOne({ _id: 'old', n: 0, text: 'x' });
    const increment = { $inc: { text: 1 } } as object;
    const results = await Promise.allSettled([
      entries.insertOne({ _id: '1', n: 1 }),
      entries.insertOne({ _id: 'old', n: 2 }),
      entries.updateOne({ _id: 'old' }, increment),
      entries.updateOne({ _id: 'old' }, { $inc: { n: 5 } }),
      entries.deleteMany({ $where: 'true' } as StoreFilter<Entry>),
      entries.insertOne({ _id: '2', n: 3 }),
    ]);
    const statuses = results.map(({ status }) => status === 'fulfilled');
    assert.deepEqual(statuses, [true, false, false, true, false, true]);
    const found = await entries.find({}, { sort: { _id: 1 } }).toArray();
    assert.deepEqual(found, [
      { _id: '1', n: 1 },
      { _id: '2', n: 3 },
      { _id: 'old', n: 5, text: 'x' },
    ]);
    await store.close();
  });

  test('what was called for before close is done, and what comes after is refused', async () => {
    const store = await openEmbeddedStore(dataDir);
    const entries = store.database.collection<Entry>('entries');
    const insert = entries.insertOne({ _id: '1', n: 1 });
    await Promise.all([insert, store.close(), store.close()]);
    const isUnavailable = (error: unknown): boolean => error instanceof CortigraphError && error.code === 'UNAVAILABLE';
    await assert.rejects(entries.findOne({ _id: '1' }), isUnavailable);
    await assert.rejects(store.ping(), isUnavailable);
  });

  test('a file that is no store, or a folder that cannot be, is UNAVAILABLE and named', async () => {
    const folder = await temporaryFolder();
    folders.push(folder);
    const file = join(folder.path, embeddedFileName);
    await writeFile(file, 'not a database, but long enough to be taken for one by its length '.repeat(100));
    const isNamed = (error: unknown): boolean =>
      error instanceof CortigraphError && error.code === 'UNAVAILABLE' && error.message.includes(file);
    await assert.rejects(openEmbeddedStore(folder.path), isNamed);
    await assert.rejects(openEmbeddedStore(file), isNamed);
  });
});
