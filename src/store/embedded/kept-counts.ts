import { beginningSql, fieldSql } from './field-sql.js';
import { comparedFields } from './filter-sql.js';
import type { KeptCounts, Sqlite } from './sqlite.js';
import type { TimeRange } from './time-range.js';
import { timeRange } from './time-range.js';

/*
 * Counts that are kept, so that no count of a list's total reads the list. For a group of fields a table holds how many
 * documents have each combination of values: few, where the fields are those by which lists are filtered. Triggers write
 * it within the statement that writes the document: it is right after any crash, and whichever software writes.
 *
 * Counts by time tell besides of each day and of each minute, as the beginning of the text that is the time: see
 * time-range.ts for how they count a range.
 */

/** The column of the counts; those of fields begin with a number. */
export const countColumn = '"count"';

/** Of how many characters of the time a row of counts by time tells. */
export const lengthColumn = '"length"';

/** The beginnings of an ISO text that make a day and a minute. */
export const timeLengths: readonly number[] = [10, 16];

/** No path holds it. */
const separator = '\\';

/** Between the collection and the fields; behind the second the first field is the time. */
const marks = { plain: '#', byTime: '@' } as const;

/** Keeps the counts of a group of fields from here on, by a time too if one is named; does nothing where they are kept. */
export function keepCounts(sqlite: Sqlite, collection: string, fields: readonly string[], time?: string): void {
  const paths = time === undefined ? fields : [time, ...fields];
  const name = `${collection}${time === undefined ? marks.plain : marks.byTime}${paths.join(separator)}`;
  // As names of tables, SQLite takes those for one that differ in case only: the first of them is kept.
  const known = sqlite.all('SELECT 1 FROM sqlite_schema WHERE name = ? COLLATE NOCASE', [name]);
  if (known.length > 0) return;
  const documents = `"${collection}"`;
  const counts = `"${name}"`;
  // Without a field there is one row.
  const columns = paths.length === 0 ? ['"all"'] : paths.map(columnOf);
  if (time !== undefined) columns.unshift(lengthColumn);
  /** The keys of the rows that a document is counted in, the one that tells most last. */
  const keysOf = (row: string): readonly (readonly string[])[] => {
    const values = fields.map((path) => fieldSql(path, row));
    if (time === undefined) return [values.length === 0 ? ['0'] : values];
    return timeLengths.map((length) => [`${length}`, beginningSql(time, length, row), ...values]);
  };
  const olds = keysOf('old.');
  const news = keysOf('new.');
  const add = news
    .map(
      (key) =>
        `INSERT INTO ${counts} VALUES (${key.join(', ')}, 1) ON CONFLICT DO UPDATE SET ${countColumn} = ${countColumn} + 1;`,
    )
    .join(' ');
  const take = olds.map((key) => {
    const isOld = columns.map((column, i) => `${column} = ${key[i]}`).join(' AND ');
    return (
      `UPDATE ${counts} SET ${countColumn} = ${countColumn} - 1 WHERE ${isOld}; ` +
      `DELETE FROM ${counts} WHERE ${isOld} AND ${countColumn} = 0;`
    );
  });
  const isMoved = columns.map((_, i) => `${olds.at(-1)?.[i]} IS NOT ${news.at(-1)?.[i]}`).join(' OR ');

  const keys = columns.map((column) => `${column} NOT NULL`).join(', ');
  sqlite.run(
    `CREATE TABLE ${counts} (${keys}, ${countColumn} INTEGER NOT NULL, PRIMARY KEY (${columns.join(', ')})) WITHOUT ROWID`,
    [],
  );
  for (const key of keysOf('')) {
    const groups = key.map((_, i) => i + 1).join(', ');
    sqlite.run(`INSERT INTO ${counts} SELECT ${key.join(', ')}, count(*) FROM ${documents} GROUP BY ${groups}`, []);
  }
  sqlite.run(`CREATE TRIGGER "${name}+" AFTER INSERT ON ${documents} BEGIN ${add} END`, []);
  sqlite.run(`CREATE TRIGGER "${name}-" AFTER DELETE ON ${documents} BEGIN ${take.join(' ')} END`, []);
  sqlite.run(
    `CREATE TRIGGER "${name}=" AFTER UPDATE ON ${documents} WHEN ${isMoved} BEGIN ${take.join(' ')} ${add} END`,
    [],
  );
  sqlite.forgetCounts();
}

/** The counts that tell of all these fields and of the fewest others; undefined where none are kept. */
export function countsAbout(sqlite: Sqlite, collection: string, fields: ReadonlySet<string>): KeptCounts | undefined {
  let found: KeptCounts | undefined;
  for (const kept of sqlite.counts(collection, readCounts)) {
    const tells = kept.time === undefined && [...fields].every((field) => kept.columns.has(field));
    if (tells && (found === undefined || kept.columns.size < found.columns.size)) found = kept;
  }
  return found;
}

/** A filter with a range of time, and the counts that answer it together with the documents at the range's ends. */
export function countsByTime(
  sqlite: Sqlite,
  collection: string,
  filter: unknown,
): { readonly kept: KeptCounts; readonly time: string; readonly range: TimeRange } | undefined {
  for (const kept of sqlite.counts(collection, readCounts)) {
    const { time, columns } = kept;
    const range = time === undefined ? undefined : timeRange(filter, time);
    if (time === undefined || range === undefined) continue;
    const fields = comparedFields(range.rest);
    if (fields !== undefined && [...fields].every((field) => columns.has(field))) return { kept, time, range };
  }
  return undefined;
}

function readCounts(sqlite: Sqlite, collection: string): readonly KeptCounts[] {
  const names = sqlite.all(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB ?`, [
    `${collection}[${marks.plain}${marks.byTime}]*`,
  ]);
  return names.map(([named]) => {
    const name = String(named);
    const fields = name.slice(collection.length + 1);
    const paths = fields === '' ? [] : fields.split(separator);
    const columns = new Map(paths.map((path, i) => [path, columnOf(path, i)]));
    const isByTime = name[collection.length] === marks.byTime;
    return { table: `"${name}"`, columns, time: isByTime ? paths[0] : undefined };
  });
}

/** Numbered, for fields may differ in case only, which names of columns may not. */
const columnOf = (path: string, position: number): string => `"${position}:${path}"`;
