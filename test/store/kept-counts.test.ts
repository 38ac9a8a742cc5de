import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import Database from 'libsql';
import { migrations } from '../../migrations/all.js';
import { collectionsOf } from '../../src/store/collections.js';
import { embeddedFileName, openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { migrate } from '../../src/store/migrate.js';
import type { StoreCollection, StoreDocument, StoreFilter } from '../../src/store/seam.js';
import { countsBy } from '../../src/store/seam.js';
import { withServers } from '../support/each-store.js';
import type { Mixed } from './random-operations.js';
import { operation, outcomeOf } from './random-operations.js';
import { openEmbedded, temporaryFolder } from './stores.js';

const groups = [[], ['state'], ['a', 'A']] as const;

/** Filters that kept counts answer, and some that they cannot. */
const filters: readonly StoreFilter<Mixed>[] = [
  {},
  ...['QUEUED', 'DONE', null].map((state) => ({ state })),
  ...[0, -0, 1, 'a', '', true, null].flatMap((a) => [{ a }, { a: { $ne: a } }, { a, A: null }]),
  { state: { $in: ['DONE', null] } },
  { $or: [{ a: 1 }, { A: { $gte: '' } }] },
  { a: { $gt: 0 }, state: 'DONE' },
  { state: { $exists: true } },
  { n: { $lt: 2 } },
];

/** Checks every count against the documents themselves. */
async function countsAreRight(samples: StoreCollection<Mixed>): Promise<void> {
  for (const filter of filters) {
    const documents = await samples.find(filter).toArray();
    assert.equal(await samples.countDocuments(filter), documents.length, JSON.stringify(filter));
    const groups = await samples.aggregate(countsBy<Mixed>('state', filter)).toArray();
    const expected = new Map<unknown, number>();
    for (const { state = null } of documents) expected.set(state, (expected.get(state) ?? 0) + 1);
    assert.deepEqual(new Map(groups.map(({ _id, count }) => [_id, count])), expected, JSON.stringify(filter));
  }
}

describe('the counts that the embedded store keeps', () => {
  test('are those of the documents, whatever is done to them, and whenever they begin', () =>
    withServers(openEmbedded, async (_, store) => {
      let run = 0;
      const property = fc.asyncProperty(
        fc.array(operation, { minLength: 5, maxLength: 20 }),
        fc.array(operation, { minLength: 5, maxLength: 20 }),
        async (before, after) => {
          const name = `counted_${(run += 1)}`;
          const samples = store.database.collection<Mixed>(name);
          for (const step of before) await outcomeOf(samples, step);
          for (const fields of groups) await store.database.keepCounts?.(name, fields);
          await countsAreRight(samples);
          for (const step of after) await outcomeOf(samples, step);
          await countsAreRight(samples);
        },
      );
      await fc.assert(property, { seed: 20260102, numRuns: 40, includeErrorInReport: true });
    }));

  test('outlive the killing of a process that writes, of documents that share a commit too', async () => {
    const folder = await temporaryFolder();
    try {
      const module = new URL('../../src/store/embedded/embedded-store.js', import.meta.url).href;
      const code = `
        import { openEmbeddedStore } from ${JSON.stringify(module)};
        const store = await openEmbeddedStore(${JSON.stringify(folder.path)});
        const samples = store.database.collection('samples');
        await store.database.keepCounts('samples', ['state']);
        await store.database.keepCounts('samples', []);
        for (let n = 0; ; n += 1) {
          const states = ['QUEUED', 'DONE'];
          await Promise.all([
            samples.insertMany(states.map((state) => ({ _id: state + n, n, state })), { ordered: false }),
            samples.updateOne({ _id: 'QUEUED' + (n - 5) }, { $set: { state: 'DONE' } }),
            samples.deleteMany({ _id: 'DONE' + (n - 9) }),
          ]);
          process.stdout.write(n + '\\n');
        }`;
      const options = { stdio: ['ignore', 'pipe', 'inherit'] as ['ignore', 'pipe', 'inherit'] };
      for (const enough of [20, 45, 80]) {
        const writer = spawn(process.execPath, ['--input-type=module', '--eval', code], options);
        let lines = 0;
        for await (const chunk of writer.stdout) {
          lines += String(chunk).split('\n').length - 1;
          if (lines > enough) writer.kill('SIGKILL');
        }
        const store = await openEmbeddedStore(folder.path);
        const samples = store.database.collection<Mixed>('samples');
        await countsAreRight(samples);
        await samples.deleteMany({});
        assert.equal(await samples.countDocuments({}), 0);
        await store.close();
      }
    } finally {
      await folder.remove();
    }
  });

  test('come to a store of before, which older software may go on to write', async () => {
    const folder = await temporaryFolder();
    try {
      const old = await openEmbeddedStore(folder.path);
      await migrate(old.database, migrations.slice(0, 2), () => new Date());
      await old.close();
      const raw = new Database(join(folder.path, embeddedFileName));
      const tables = (): readonly string[] =>
        (raw.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%#%'`).all([]) as { name: string }[]).map(({ name }) => name); // prettier-ignore
      // As software of before left it: without what keeps counts.
      const triggers = raw.prepare(`SELECT name FROM sqlite_schema WHERE type = 'trigger'`).all([]) as {
        name: string;
      }[];
      for (const { name } of triggers) raw.exec(`DROP TRIGGER "${name}"`);
      for (const name of tables()) raw.exec(`DROP TABLE "${name}"`);
      const insert = (n: number): unknown =>
        raw.prepare('INSERT INTO runs (id, doc) VALUES (?, ?)').run([`run_${n}`, JSON.stringify({ _id: `run_${n}`, model: `m${n % 3}`, outcome: 'COMPLETED', createdAt: `${n}` })]); // prettier-ignore
      for (let n = 0; n < 10; n += 1) insert(n);
      const store = await openEmbeddedStore(folder.path);
      const { runs } = collectionsOf(store.database);
      assert.equal(await runs.countDocuments({ model: 'm0' }), 4, 'counted among the documents');
      await migrate(store.database, migrations, () => new Date());
      assert.ok(tables().includes('runs#model\\outcome\\numericsDigest'));
      insert(12);
      assert.equal(await runs.countDocuments({ model: 'm0' }), 5);
      assert.equal(await runs.countDocuments({ model: 'm0', outcome: 'COMPLETED' }), 5);
      raw.close();
      await store.close();
    } finally {
      await folder.remove();
    }
  });

  test('answer for every filter of the lists but that of one parameter set: none of them reads the documents, but those of the two minutes at the ends of a range of time', async () => {
    const folder = await temporaryFolder();
    try {
      const store = await openEmbeddedStore(folder.path);
      await migrate(store.database, migrations, () => new Date());
      const { runs, parameterSets, jobs } = collectionsOf(store.database);
      await runs.insertMany([{ _id: 'run_1', model: 'm' }] as never[], { ordered: false });
      const raw = new Database(join(folder.path, embeddedFileName));
      // What only a kept count can say.
      const lie = (table: string): unknown => raw.exec(`UPDATE "${table}" SET "count" = 77`);
      lie('runs#model\\outcome\\numericsDigest');
      const asked: readonly StoreFilter<StoreDocument>[] = [{}, { model: 'm' }, { outcome: null }, { model: 'm', outcome: null }, { numericsDigest: null }] as never[]; // prettier-ignore
      for (const filter of asked) assert.equal(await runs.countDocuments(filter as never), 77, JSON.stringify(filter));
      assert.equal(await runs.countDocuments({ createdAt: { $gte: '' } }), 0);
      await runs.insertMany(['2026-01-01T00:00:30.000Z', '2026-01-01T00:01:00.000Z', '2026-01-02T00:00:00.000Z'].map((createdAt) => ({ _id: createdAt, createdAt, model: 'n' })) as never[], { ordered: false }); // prettier-ignore
      lie('runs@createdAt\\model\\outcome\\numericsDigest');
      const since = { createdAt: { $gte: '2026-01-01T00:00:20.000Z' } };
      for (const filter of [since, { ...since, model: 'n' }, { ...since, outcome: null, numericsDigest: null }]) {
        assert.equal(await runs.countDocuments(filter as never), 1 + 77 + 77, 'a document, a minute, a day');
      }
      assert.deepEqual(
        [await parameterSets.countDocuments({}), await jobs.countDocuments({ status: 'QUEUED' })],
        [0, 0],
      );
      raw.close();
      await store.close();
    } finally {
      await folder.remove();
    }
  });
});
