import { fieldSql } from './field-sql.js';
import type { KeptCounts, Sqlite } from './sqlite.js';

/*
 * Counts that are kept, so that no count of a list's total reads the list. For a group of fields a table holds how many
 * documents have each combination of values: few, where the fields are those by which lists are filtered. Triggers write
 * it within the statement that writes the document: it is right after any crash, and whichever software writes.
 */

/** The column of the counts; those of fields begin with a number. */
export const countColumn = '"count"';

/** No path holds it. */
const separator = '\\';

/** Keeps the counts of a group of fields from here on; does nothing where they are kept. */
export function keepCounts(sqlite: Sqlite, collection: string, fields: readonly string[]): void {
  const name = `${collection}#${fields.join(separator)}`;
  // As names of tables, SQLite takes those for one that differ in case only: the first of them is kept.
  const known = sqlite.all('SELECT 1 FROM sqlite_schema WHERE name = ? COLLATE NOCASE', [name]);
  if (known.length > 0) return;
  const documents = `"${collection}"`;
  const counts = `"${name}"`;
  // Without a field there is one row.
  const columns = fields.length === 0 ? ['"all"'] : fields.map(columnOf);
  const values = (row: string): readonly string[] =>
    fields.length === 0 ? ['0'] : fields.map((path) => fieldSql(path, row));
  const isOld = columns.map((column, i) => `${column} = ${values('old.')[i]}`).join(' AND ');
  const add = `INSERT INTO ${counts} VALUES (${values('new.').join(', ')}, 1) ON CONFLICT DO UPDATE SET ${countColumn} = ${countColumn} + 1;`;
  const take =
    `UPDATE ${counts} SET ${countColumn} = ${countColumn} - 1 WHERE ${isOld}; ` +
    `DELETE FROM ${counts} WHERE ${isOld} AND ${countColumn} = 0;`;
  const isMoved = columns.map((_, i) => `${values('old.')[i]} IS NOT ${values('new.')[i]}`).join(' OR ');

  const keys = columns.map((column) => `${column} NOT NULL`).join(', ');
  sqlite.run(
    `CREATE TABLE ${counts} (${keys}, ${countColumn} INTEGER NOT NULL, PRIMARY KEY (${columns.join(', ')})) WITHOUT ROWID`,
    [],
  );
  const grouped = values('');
  const groups = grouped.map((_, i) => i + 1).join(', ');
  sqlite.run(`INSERT INTO ${counts} SELECT ${grouped.join(', ')}, count(*) FROM ${documents} GROUP BY ${groups}`, []);
  sqlite.run(`CREATE TRIGGER "${name}+" AFTER INSERT ON ${documents} BEGIN ${add} END`, []);
  sqlite.run(`CREATE TRIGGER "${name}-" AFTER DELETE ON ${documents} BEGIN ${take} END`, []);
  sqlite.run(`CREATE TRIGGER "${name}=" AFTER UPDATE ON ${documents} WHEN ${isMoved} BEGIN ${take} ${add} END`, []);
  sqlite.forgetCounts();
}

/** The counts that tell of all these fields and of the fewest others; undefined where none are kept. */
export function countsAbout(sqlite: Sqlite, collection: string, fields: ReadonlySet<string>): KeptCounts | undefined {
  let found: KeptCounts | undefined;
  for (const kept of sqlite.counts(collection, readCounts)) {
    const tells = [...fields].every((field) => kept.columns.has(field));
    if (tells && (found === undefined || kept.columns.size < found.columns.size)) found = kept;
  }
  return found;
}

function readCounts(sqlite: Sqlite, collection: string): readonly KeptCounts[] {
  const names = sqlite.all(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB ?`, [`${collection}#*`]);
  return names.map(([name]) => {
    const [, fields = ''] = /#(.*)$/s.exec(String(name)) ?? [];
    const paths = fields === '' ? [] : fields.split(separator);
    return { table: `"${String(name)}"`, columns: new Map(paths.map((path, i) => [path, columnOf(path, i)])) };
  });
}

/** Numbered, for fields may differ in case only, which names of columns may not. */
const columnOf = (path: string, position: number): string => `"${position}:${path}"`;
