import type { DataType, Field, Vector } from 'apache-arrow';
import type { Column, NumberArray, Table } from '../domain/table.js';

/**
 * Tables as Apache Arrow IPC streams, which pandas, polars, DuckDB and R read. The library takes 80 ms of CPU to load
 * (20 ms from the bundle), so it is loaded when the first table is written or read, not when the server starts.
 */
type Arrow = typeof import('apache-arrow');
const loadArrow = (): Promise<Arrow> => import('apache-arrow');

/** The key of a column's unit in the metadata of its field. */
const UNIT = 'unit';

/**
 * Writes a table as an Arrow stream of one record batch. Each column keeps its type (float64, float32, uint32, uint16,
 * utf8); a unit goes to the field's metadata under `unit`. The same table gives the same bytes, always: every NaN is
 * written as the one quiet NaN 7FF8… (7FC0… of float32), for the bits of a computed one depend on the machine.
 * @throws RangeError where a column has not `rowCount` values or a name occurs twice
 */
export async function encodeArrowStream({ rowCount, columns }: Table): Promise<Uint8Array> {
  const arrow = await loadArrow();
  const names = new Set(columns.map(({ name }) => name));
  if (names.size < columns.length) throw new RangeError('a table has each name of a column once');
  const encoded = columns.map((column) => {
    const vector = vectorOf(arrow, column);
    if (vector.length !== rowCount) throw new RangeError(`${column.name} has ${vector.length} of ${rowCount} rows`);
    const metadata = new Map(column.unit === null ? [] : [[UNIT, column.unit]]);
    return { field: new arrow.Field(column.name, vector.type, 'strings' in column, metadata), vector };
  });
  const schema = new arrow.Schema<Record<string, DataType>>(encoded.map(({ field }) => field));
  const children = encoded.map(({ vector }) => vector.data[0] ?? arrow.makeData({ type: vector.type }));
  const type = new arrow.Struct<Record<string, DataType>>(schema.fields);
  const batch = new arrow.RecordBatch(schema, arrow.makeData({ type, length: rowCount, nullCount: 0, children }));
  return arrow.tableToIPC(new arrow.Table(schema, [batch]), 'stream');
}

/**
 * Reads what {@link encodeArrowStream} wrote. The arrays are copies.
 * @throws Error for what is no such stream, TypeError for a column of another type
 */
export async function decodeArrowStream(bytes: Uint8Array): Promise<Table> {
  const arrow = await loadArrow();
  const table = arrow.tableFromIPC(bytes);
  return {
    rowCount: table.numRows,
    columns: table.schema.fields.map((field, index) => columnOf(arrow, field, table.getChildAt(index))),
  };
}

function vectorOf(arrow: Arrow, column: Column): Vector<DataType> {
  if ('strings' in column) return arrow.vectorFromArray(column.strings, new arrow.Utf8());
  const { numbers } = column;
  // One call a type: the overloads of makeVector take no union.
  if (numbers instanceof Float64Array) return arrow.makeVector(withOneNaN(numbers));
  if (numbers instanceof Float32Array) return arrow.makeVector(withOneNaN(numbers));
  return numbers instanceof Uint32Array ? arrow.makeVector(numbers) : arrow.makeVector(numbers);
}

/** The numbers with every NaN the same; a copy where there is one. */
function withOneNaN<A extends Float64Array | Float32Array>(numbers: A): A {
  if (!numbers.some(Number.isNaN)) return numbers;
  const copy = numbers.slice() as A;
  copy.forEach((value, row) => {
    if (Number.isNaN(value)) copy[row] = NaN;
  });
  return copy;
}

function columnOf(arrow: Arrow, { name, metadata, type }: Field, vector: Vector | null): Column {
  if (arrow.DataType.isUtf8(type)) {
    const strings = Array.from({ length: vector?.length ?? 0 }, (_, row) => vector?.get(row) as string | null);
    return { name, unit: null, strings };
  }
  const numbers: unknown = vector?.toArray();
  if (!isNumberArray(numbers)) throw new TypeError(`no table has a column of the type of ${name}: ${String(type)}`);
  return { name, unit: metadata.get(UNIT) ?? null, numbers: numbers.slice() };
}

const isNumberArray = (array: unknown): array is NumberArray =>
  array instanceof Float64Array ||
  array instanceof Float32Array ||
  array instanceof Uint32Array ||
  array instanceof Uint16Array;
