import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import { decodeArrowStream, encodeArrowStream } from '../../src/compute/arrow-table.js';
import { sha256 } from '../../src/domain/digest.js';
import type { NumberArray, Table } from '../../src/domain/table.js';

const table: Table = {
  rowCount: 3,
  columns: [
    { name: 'timeMs', unit: 'ms', numbers: Float64Array.of(0, 0.1, 1e300) },
    { name: 'rateE', unit: 'Hz²/Hz', numbers: Float32Array.of(NaN, -0, Math.fround(0.1)) },
    { name: 'spikes', unit: null, numbers: Uint32Array.of(0, 1, 2 ** 32 - 1) },
    { name: 'cell', unit: null, numbers: Uint16Array.of(65_535, 0, 7) },
    { name: 'population', unit: null, strings: ['E', null, 'größer'] },
  ],
};

const ofNumbers = (numbers: NumberArray): Table => ({
  rowCount: numbers.length,
  columns: [{ name: 'x', unit: null, numbers }],
});

describe('a table as an Arrow stream', () => {
  test('comes back with its units, types, texts and every bit', async () => {
    assert.deepEqual(await decodeArrowStream(await encodeArrowStream(table)), table);
  });

  test('comes back without rows, and without columns', async () => {
    const empty: Table = {
      rowCount: 0,
      columns: [
        { name: 'x', unit: 'Hz', numbers: new Float32Array(0) },
        { name: 's', unit: null, strings: [] },
      ],
    };
    for (const small of [empty, { rowCount: 0, columns: [] }])
      assert.deepEqual(await decodeArrowStream(await encodeArrowStream(small)), small);
  });

  test('comes back from bytes at any place of a buffer, and from parts of arrays', async () => {
    const bytes = await encodeArrowStream(table);
    for (const offset of [1, 2, 4, 8]) {
      const moved = new Uint8Array(bytes.length + offset);
      moved.set(bytes, offset);
      assert.deepEqual(await decodeArrowStream(moved.subarray(offset)), table);
    }
    const part = Float64Array.of(1, 2, 3, 4).subarray(1, 3);
    assert.deepEqual(await encodeArrowStream(ofNumbers(part)), await encodeArrowStream(ofNumbers(part.slice())));
  });

  test('comes back with 100,000 rows', async () => {
    const length = 100_000;
    const long: Table = {
      rowCount: length,
      columns: [
        { name: 'x', unit: null, numbers: Float64Array.from({ length }, (_, row) => row / 10) },
        { name: 's', unit: null, strings: Array.from({ length }, (_, row) => (row % 7 === 0 ? null : `row ${row}`)) },
      ],
    };
    assert.deepEqual(await decodeArrowStream(await encodeArrowStream(long)), long);
  });

  test('is what Arrow itself reads, with units as metadata of the fields', async () => {
    const read = tableFromIPC(await encodeArrowStream(table));
    assert.deepEqual(
      read.schema.fields.map(({ name, type, metadata }) => [name, String(type), metadata.get('unit')]),
      [
        ['timeMs', 'Float64', 'ms'],
        ['rateE', 'Float32', 'Hz²/Hz'],
        ['spikes', 'Uint32', undefined],
        ['cell', 'Uint16', undefined],
        ['population', 'Utf8', undefined],
      ],
    );
    assert.deepEqual((read.get(2) as { toJSON(): unknown } | null)?.toJSON(), {
      timeMs: 1e300,
      rateE: Math.fround(0.1),
      spikes: 2 ** 32 - 1,
      cell: 7,
      population: 'größer',
    });
  });

  test('has the same bytes again, whatever else was written, and in another process', async () => {
    const first = sha256(await encodeArrowStream(table));
    await encodeArrowStream(ofNumbers(Uint16Array.of(1)));
    assert.equal(sha256(await encodeArrowStream(structuredClone(table))), first);
    const script = `
      const { decodeArrowStream, encodeArrowStream } = await import(process.argv[1]);
      const { sha256 } = await import(process.argv[2]);
      const decoded = await decodeArrowStream(Buffer.from(process.argv[3], 'base64'));
      process.stdout.write(sha256(await encodeArrowStream(decoded)));`;
    const urls = ['../../src/compute/arrow-table.js', '../../src/domain/digest.js'];
    const there = execFileSync(
      process.execPath,
      [
        ...['--input-type=module', '-e', script],
        ...urls.map((url) => new URL(url, import.meta.url).href),
        Buffer.from(await encodeArrowStream(table)).toString('base64'),
      ],
      { encoding: 'utf8' },
    );
    assert.equal(there, first);
  });

  test('has known bytes: a change of the library or of the encoding would store all recordings anew', async () => {
    assert.equal(
      sha256(await encodeArrowStream(table)),
      '959eed4e515a7bcd23e31d276e65f1896921b79aaea14a65837a144457af9317',
    );
  });

  test('has the same bytes whatever the bits of a NaN', async () => {
    const other = new Float64Array(2);
    new BigUint64Array(other.buffer).set([0xfff8000000000000n, 0x7ff8000000000001n]);
    const before = other.slice();
    const usual = await encodeArrowStream(ofNumbers(Float64Array.of(NaN, NaN)));
    assert.deepEqual(await encodeArrowStream(ofNumbers(other)), usual);
    assert.deepEqual(new BigUint64Array(other.buffer), new BigUint64Array(before.buffer), 'the table is as it was');
  });

  test('is refused of a table that is none', async () => {
    const { columns } = table;
    await assert.rejects(encodeArrowStream({ rowCount: 2, columns }), /timeMs has 3 of 2 rows/);
    await assert.rejects(encodeArrowStream({ rowCount: 3, columns: [...columns, ...columns] }), /once/);
  });
});
