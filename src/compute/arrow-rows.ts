import type { Readable } from 'node:stream';
import type { DataType, Field, RecordBatch, RecordBatchReader, TypeMap, Vector } from 'apache-arrow';

/**
 * Rows of cells as an Apache Arrow IPC stream, page by page: so that there may be more of them than fit into memory. A
 * cell that is missing is null. See arrow-table.ts for tables that are whole, and for why the library is loaded late.
 */
type Arrow = typeof import('apache-arrow');
const loadArrow = (): Promise<Arrow> => import('apache-arrow');

/** What the cells of a column hold. A `count` is a uint32, a `time` is in ms since 1970, UTC. */
export type CellType = 'count' | 'number' | 'time' | 'text' | 'counts' | 'numbers';

/** One cell; a list in columns of `counts` and `numbers`. */
export type Cell = number | string | readonly number[] | null;

/** A row by the names of its columns. */
export type CellRow = Readonly<Record<string, Cell>>;

/** The columns of a stream by name, in their order. */
export type CellColumns = Readonly<Record<string, CellType>>;

/** Rows as they are read. */
export interface ReadRows {
  /** What was written with the schema. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Each page once, in order. */
  readonly pages: AsyncGenerator<readonly CellRow[]>;
}

/** The bytes that end a stream. */
const END_BYTES = 8;

/**
 * Writes rows as an Arrow stream, a record batch a page.
 * @throws RangeError where a count is no uint32
 */
export async function* encodeArrowRows(
  columns: CellColumns,
  metadata: ReadonlyMap<string, string>,
  pages: AsyncIterable<readonly CellRow[]>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const arrow = await loadArrow();
  const fields = Object.entries(columns).map(([name, type]) => new arrow.Field(name, arrowType(arrow, type), true));
  const schema = new arrow.Schema<TypeMap>(fields, new Map(metadata));
  // The library's own streams leave a rejection that nobody handles where somebody stops reading them: so each page is
  // written as a stream of its own, of which the batch is kept.
  const whole = (...batches: readonly RecordBatch[]): Uint8Array => {
    const writer = new arrow.RecordBatchStreamWriter().reset(undefined, schema);
    for (const batch of batches) writer.write(batch);
    return writer.finish().toUint8Array(true);
  };
  const empty = whole();
  const begin = empty.length - END_BYTES;
  yield empty.subarray(0, begin);
  for await (const page of pages) {
    const children = fields.map(({ name, type }) => {
      const cells = page.map((row) => row[name] ?? null);
      if (columns[name] === 'count' || columns[name] === 'counts') requireCounts(name, cells);
      return arrow.vectorFromArray(cells, type).data[0] ?? arrow.makeData({ type });
    });
    const type = new arrow.Struct<TypeMap>(schema.fields);
    const data = arrow.makeData({ type, length: page.length, nullCount: 0, children });
    yield whole(new arrow.RecordBatch(schema, data)).subarray(begin, -END_BYTES);
  }
  yield empty.subarray(begin);
}

/**
 * Reads what {@link encodeArrowRows} wrote, holding one page at a time. The stream is read to its end with the last page.
 * @throws Error for what is no such stream
 */
export async function decodeArrowRows(bytes: Readable): Promise<ReadRows> {
  const arrow = await loadArrow();
  const source = bytes[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  // The reader stops at the end of the rows, and must not destroy what has more to say, such as an error at its end.
  const kept: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => ({ next: () => source.next() }) };
  const reader: RecordBatchReader = await arrow.RecordBatchReader.from(kept);
  await reader.open();
  const pages = async function* (): AsyncGenerator<readonly CellRow[]> {
    try {
      for await (const batch of reader) yield rowsOf(batch);
      while (!(await source.next()).done);
    } finally {
      bytes.destroy();
    }
  };
  return { metadata: reader.schema.metadata, pages: pages() };
}

function arrowType(arrow: Arrow, type: CellType): DataType {
  const listOf = (item: DataType): DataType => new arrow.List(new arrow.Field('item', item, false) as Field);
  switch (type) {
    case 'count':
      return new arrow.Uint32();
    case 'number':
      return new arrow.Float64();
    case 'time':
      return new arrow.TimestampMillisecond('UTC');
    case 'text':
      return new arrow.Utf8();
    case 'counts':
      return listOf(new arrow.Uint32());
    case 'numbers':
      return listOf(new arrow.Float64());
  }
}

/** Arrow would cut them to 32 bits without a word. */
function requireCounts(name: string, cells: readonly Cell[]): void {
  const wrong = cells.flat().find((cell) => cell !== null && !Object.is(Number(cell) >>> 0, cell));
  if (wrong !== undefined) throw new RangeError(`${name} holds ${wrong}, which is no count`);
}

function rowsOf(batch: RecordBatch): readonly CellRow[] {
  const columns = batch.schema.fields.map(({ name }, index) => [name, batch.getChildAt(index)] as const);
  return Array.from({ length: batch.numRows }, (_, row) =>
    Object.fromEntries(columns.map(([name, vector]) => [name, cellOf(vector?.get(row))])),
  );
}

function cellOf(value: unknown): Cell {
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (value === null || value === undefined) return null;
  return Array.from(value as Vector) as readonly number[]; // the schema has lists of numbers only
}
