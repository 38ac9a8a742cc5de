import type { Column, Table } from '../domain/table.js';

const cellOf = (column: Column, row: number): number | string | null => {
  if ('strings' in column) return column.strings[row] ?? null;
  const value = column.numbers[row] ?? NaN;
  return Number.isFinite(value) ? value : null;
};

/** The rows of a table as objects; what is missing is null. */
export const rowsOf = ({ rowCount, columns }: Table): readonly Readonly<Record<string, number | string | null>>[] =>
  Array.from({ length: rowCount }, (_, row) =>
    Object.fromEntries(columns.map((column) => [column.name, cellOf(column, row)])),
  );

/** A table as CSV (RFC 4180) with a head; what is missing is empty. Numbers have all their digits. */
export function csvText({ rowCount, columns }: Table): string {
  const lines = Array.from({ length: rowCount }, (_, row) => columns.map((column) => csvCell(cellOf(column, row))));
  return [columns.map(({ name }) => csvCell(name)), ...lines].map((cells) => `${cells.join(',')}\r\n`).join('');
}

function csvCell(value: number | string | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
