import { StoreRefusalError } from '../store-errors.js';
import { checkPath } from './field-sql.js';
import { plainObject } from './filter-sql.js';

/** The fields to keep, by name: whole (true), or parts of them. */
type Fields = Map<string, true | Fields>;

/**
 * The function that keeps the named fields of a document, and its `_id` unless that is 0.
 * @throws StoreRefusalError for whatever is not an inclusion, or names a field and a part of it.
 */
export function projection(specification: unknown): (document: unknown) => unknown {
  const entries = Object.entries(plainObject(specification, 'A projection'));
  const fields: Fields = new Map();
  for (const [path, choice] of entries) {
    if (path === '_id' ? choice !== 0 && choice !== 1 : choice !== 1) {
      throw new StoreRefusalError(`A projection includes by 1, or leaves out _id by 0; ${path} does neither.`);
    }
    if (choice === 1) include(fields, path);
  }
  if (fields.size === 0) throw new StoreRefusalError('A projection names at least one field.');
  if (!entries.some(([path]) => path === '_id')) fields.set('_id', true);
  return (document) => keep(document, fields);
}

function include(fields: Fields, path: string): void {
  const segments = checkPath(path);
  let level = fields;
  segments.forEach((segment, index) => {
    const known = level.get(segment);
    const isLast = index === segments.length - 1;
    if (known === true || (isLast && known !== undefined)) {
      throw new StoreRefusalError(`A projection names ${path} and a part of it.`);
    }
    if (isLast) level.set(segment, true);
    else {
      const next = known ?? new Map<string, true | Fields>();
      level.set(segment, next);
      level = next;
    }
  });
}

function keep(value: unknown, fields: Fields): unknown {
  // As MongoDB: what is no object has no parts, and a list keeps the parts of its objects.
  if (Array.isArray(value)) return value.map((item) => keep(item, fields)).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return undefined;
  const kept: [string, unknown][] = [];
  for (const [name, item] of Object.entries(value) as [string, unknown][]) {
    const part = fields.get(name);
    if (part === undefined) continue;
    const projected = part === true ? item : keep(item, part);
    if (projected !== undefined) kept.push([name, projected]);
  }
  return Object.fromEntries(kept);
}
