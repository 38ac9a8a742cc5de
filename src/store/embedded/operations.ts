import { duplicateKeyCode, StoreRefusalError, StoreWriteError } from '../store-errors.js';
import { applyChanges, parseUpdate, upsertBase } from './apply-update.js';
import { checkDocumentLength, encodeDocument } from '../encode-json.js';
import { fieldSql, fromFieldSql } from './field-sql.js';
import type { FieldOf } from './filter-sql.js';
import { comparedFields, filterSql, plainObject } from './filter-sql.js';
import { countColumn, countsAbout, countsByTime, keepCounts, lengthColumn, timeLengths } from './kept-counts.js';
import { projection } from './projection.js';
import type { Operation, Result, Results } from './protocol.js';
import { isUniqueViolation, type KeptCounts, type Sqlite } from './sqlite.js';
import { createIndex, tableOf } from './table-sql.js';
import { partsOfRange } from './time-range.js';

type Of<Name extends Operation['op']> = Extract<Operation, { op: Name }>;

/** Whether an operation only reads, and so needs no transaction. */
export function isRead({ op }: Operation): boolean {
  return op === 'get' || op === 'find' || op === 'count' || op === 'groupCount';
}

/** Carries out one operation; a write within the transaction of the caller. */
export function execute(sqlite: Sqlite, operation: Operation): Result {
  switch (operation.op) {
    case 'insert':
      return insert(sqlite, operation);
    case 'get':
      return get(sqlite, operation);
    case 'find':
      return find(sqlite, operation);
    case 'update':
      return update(sqlite, operation);
    case 'delete':
      return remove(sqlite, operation);
    case 'count':
      return count(sqlite, operation);
    case 'groupCount':
      return groupCount(sqlite, operation);
    case 'keepCounts':
      tableOf(sqlite, operation.collection);
      keepCounts(sqlite, operation.collection, operation.fields, operation.time);
      return true;
    case 'createIndex':
      return makeIndex(sqlite, operation);
  }
}

function insert(sqlite: Sqlite, { collection, ids, documents }: Of<'insert'>): Results['insert'] {
  const sql = `INSERT INTO ${tableOf(sqlite, collection)} (id, doc) VALUES (?, ?)`;
  const duplicates: number[] = [];
  documents.forEach((document, index) => {
    try {
      sqlite.run(sql, [ids[index] ?? '', document]);
    } catch (error) {
      // The statement alone is undone: its neighbours stay.
      if (!isUniqueViolation(error)) throw error;
      duplicates.push(index);
    }
  });
  return duplicates;
}

function get(sqlite: Sqlite, { collection, id }: Of<'get'>): Results['get'] {
  const [row] = sqlite.all(`SELECT doc FROM ${tableOf(sqlite, collection)} WHERE id = ?`, [id]);
  return row === undefined ? null : String(row[0]);
}

function find(sqlite: Sqlite, { collection, filter, options }: Of<'find'>): Results['find'] {
  const { sort, limit, projection: fields, ...others } = plainObject(JSON.parse(options), 'The options of find');
  const [unknownName] = Object.keys(others);
  if (unknownName !== undefined) throw new StoreRefusalError(`The option ${unknownName} of find is outside the seam.`);
  const { where, parameters } = bind(filter);
  let sql = `SELECT doc FROM ${tableOf(sqlite, collection)} WHERE ${where}`;
  if (sort !== undefined) sql += orderSql(sort);
  if (limit !== undefined) {
    if (typeof limit !== 'number' || !Number.isSafeInteger(limit) || limit < 1) {
      throw new StoreRefusalError('A limit is a whole number of at least 1.');
    }
    sql += ' LIMIT ?';
    parameters.push(limit);
  }
  // Joined by SQLite: one long text is cheaper to bring out of it than many short ones. It keeps the order of a subquery
  // that group_concat reads.
  const isOne = limit === 1;
  const [row] = sqlite.all(isOne ? sql : `SELECT group_concat(doc, ',') FROM (${sql})`, parameters);
  const joined = row?.[0];
  const text = `[${typeof joined === 'string' ? joined : ''}]`;
  if (fields === undefined) return text;
  const keep = projection(fields);
  return `[${(JSON.parse(text) as unknown[]).map((document) => encodeDocument(keep(document))).join(',')}]`;
}

function orderSql(sort: unknown): string {
  const keys = Object.entries(plainObject(sort, 'A sort')).map(([path, direction]) => {
    if (direction !== 1 && direction !== -1) throw new StoreRefusalError(`A sort by ${path} goes by 1 or -1.`);
    return `${fieldSql(path)} ${direction === 1 ? 'ASC' : 'DESC'}`;
  });
  return keys.length === 0 ? '' : ` ORDER BY ${keys.join(', ')}`;
}

function update(sqlite: Sqlite, operation: Of<'update'>): Results['update'] {
  const changes = parseUpdate(JSON.parse(operation.update));
  const table = tableOf(sqlite, operation.collection);
  const { where, parameters } = bind(operation.filter);
  const [found] = sqlite.all(`SELECT id, doc FROM ${table} WHERE ${where} LIMIT 1`, parameters);
  if (found !== undefined) {
    const [id, before] = found.map(String) as [string, string];
    const document = plainObject(JSON.parse(before), 'A document');
    applyChanges(document, changes, false);
    const after = encodeDocument(document);
    if (after !== before) orDuplicate(() => sqlite.run(`UPDATE ${table} SET doc = ? WHERE id = ?`, [after, id]));
    return { matchedCount: 1, upsertedCount: 0, document: operation.wantsDocument ? after : null };
  }
  if (!operation.upsert) return { matchedCount: 0, upsertedCount: 0, document: null };
  const document = upsertBase(JSON.parse(operation.filter));
  applyChanges(document, changes, true);
  const { _id: id, ...rest } = document;
  if (typeof id !== 'string') throw new StoreRefusalError('An upsert names its _id, in the filter or in $setOnInsert.');
  const text = encodeDocument({ _id: id, ...rest });
  checkDocumentLength(text);
  orDuplicate(() => sqlite.run(`INSERT INTO ${table} (id, doc) VALUES (?, ?)`, [id, text]));
  return { matchedCount: 0, upsertedCount: 1, document: operation.wantsDocument ? text : null };
}

function orDuplicate(write: () => number): void {
  try {
    write();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new StoreWriteError(duplicateKeyCode, 'A unique index has this key already.');
  }
}

function remove(sqlite: Sqlite, { collection, filter }: Of<'delete' | 'count'>): Results['delete'] {
  const { where, parameters } = bind(filter);
  return sqlite.run(`DELETE FROM ${tableOf(sqlite, collection)} WHERE ${where}`, parameters);
}

function count(sqlite: Sqlite, { collection, filter }: Of<'delete' | 'count'>): Results['count'] {
  const parts = byTime(sqlite, collection, filter) ?? [source(sqlite, collection, filter)];
  // In one statement: all of the parts are counted at one moment.
  const sums = parts.map(({ from, counted, where }) => `(SELECT ${counted} FROM ${from} WHERE ${where})`);
  const parameters = parts.flatMap((part) => part.parameters);
  const [row] = sqlite.all(`SELECT ${sums.length === 0 ? '0' : sums.join(' + ')}`, parameters);
  return Number(row?.[0]);
}

/** Where to count the parts of a filter with a range of time: where they are kept, and at its ends among the documents. */
function byTime(sqlite: Sqlite, collection: string, filter: string) {
  const found = countsByTime(sqlite, collection, JSON.parse(filter));
  if (found === undefined) return undefined;
  const { kept, time, range } = found;
  return partsOfRange(range, timeLengths).map(({ length, from, to }) => {
    const bounds = { $gte: from, ...(to === undefined ? {} : { $lt: to }) };
    const part = JSON.stringify({ ...range.rest, [time]: bounds });
    return length === undefined ? among(tableOf(sqlite, collection), part) : amongKept(kept, part, length);
  });
}

/** Where to count the documents of a filter: where counts are kept, or among the documents. */
function source(sqlite: Sqlite, collection: string, filter: string, grouped?: string) {
  const table = tableOf(sqlite, collection);
  const fields = comparedFields(JSON.parse(filter));
  const kept =
    fields && countsAbout(sqlite, collection, grouped === undefined ? fields : new Set([...fields, grouped]));
  return kept === undefined ? among(table, filter) : amongKept(kept, filter);
}

function among(table: string, filter: string) {
  return { from: table, counted: 'count(*)', fieldOf: fieldSql, ...bind(filter) };
}

function amongKept({ table, columns }: KeptCounts, filter: string, length?: number) {
  const fieldOf = (path: string): string => columns.get(path) ?? fieldSql(path);
  const { where, parameters } = bind(filter, fieldOf);
  return {
    from: table,
    counted: `coalesce(sum(${countColumn}), 0)`,
    fieldOf,
    where: length === undefined ? where : `${lengthColumn} = ${length} AND ${where}`,
    parameters,
  };
}

function groupCount(sqlite: Sqlite, { collection, pipeline }: Of<'groupCount'>): Results['groupCount'] {
  const [match, group, ...others] = JSON.parse(pipeline) as unknown[];
  const { $match: filter, ...unmatched } = plainObject(match, 'The first stage');
  const { $group: grouping, ...ungrouped } = plainObject(group, 'The second stage');
  const { _id: field, ...counts } = plainObject(grouping, '$group');
  const isCount = JSON.stringify([others, unmatched, ungrouped, counts]) === '[[],{},{},{"count":{"$sum":1}}]';
  if (filter === undefined || !isCount || typeof field !== 'string' || !field.startsWith('$')) {
    throw new StoreRefusalError('The only pipeline of the seam is the one that countsBy builds.');
  }
  const path = field.slice(1);
  const { from, counted, fieldOf, where, parameters } = source(sqlite, collection, JSON.stringify(filter), path);
  const sql = `SELECT ${fieldOf(path)}, ${counted} FROM ${from} WHERE ${where} GROUP BY 1`;
  return sqlite.all(sql, parameters).map(([key, total]) => ({ _id: fromFieldSql(key), count: Number(total) }));
}

function makeIndex(sqlite: Sqlite, { collection, keys, options }: Of<'createIndex'>): Results['createIndex'] {
  try {
    return createIndex(sqlite, collection, JSON.parse(keys), JSON.parse(options));
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new StoreWriteError(duplicateKeyCode, 'The documents that are there break this unique index.');
  }
}

function bind(filter: string, fieldOf?: FieldOf): { where: string; parameters: (string | number)[] } {
  const parameters: (string | number)[] = [];
  const put = (text: string): string => {
    parameters.push(text);
    return '?';
  };
  const where = filterSql(JSON.parse(filter), put, fieldOf);
  return { where, parameters };
}
