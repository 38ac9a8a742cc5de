import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { migrations } from '../../migrations/all.js';
import { collectionsOf } from '../../src/store/collections.js';
import { migrate } from '../../src/store/migrate.js';
import type { StoreFilter } from '../../src/store/seam.js';
import { withServers } from '../support/each-store.js';
import { openEmbedded } from './stores.js';

interface Dated {
  readonly _id: string;
  readonly at?: string | number | boolean | null;
  readonly state?: string | null;
  readonly n?: number;
}

/** Few of each part, so that days, minutes and moments are met again, and their ends. */
const moment = fc
  .tuple(
    fc.constantFrom('1970-01-01', '2026-01-31', '2026-02-01', '2026-02-02', '9999-12-31'),
    fc.constantFrom('00:00', '00:01', '09:59', '10:00', '23:59'),
    fc.constantFrom('00.000', '00.001', '30.000', '59.999'),
  )
  .map(([day, minute, second]) => `${day}T${minute}:${second}Z`);
/** What is no moment, though it may look like one or lie between two. */
const other = fc.constantFrom(
  ...['', '2026', '2026-02-01', '2026-02-01T00:00', '2026-02-01T00:00\0', '2026-02-01\0T00:00', '2026-02-01~'],
  ...['2026-02-01T00:00\u{10ffff}', '2026-02-01\u{1f600}', '\uffff2026', ':', 'z', 7, 0, -1, true, false, null],
);
const at = fc.oneof({ weight: 5, arbitrary: moment }, other);
const state = fc.constantFrom('QUEUED', 'DONE', null);
const document = fc.record({ at, state, n: fc.nat(2) }, { requiredKeys: [] });

const bounds = fc
  .record(
    {
      lower: fc.tuple(fc.constantFrom('$gt', '$gte'), moment),
      upper: fc.tuple(fc.constantFrom('$lt', '$lte'), moment),
    },
    { requiredKeys: [] },
  )
  .map(({ lower, upper }) => Object.fromEntries([lower, upper].flatMap((bound) => (bound ? [bound] : []))))
  .filter((range) => Object.keys(range).length > 0);
const beside = fc.oneof(
  fc.constant({}),
  state.map((value) => ({ state: value })),
  fc.constantFrom<object>(
    ...[{ state: { $in: ['DONE', null] } }, { $or: [{ state: 'DONE' }, { state: null }] }, { state: { $ne: 'DONE' } }],
    // Those that kept counts do not answer.
    ...[{ n: 1 }, { state: { $exists: true } }, { at: { $ne: '2026' } }, { at: { $gte: '2026' } }, { at: 7 }],
    ...[{ $or: [{ at: { $lt: '2026-02-01T10:00:00.000Z' } }, { state: 'DONE' }] }, { at: { $exists: true } }],
  ),
);
const filter = fc
  .oneof(
    fc.tuple(bounds, beside).map(([range, rest]) => ({ $and: [{ at: range }, rest].filter((part) => Object.keys(part).length > 0) })), // prettier-ignore
    bounds.map((range) => ({ at: range })),
    fc.tuple(bounds, state).map(([range, value]) => ({ at: range, state: value })),
    fc
      .tuple(bounds, bounds, state)
      .map(([a, b, value]) => ({ at: a, $and: [{ $and: [{ at: b }] }, { state: value }] })),
  )
  .map((value) => value as StoreFilter<Dated>); // fast-check's unions are wider than the seam's types

describe('the counts that the embedded store keeps by time', () => {
  test('are those of the documents in any range, whatever the field holds and whatever is done to it', () =>
    withServers(openEmbedded, async (_, store) => {
      let run = 0;
      const writes = fc.record({
        before: fc.array(document, { minLength: 1, maxLength: 30 }),
        after: fc.array(document, { minLength: 1, maxLength: 30 }),
        updates: fc.array(fc.tuple(fc.nat(59), fc.record({ at, state }, { requiredKeys: ['at'] })), { maxLength: 10 }),
        deletes: fc.array(fc.nat(59), { maxLength: 10 }),
        filters: fc.array(filter, { minLength: 20, maxLength: 20 }),
      });
      const property = fc.asyncProperty(writes, async ({ before, after, updates, deletes, filters }) => {
        run += 1;
        // One with counts and one without: that one scans its documents.
        const [kept, scanned] = [`kept_${run}`, `scanned_${run}`].map((name) => store.database.collection<Dated>(name));
        assert.ok(kept && scanned);
        const counted = async (): Promise<void> => {
          for (const each of filters) {
            assert.equal(await kept.countDocuments(each), await scanned.countDocuments(each), JSON.stringify(each));
          }
        };
        const documents = [...before, ...after].map((fields, i) => ({ _id: `${i}`, ...fields }));
        for (const samples of [kept, scanned]) {
          await samples.insertMany(documents.slice(0, before.length), { ordered: false });
        }
        await store.database.keepCounts?.(`kept_${run}`, ['state'], 'at');
        await counted();
        for (const samples of [kept, scanned]) {
          await samples.insertMany(documents.slice(before.length), { ordered: false });
          for (const [i, $set] of updates) await samples.updateOne({ _id: `${i}` }, { $set });
          for (const i of deletes) await samples.deleteMany({ _id: `${i}` });
        }
        await counted();
      });
      await fc.assert(property, { seed: 20260103, numRuns: 60, includeErrorInReport: true });
    }));

  test('refuse what a count without them refuses', () =>
    withServers(openEmbedded, async (_, store) => {
      await store.database.keepCounts?.('samples', ['state'], 'at');
      const samples = store.database.collection<Dated>('samples');
      const time = '2026-01-31T00:00:00.000Z';
      for (const refused of [
        { at: {} },
        { at: { $gte: time, $lt: 5 } },
        { at: { $gte: time }, $and: [] },
        { at: { $gte: time, $near: time } },
      ]) {
        await assert.rejects(samples.countDocuments(refused), { name: 'StoreRefusalError' });
      }
    }));

  test('come to a store that kept counts without them', () =>
    withServers(openEmbedded, async (_, store) => {
      await migrate(store.database, migrations.slice(0, 4), () => new Date());
      const { runs } = collectionsOf(store.database);
      const days = ['2026-01-31', '2026-02-01', '2026-02-02'];
      const stored = days.map((day) => ({ _id: day, model: 'm', createdAt: `${day}T10:00:00.000Z` }));
      await runs.insertMany(stored as never[], { ordered: false });
      const since = { createdAt: { $gte: '2026-02-01T00:00:00.000Z' }, model: 'm' };
      assert.equal(await runs.countDocuments(since), 2);
      assert.deepEqual(await migrate(store.database, migrations.slice(0, 5), () => new Date()), ['005-counts-by-time']);
      assert.equal(await runs.countDocuments(since), 2);
    }));
});
