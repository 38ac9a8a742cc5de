import type { Column, Table } from '../domain/table.js';

const cellOf = (column: Column, row: number): number | string | null => {
  if ('strings' in column) return column.strings[row] ?? null;
  const value = column.numbers[row] ?? NaN;
  return Number.isFinite(value) ? value : null;
};

/** A row of a table as an object; what is missing is null. */
export type TableRow = Readonly<Record<string, number | string | null>>;

/** The rows of a table as objects. */
export const rowsOf = ({ rowCount, columns }: Table): readonly TableRow[] =>
  Array.from({ length: rowCount }, (_, row) =>
    Object.fromEntries(columns.map((column) => [column.name, cellOf(column, row)])),
  );

/** A table as CSV (RFC 4180) with a head; what is missing is empty. Numbers have all their digits. */
export const csvText = (table: Table): string => csvHead(table) + csvRows(table);

/** The first line of {@link csvText}. */
export const csvHead = ({ columns }: Pick<Table, 'columns'>): string => csvLine(columns.map(({ name }) => name));

/** The other lines of {@link csvText}. */
export const csvRows = ({ rowCount, columns }: Table): string =>
  Array.from({ length: rowCount }, (_, row) => csvLine(columns.map((column) => cellOf(column, row)))).join('');

const csvLine = (cells: readonly (number | string | null)[]): string => `${cells.map(csvCell).join(',')}\r\n`;

function csvCell(value: number | string | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
