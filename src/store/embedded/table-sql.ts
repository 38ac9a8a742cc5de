import { StoreRefusalError, StoreWriteError } from '../store-errors.js';
import { checkPath, fieldSql } from './field-sql.js';
import { filterSql, plainObject } from './filter-sql.js';
import { keepCounts, listFilterOf } from './kept-counts.js';
import type { Sqlite } from './sqlite.js';

const collectionPattern = /^[a-zA-Z]\w{0,99}$/;
const indexNamePattern = /^[\w.-]{1,200}$/;
/** MongoDB's number for an index of that name which is another. */
const indexKeySpecsConflict = 86;

/** @throws StoreRefusalError when the name is not a letter followed by letters, digits and `_`. */
export function checkCollectionName(name: string): void {
  if (!collectionPattern.test(name) || /^(system|sqlite)/i.test(name)) {
    throw new StoreRefusalError(`${JSON.stringify(name)} is no name of a collection.`);
  }
}

/** The table of a collection, quoted for SQL. It is made where it is missing. */
export function tableOf(sqlite: Sqlite, collection: string): string {
  const table = `"${collection}"`;
  if (sqlite.knowsTable(collection)) return table;
  // The id has no type on purpose: a column of type TEXT would find the number 1 equal to '1'.
  sqlite.run(`CREATE TABLE IF NOT EXISTS ${table} (id PRIMARY KEY NOT NULL, doc TEXT NOT NULL)`, []);
  const exact = sqlite.all(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`, [collection]);
  if (exact.length === 0) throw new StoreRefusalError(`Another collection differs from ${collection} in case only.`);
  sqlite.rememberTable(collection);
  return table;
}

/**
 * Makes an index unless it is there. With that of a list the store begins to keep the counts of what it is filtered by.
 * @returns its name, made from the keys as MongoDB makes it unless one is given
 * @throws StoreWriteError when the name stands for another index
 */
export function createIndex(sqlite: Sqlite, collection: string, keys: unknown, options: unknown): string {
  const fields = Object.entries(plainObject(keys, 'The keys of an index'));
  const { unique, name, partialFilterExpression } = indexOptions(options);
  if (fields.length === 0) throw new StoreRefusalError('An index has at least one field.');
  const columns = fields.map(([path, direction]) => {
    if (direction !== 1 && direction !== -1) throw new StoreRefusalError(`An index on ${path} goes by 1 or -1.`);
    checkPath(path);
    return `${fieldSql(path)} ${direction === 1 ? 'ASC' : 'DESC'}`;
  });
  const indexName = name ?? fields.map(([path, direction]) => `${path}_${String(direction)}`).join('_');
  if (!indexNamePattern.test(indexName)) throw new StoreRefusalError(`${indexName} is no name of an index.`);

  const table = tableOf(sqlite, collection);
  const fullName = `${collection}:${indexName}`;
  const where = partialFilterExpression === undefined ? '' : ` WHERE ${partialSql(partialFilterExpression)}`;
  const sql = `CREATE ${unique ? 'UNIQUE ' : ''}INDEX "${fullName}" ON ${table} (${columns.join(', ')})${where}`;
  const [known] = sqlite.all(`SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?`, [fullName]);
  if (known === undefined) sqlite.run(sql, []);
  else if (known[0] !== sql) {
    throw new StoreWriteError(
      indexKeySpecsConflict,
      `The index ${indexName} of ${collection} is there, and is another.`,
    );
  }
  const listFilter = where === '' ? listFilterOf(fields.map(([path]) => path)) : undefined;
  if (listFilter !== undefined) keepCounts(sqlite, collection, listFilter);
  return indexName;
}

function indexOptions(options: unknown): { unique: boolean; name?: string; partialFilterExpression?: unknown } {
  const { unique, name, partialFilterExpression, ...others } = plainObject(options, 'The options of an index');
  const [unknownName] = Object.keys(others);
  if (unknownName !== undefined) throw new StoreRefusalError(`The index option ${unknownName} is outside the seam.`);
  if (unique !== undefined && typeof unique !== 'boolean') throw new StoreRefusalError('unique is true or false.');
  if (name !== undefined && typeof name !== 'string') throw new StoreRefusalError('The name of an index is a string.');
  return { unique: unique === true, ...(name === undefined ? {} : { name }), partialFilterExpression };
}

const partialOperators = new Set(['$gt', '$gte', '$lt', '$lte', '$exists']);

/** The filter of a partial index. SQLite takes no parameters there, so its values are written out. */
function partialSql(filter: unknown): string {
  for (const [key, value] of Object.entries(plainObject(filter, 'partialFilterExpression'))) {
    const operators = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    const isPlain = operators.every(
      ([name, operand]) => partialOperators.has(name) && (name !== '$exists' || operand === true),
    );
    if (key.startsWith('$') || !isPlain) {
      throw new StoreRefusalError('A partial index knows equality, ranges and $exists: true only.');
    }
  }
  return filterSql(filter, (text) => {
    if (text.includes('\0')) throw new StoreRefusalError('A partial index compares with no NUL.');
    return `'${text.replaceAll(`'`, `''`)}'`;
  });
}
