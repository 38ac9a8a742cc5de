import { StoreRefusalError } from '../store-errors.js';

/** A segment of a path: no operator, nothing that JSON or SQLite's paths would escape, no position in an array. */
const segmentPattern = /^(?!\$|\d+$|__proto__$)[^".\\\p{Cc}\p{Surrogate}]+$/u;

/** @throws StoreRefusalError when the path is not one of field names joined by dots. */
export function checkPath(path: string): readonly string[] {
  const segments = path.split('.');
  if (!segments.every((segment) => segmentPattern.test(segment))) {
    throw new StoreRefusalError(`${JSON.stringify(path)} is no path to a field.`);
  }
  return segments;
}

/*
 * SQLite orders NULL < numbers < texts < blobs and never finds two of these classes equal unless a column's affinity
 * converts them. So one expression without affinity gives MongoDB's equality and order, and an index on it serves both:
 * booleans and objects become blobs, and null or missing becomes -Infinity, which no JSON number is: unlike NULL it
 * equals itself, also in a unique index, as in MongoDB.
 */

/** What null and a missing field are compared as; the least of all. */
export const nullSql = '-9e999';
/** The least text, and so the end of the numbers. */
export const leastTextSql = `''`;
/** The least blob, and so the end of the texts. */
export const leastBlobSql = `x''`;

/** What a boolean is compared as. Both are greater than the blobs of objects, which begin with `{` or `[`. */
export function booleanSql(value: boolean): string {
  return value ? `x'FF'` : `x'FE'`;
}

/**
 * The SQL of what a field is compared and sorted by.
 * @param row where the document is, with its dot, such as `new.` in a trigger
 */
export function fieldSql(path: string, row = ''): string {
  if (path === '_id') return `${row}id`;
  if (row !== '') return comparedSql(path, row);
  const known = comparedSqlOf.get(path) ?? comparedSql(path, row);
  if (comparedSqlOf.size < mostPaths) comparedSqlOf.set(path, known);
  return known;
}

/** Paths are few, and asked for again and again. */
const comparedSqlOf = new Map<string, string>();
const mostPaths = 1000;

function comparedSql(path: string, row: string): string {
  const at = jsonPath(path);
  const value = `json_extract(${row}doc, ${at})`;
  return (
    `CASE json_type(${row}doc, ${at}) WHEN 'true' THEN ${booleanSql(true)} WHEN 'false' THEN ${booleanSql(false)} ` +
    `WHEN 'object' THEN CAST(${value} AS BLOB) WHEN 'array' THEN CAST(${value} AS BLOB) ` +
    `ELSE coalesce(${value}, ${nullSql}) END`
  );
}

/** The SQL of the first characters of a field's text; what is no text counts as null. */
export function beginningSql(path: string, length: number, row: string): string {
  if (path === '_id') return `substr(${row}id, 1, ${length})`;
  const at = jsonPath(path);
  const beginning = `substr(json_extract(${row}doc, ${at}), 1, ${length})`;
  return `CASE json_type(${row}doc, ${at}) WHEN 'text' THEN ${beginning} ELSE ${nullSql} END`;
}

/** The SQL of whether a field is there, null or not. */
export function existsSql(path: string): string {
  return path === '_id' ? '1' : `json_type(doc, ${jsonPath(path)}) IS NOT NULL`;
}

/** The value that {@link fieldSql} stands for, given back by SQLite. */
export function fromFieldSql(value: unknown): string | number | boolean | null {
  if (typeof value === 'string') return value;
  if (value === -Infinity) return null;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (value instanceof ArrayBuffer || value instanceof Uint8Array) {
    const [first] = new Uint8Array(value);
    if (first === 0xff) return true;
    if (first === 0xfe) return false;
  }
  // SQLite reads a fraction within one unit in its last place: not good enough to give it back.
  throw new StoreRefusalError('Counting by fractions or objects is outside the seam.');
}

function jsonPath(path: string): string {
  const quoted = checkPath(path).map((segment) => `."${segment.replaceAll(`'`, `''`)}"`);
  return `'$${quoted.join('')}'`;
}
