import type { Vector } from 'apache-arrow';
import { Table as ArrowTable, tableFromIPC, tableToIPC, vectorFromArray, makeVector, Utf8 } from 'apache-arrow';
import type { Column, NumberArray, Table } from '../domain/table.js';

/** A table as an Arrow IPC stream. */
export function encodeArrowStream(table: Table): Uint8Array {
  const vectors = table.columns.map((column): [string, Vector] => [
    column.name,
    'numbers' in column ? makeVector(column.numbers) : vectorFromArray([...column.strings], new Utf8()),
  ]);
  return tableToIPC(new ArrowTable(Object.fromEntries(vectors)), 'stream');
}

/** The table of an Arrow IPC stream. */
export function decodeArrowStream(bytes: Uint8Array): Table {
  const table = tableFromIPC(bytes);
  const columns = table.schema.fields.map(({ name }): Column => {
    const vector = table.getChild(name);
    const values = vector?.toArray() as NumberArray | string[];
    return Array.isArray(values) ? { name, unit: null, strings: values } : { name, unit: null, numbers: values };
  });
  return { rowCount: table.numRows, columns };
}
