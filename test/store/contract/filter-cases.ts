import assert from 'node:assert/strict';
import { startsWith, type StoreCollection, type StoreFilter } from '../../../src/store/seam.js';
import { fill, idsOf, type ContractCase, type Sample } from './case.js';

const mixed: readonly Sample[] = [
  { _id: 'zero', a: 0 },
  { _id: 'one', a: 1 },
  { _id: 'half', a: 0.5 },
  { _id: 'text one', a: '1' },
  { _id: 'text b', a: 'b' },
  { _id: 'empty text', a: '' },
  { _id: 'true', a: true },
  { _id: 'false', a: false },
  { _id: 'null', a: null },
  { _id: 'missing' },
];

/** A filter over {@link mixed} and what it finds. */
type Row = readonly [filter: StoreFilter<Sample>, found: readonly string[]];

const equality: readonly Row[] = [
  [{ a: 1 }, ['one']],
  [{ a: '1' }, ['text one']],
  [{ a: true }, ['true']],
  [{ a: false }, ['false']],
  [{ a: 0 }, ['zero']],
  [{ a: -0 }, ['zero']],
  [{ a: '' }, ['empty text']],
  [{ a: null }, ['missing', 'null']],
  [{ _id: 'one' }, ['one']],
  [{ _id: 'nobody' }, []],
  [{ a: 1, _id: 'zero' }, []],
];

const operators: readonly Row[] = [
  [{ a: { $in: [1, '1'] } }, ['one', 'text one']],
  [{ a: { $in: [null, true] } }, ['missing', 'null', 'true']],
  [{ a: { $in: [] } }, []],
  [{ _id: { $in: ['one', 'half', 'nobody'] } }, ['half', 'one']],
  [
    { a: { $ne: 1 } },
    mixed
      .map(({ _id }) => _id)
      .filter((id) => id !== 'one')
      .sort(),
  ],
  [
    { a: { $ne: null } },
    mixed
      .map(({ _id }) => _id)
      .filter((id) => id !== 'null' && id !== 'missing')
      .sort(),
  ],
  [
    { a: { $exists: true } },
    mixed
      .map(({ _id }) => _id)
      .filter((id) => id !== 'missing')
      .sort(),
  ],
  [{ a: { $exists: false } }, ['missing']],
  [{ a: { $gt: 0 } }, ['half', 'one']],
  [{ a: { $gte: 0 } }, ['half', 'one', 'zero']],
  [{ a: { $lt: 1 } }, ['half', 'zero']],
  [{ a: { $lte: 1 } }, ['half', 'one', 'zero']],
  [{ a: { $gt: 0, $lt: 1 } }, ['half']],
  [{ a: { $gt: '1' } }, ['text b']],
  [{ a: { $gte: '' } }, ['empty text', 'text b', 'text one']],
  [{ a: { $lt: 'b' } }, ['empty text', 'text one']],
  [{ a: { $gte: 0, $ne: 1 } }, ['half', 'zero']],
  [{ $or: [{ a: 1 }, { a: { $gt: 'a' } }] }, ['one', 'text b']],
  [{ $and: [{ a: { $gte: 0 } }, { $or: [{ _id: 'zero' }, { a: 1 }] }] }, ['one', 'zero']],
  [{ a: { $gte: 0 }, $or: [{ a: 1 }, { a: null }] }, ['one']],
  [{}, mixed.map(({ _id }) => _id).sort()],
];

async function check(samples: StoreCollection<Sample>, rows: readonly Row[]): Promise<void> {
  await fill(samples, mixed);
  for (const [filter, found] of rows) {
    assert.deepEqual(await idsOf(samples, filter), found, JSON.stringify(filter));
    assert.equal(await samples.countDocuments(filter), found.length, `the count of ${JSON.stringify(filter)}`);
  }
}

/** What a filter finds. */
export const filterCases: readonly ContractCase[] = [
  { name: 'equality finds its own type only, and null finds missing', run: (samples) => check(samples, equality) },
  { name: 'operators stay within one type', run: (samples) => check(samples, operators) },
  {
    name: 'an index changes nothing in what is found',
    run: async (samples) => {
      await samples.createIndex({ a: 1, _id: -1 });
      await check(samples, [...equality, ...operators]);
    },
  },
  {
    name: 'a path reaches into nested objects',
    run: async (samples) => {
      await fill(samples, [
        { _id: 'deep', nested: { value: 1, deep: { name: 'x' } } },
        { _id: 'shallow', nested: { value: null } },
        { _id: 'none' },
      ]);
      assert.deepEqual(await idsOf(samples, { 'nested.deep.name': 'x' }), ['deep']);
      assert.deepEqual(await idsOf(samples, { 'nested.value': { $gte: 1 } }), ['deep']);
      assert.deepEqual(await idsOf(samples, { 'nested.value': null }), ['none', 'shallow']);
      assert.deepEqual(await idsOf(samples, { 'nested.value': { $exists: true } }), ['deep', 'shallow']);
      assert.deepEqual(await idsOf(samples, { nested: { $exists: false } }), ['none']);
    },
  },
  {
    name: 'a prefix is a literal, whatever characters it holds',
    run: async (samples) => {
      const texts = [
        'a.b',
        'a.bc',
        'axb',
        'A.b',
        '^a',
        'a\\d',
        'a1',
        '\u{10ffff}',
        '\u{10ffff}x',
        '\ud7ffx',
        '\ue000',
        '',
      ];
      await fill(samples, [...texts.map((a) => ({ _id: `<${a}>`, a })), { _id: 'number', a: 1 }]);
      const prefixes = ['a.', 'a', '^', 'a\\', '\u{10ffff}', '\ud7ff', '', 'z', 'a(b|c)*[d]+{e}?$'];
      for (const prefix of prefixes) {
        const found = texts.filter((text) => text.startsWith(prefix)).map((text) => `<${text}>`);
        assert.deepEqual(await idsOf(samples, { a: startsWith(prefix) }), found.sort(), prefix);
        assert.deepEqual(await idsOf(samples, { _id: startsWith(`<${prefix}`) }), found, prefix);
      }
    },
  },
  {
    name: 'strings compare byte by byte',
    run: async (samples) => {
      const ascending = ['', 'Z', 'a', 'a ', 'aa', 'é', '\ue000', '\ufffd', '\u{1f600}'];
      await fill(
        samples,
        ascending.map((a, index) => ({ _id: `${index}`, a })),
      );
      const sorted = await samples.find({}, { sort: { a: -1 } }).toArray();
      assert.deepEqual(
        sorted.map(({ a }) => a),
        [...ascending].reverse(),
      );
      for (const [index, text] of ascending.entries()) {
        assert.equal(await samples.countDocuments({ a: { $lt: text } }), index, text);
      }
    },
  },
  {
    name: 'numbers compare by value, also the large, the small and the fractions',
    run: async (samples) => {
      const ascending = [
        -1e300,
        -(2 ** 60),
        -0.1,
        0,
        5e-324,
        0.1,
        0.1 + 0.2,
        1,
        2 ** 53,
        2 ** 60,
        2 ** 63,
        1e21,
        1.5e308,
      ];
      await fill(
        samples,
        ascending.map((n, index) => ({ _id: `${index}`.padStart(2, '0'), n })),
      );
      for (const [index, n] of ascending.entries()) {
        assert.deepEqual(await idsOf(samples, { n }), [`${index}`.padStart(2, '0')], `${n}`);
        assert.equal(await samples.countDocuments({ n: { $lt: n } }), index, `${n}`);
        assert.equal(await samples.countDocuments({ n: { $gte: n } }), ascending.length - index, `${n}`);
      }
      assert.equal(await samples.countDocuments({ n: { $in: ascending } }), ascending.length);
    },
  },
];
