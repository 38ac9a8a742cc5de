import { StoreRefusalError, StoreWriteError } from '../store-errors.js';
import { checkPath } from './field-sql.js';
import { plainObject } from './filter-sql.js';

const operatorNames = ['$set', '$setOnInsert', '$inc', '$unset'] as const;
type OperatorName = (typeof operatorNames)[number];

/** One change of one field. */
interface Change {
  readonly operator: OperatorName;
  readonly path: string;
  readonly segments: readonly string[];
  readonly value: unknown;
}

/** MongoDB's numbers for updates that a document does not allow. */
const typeMismatch = 14;
const pathNotViable = 28;
const immutableField = 66;

/**
 * The changes of an update.
 * @throws StoreRefusalError for an operator outside the seam, for none, and for two changes of one path.
 */
export function parseUpdate(update: unknown): readonly Change[] {
  const operators = Object.entries(plainObject(update, 'An update'));
  if (operators.length === 0) throw new StoreRefusalError('An update has at least one operator.');
  const changes = operators.flatMap(([name, fields]) => {
    const operator = operatorNames.find((known) => known === name);
    if (operator === undefined) throw new StoreRefusalError(`The update operator ${name} is outside the seam.`);
    return Object.entries(plainObject(fields, name)).map(([path, value]) => {
      if (path === '_id' && operator !== '$setOnInsert') throw new StoreRefusalError('An update cannot change _id.');
      if (operator === '$inc' && typeof value !== 'number') throw new StoreRefusalError('$inc takes numbers.');
      return { operator, path, segments: checkPath(path), value };
    });
  });
  refuseOverlaps(changes.map(({ path }) => path));
  return changes;
}

function refuseOverlaps(paths: readonly string[]): void {
  const seen = new Set(paths);
  const overlaps = paths.some((path) => {
    for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
      if (seen.has(path.slice(0, dot))) return true;
    }
    return false;
  });
  if (overlaps || seen.size < paths.length) throw new StoreRefusalError('An update changes one path twice.');
}

/**
 * Changes a document in place.
 * @throws StoreWriteError with MongoDB's code when the document has something else where the change would go.
 */
export function applyChanges(document: Record<string, unknown>, changes: readonly Change[], inserting: boolean): void {
  for (const { operator, path, segments, value } of changes) {
    if (operator === '$setOnInsert' && !inserting) continue;
    const name = segments[segments.length - 1] ?? path;
    const parent = descend(document, segments, operator !== '$unset');
    if (parent === undefined) continue;
    if (operator === '$unset') Reflect.deleteProperty(parent, name);
    else if (operator === '$inc') parent[name] = sum(path, own(parent, name), value);
    else if (path === '_id' && '_id' in document && document['_id'] !== value) {
      throw new StoreWriteError(immutableField, 'The filter and the update name two _id.');
    } else parent[name] = value;
  }
}

/** The object that holds the last segment's field; made where it is missing, unless that is not wanted. */
function descend(
  document: Record<string, unknown>,
  segments: readonly string[],
  make: boolean,
): Record<string, unknown> | undefined {
  let parent = document;
  for (const segment of segments.slice(0, -1)) {
    const next = own(parent, segment);
    if (next === undefined) {
      if (!make) return undefined;
      const made: Record<string, unknown> = {};
      parent[segment] = made;
      parent = made;
    } else if (typeof next === 'object' && next !== null && !Array.isArray(next)) {
      parent = next as Record<string, unknown>;
    } else if (make) {
      throw new StoreWriteError(pathNotViable, `${segments.join('.')} leads through something that is no object.`);
    } else return undefined;
  }
  return parent;
}

/** A field of the document itself: every object also inherits a `constructor`. */
function own(object: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function sum(path: string, old: unknown, increment: unknown): number {
  if (old !== undefined && typeof old !== 'number') {
    throw new StoreWriteError(typeMismatch, `$inc finds no number in ${path}.`);
  }
  const total = (old ?? 0) + Number(increment);
  if (!Number.isFinite(total)) throw new StoreWriteError(typeMismatch, `$inc of ${path} leaves the numbers.`);
  return total;
}

/**
 * The document that an upsert begins with: the equalities of its filter.
 * @throws StoreRefusalError where MongoDB's reading of the filter is not plain: `$or` or `$in` with one element.
 */
export function upsertBase(filter: unknown): Record<string, unknown> {
  const equalities = new Map<string, unknown>();
  collectEqualities(plainObject(filter, 'A filter'), equalities);
  refuseOverlaps([...equalities.keys()]);
  const base: Record<string, unknown> = {};
  for (const [path, value] of equalities) {
    const segments = checkPath(path);
    const parent = descend(base, segments, true);
    if (parent !== undefined) parent[segments[segments.length - 1] ?? path] = value;
  }
  return base;
}

function collectEqualities(filter: Record<string, unknown>, equalities: Map<string, unknown>): void {
  for (const [key, value] of Object.entries(filter)) {
    if (key === '$and' && Array.isArray(value)) {
      for (const branch of value) collectEqualities(plainObject(branch, 'A filter'), equalities);
    } else if (key === '$or') {
      if (Array.isArray(value) && value.length === 1) throw new StoreRefusalError('An upsert with an $or of one.');
    } else if (typeof value !== 'object' || value === null) {
      if (equalities.has(key)) throw new StoreRefusalError(`An upsert's filter names ${key} twice.`);
      equalities.set(key, value);
    } else if ('$in' in value && Array.isArray(value.$in) && value.$in.length === 1) {
      throw new StoreRefusalError('An upsert with an $in of one.');
    }
  }
}
