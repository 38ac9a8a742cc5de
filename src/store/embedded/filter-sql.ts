import { StoreRefusalError } from '../store-errors.js';
import { booleanSql, existsSql, fieldSql, leastBlobSql, leastTextSql, nullSql } from './field-sql.js';

/** Puts a text into a statement: as a bound parameter, or quoted where SQLite takes no parameters. */
export type PutText = (text: string) => string;

const rangeOperators: Readonly<Record<string, string>> = { $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' };
const metacharacters = /[\\^$.|?*+()[\]{}]/;

/** What a field is compared by. */
export type FieldOf = (path: string) => string;

/**
 * The SQL of a filter. Its shape depends on the filter's fields and operators only, never on the values.
 * @param fieldOf what each field is compared by; that of a document where it is not given
 * @throws StoreRefusalError for whatever the seam does not list.
 */
export function filterSql(filter: unknown, put: PutText, fieldOf: FieldOf = fieldSql): string {
  const conditions = Object.entries(plainObject(filter, 'A filter')).map(([key, value]) => {
    if (key === '$and') return `(${branches(key, value, put, fieldOf).join(' AND ')})`;
    if (key === '$or') return `(${branches(key, value, put, fieldOf).join(' OR ')})`;
    return fieldConditions(key, value, put, fieldOf);
  });
  return conditions.length === 0 ? '1' : conditions.join(' AND ');
}

/**
 * The fields whose values decide whether a document matches; undefined where a filter asks more of one: `$exists` tells
 * a missing field from null, which no comparison does.
 */
export function comparedFields(filter: unknown): ReadonlySet<string> | undefined {
  const fields = new Set<string>();
  for (const [key, value] of Object.entries(plainObject(filter, 'A filter'))) {
    if (key === '$and' || key === '$or') {
      for (const branch of Array.isArray(value) ? (value as unknown[]) : []) {
        const compared = comparedFields(branch);
        if (compared === undefined) return undefined;
        compared.forEach((field) => fields.add(field));
      }
    } else if (typeof value === 'object' && value !== null && '$exists' in value) return undefined;
    else fields.add(key);
  }
  return fields;
}

function branches(operator: string, value: unknown, put: PutText, fieldOf: FieldOf): string[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new StoreRefusalError(`${operator} takes a list of at least one filter.`);
  }
  return value.map((branch: unknown) => `(${filterSql(branch, put, fieldOf)})`);
}

function fieldConditions(path: string, value: unknown, put: PutText, fieldOf: FieldOf): string {
  const field = fieldOf(path);
  if (typeof value !== 'object' || value === null) return `${field} = ${scalarSql(value, put)}`;
  const operators = Object.entries(plainObject(value, `The filter of ${path}`));
  if (operators.length === 0 || operators.some(([operator]) => !operator.startsWith('$'))) {
    throw new StoreRefusalError(`Comparison with an object, as for ${path}, is outside the seam.`);
  }
  const rangeOperands: unknown[] = [];
  const conditions = operators.map(([operator, operand]) => {
    const comparison = rangeOperators[operator];
    if (comparison !== undefined) {
      rangeOperands.push(operand);
      return `${field} ${comparison} ${scalarSql(operand, put)}`;
    }
    return operatorCondition(path, field, operator, operand, put);
  });
  return [...conditions, ...rangeGuards(path, field, operators, rangeOperands)].join(' AND ');
}

function operatorCondition(path: string, field: string, operator: string, operand: unknown, put: PutText): string {
  switch (operator) {
    case '$ne':
      return `${field} <> ${scalarSql(operand, put)}`;
    case '$in':
      return membership(path, field, operand, put);
    case '$exists':
      if (typeof operand !== 'boolean') throw new StoreRefusalError(`$exists of ${path} takes true or false.`);
      return operand ? existsSql(path) : `NOT (${existsSql(path)})`;
    case '$regex':
      return prefixCondition(path, field, operand, put);
    default:
      throw new StoreRefusalError(`The operator ${operator} of ${path} is outside the seam.`);
  }
}

/** A range stays within the numbers, or within the texts, as MongoDB's ranges do. */
function rangeGuards(
  path: string,
  field: string,
  operators: readonly [string, unknown][],
  operands: readonly unknown[],
): string[] {
  const [type, ...others] = new Set(operands.map((operand) => typeof operand));
  if (type === undefined) return [];
  if (others.length > 0 || (type !== 'number' && type !== 'string')) {
    throw new StoreRefusalError(`The range of ${path} takes numbers, or strings.`);
  }
  const guards: string[] = [];
  const has = (...names: string[]): boolean => operators.some(([operator]) => names.includes(operator));
  if (!has('$gt', '$gte')) guards.push(type === 'number' ? `${field} > ${nullSql}` : `${field} >= ${leastTextSql}`);
  if (!has('$lt', '$lte')) guards.push(`${field} < ${type === 'number' ? leastTextSql : leastBlobSql}`);
  return guards;
}

function membership(path: string, field: string, operand: unknown, put: PutText): string {
  if (!Array.isArray(operand)) throw new StoreRefusalError(`$in of ${path} takes a list.`);
  const literals = new Set<string>();
  const listed: (string | number)[] = [];
  for (const item of operand as unknown[]) {
    if (typeof item === 'string' || typeof item === 'number') listed.push(item);
    else literals.add(scalarSql(item, put));
  }
  const inList = `${field} IN (SELECT value FROM json_each(${put(JSON.stringify(listed))}))`;
  // Sorted: the shape of a statement must not depend on the order of its values.
  return literals.size === 0 ? inList : `(${inList} OR ${field} IN (${[...literals].sort().join(', ')}))`;
}

function prefixCondition(path: string, field: string, operand: unknown, put: PutText): string {
  const literal = typeof operand === 'string' ? literalOfPrefix(operand) : undefined;
  if (literal === undefined) {
    throw new StoreRefusalError(`$regex of ${path} takes an anchored literal prefix: use startsWith.`);
  }
  // In the order of the statement: that is the order of its parameters.
  const lower = put(literal);
  const end = endOfPrefix(literal);
  return `${field} >= ${lower} AND ${field} < ${end === undefined ? leastBlobSql : put(end)}`;
}

/** The literal of `^literal`, or undefined when the pattern is anything more. */
function literalOfPrefix(pattern: string): string | undefined {
  if (!pattern.startsWith('^') || pattern.includes('\0')) return undefined;
  let literal = '';
  for (let index = 1; index < pattern.length; index += 1) {
    let character = pattern.charAt(index);
    if (character === '\\') {
      index += 1;
      character = pattern.charAt(index);
      // An escaped letter or digit is a class or a back-reference.
      if (character === '' || /[\p{L}\p{N}_]/u.test(character)) return undefined;
    } else if (metacharacters.test(character)) return undefined;
    literal += character;
  }
  return literal;
}

/** The least string that is greater than every string with the prefix, in byte order; undefined when there is none. */
function endOfPrefix(prefix: string): string | undefined {
  const points = [...prefix].map((character) => character.codePointAt(0) ?? 0);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last < 0x10ffff) {
      // U+D800 to U+DFFF are halves of pairs and occur in no string of the store.
      return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
    }
  }
  return undefined;
}

function scalarSql(value: unknown, put: PutText): string {
  if (typeof value === 'string') return put(value);
  // Read by the parser that reads the documents: SQLite's differs from JavaScript's in the last place and beyond 2^53.
  if (typeof value === 'number') return `json_extract(${put(JSON.stringify(value))}, '$')`;
  if (typeof value === 'boolean') return booleanSql(value);
  if (value === null) return nullSql;
  throw new StoreRefusalError('A filter compares with strings, numbers, booleans and null only.');
}

/** @throws StoreRefusalError when a value is no object, or an array. */
export function plainObject(value: unknown, what: string): Record<string, unknown> {
  if (!isPlainObject(value)) throw new StoreRefusalError(`${what} must be an object.`);
  return value;
}

/** Whether a value is an object, and no array. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
