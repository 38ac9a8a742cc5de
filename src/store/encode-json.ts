import { StoreRefusalError } from './store-errors.js';

/** What becomes of a field that is undefined: a document omits it; in a filter it would widen the match. */
type Undefined = 'omit' | 'refuse';

/** MongoDB's bound on nesting that a driver can rely on. */
const maxDepth = 100;
/** MongoDB's bound on a document: 16 MiB. */
const maxDocumentLength = 16 * 1024 * 1024;
const surrogate = /[\ud800-\udfff]/;
const loneSurrogate = /\p{Surrogate}/u;

/**
 * The JSON text of a document that the seam allows, with −0 kept, which JSON.stringify loses.
 * @throws StoreRefusalError for what JSON or MongoDB could not give back unchanged.
 */
export function encodeDocument(document: unknown): string {
  const text = encode(document, 'omit', false, 0);
  checkDocumentLength(text);
  return text;
}

/** The JSON text of an update: operators on top, and undefined fields omitted as the driver omits them. */
export function encodeUpdate(update: unknown): string {
  return encode(update, 'omit', true, 0);
}

/** The JSON text of a filter, an order or other options. An undefined value is refused. */
export function encodeQuery(query: unknown): string {
  return encode(query, 'refuse', true, 0);
}

/** @throws StoreRefusalError when a document is larger than MongoDB could hold. */
export function checkDocumentLength(text: string): void {
  // A UTF-16 unit takes at most three bytes of UTF-8: only long texts need counting.
  if (text.length * 3 > maxDocumentLength && Buffer.byteLength(text) > maxDocumentLength) {
    throw new StoreRefusalError('A document ends at 16 MiB: keep its bulk as a blob.');
  }
}

function encode(value: unknown, missing: Undefined, isQuery: boolean, depth: number): string {
  switch (typeof value) {
    case 'string':
      return encodeString(value);
    case 'number':
      if (!Number.isFinite(value)) throw new StoreRefusalError(`The store holds no ${value}.`);
      return Object.is(value, -0) ? '-0' : String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth > maxDepth) throw new StoreRefusalError(`A document nests deeper than ${maxDepth}.`);
      return Array.isArray(value)
        ? encodeArray(value, missing, isQuery, depth)
        : encodeObject(value, missing, isQuery, depth);
    case 'bigint':
    case 'function':
    case 'symbol':
    case 'undefined':
      throw new StoreRefusalError(`The store holds no ${typeof value}.`);
  }
}

function encodeString(value: string): string {
  if (surrogate.test(value) && loneSurrogate.test(value)) {
    throw new StoreRefusalError('A string holds half a code point.');
  }
  return JSON.stringify(value);
}

function encodeArray(value: readonly unknown[], missing: Undefined, isQuery: boolean, depth: number): string {
  const items: string[] = [];
  for (const item of value) {
    items.push(item === undefined && missing === 'omit' ? 'null' : encode(item, missing, isQuery, depth + 1));
  }
  return `[${items.join(',')}]`;
}

function encodeObject(value: object, missing: Undefined, isQuery: boolean, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new StoreRefusalError(`The store holds plain objects only, no ${value.constructor.name}.`);
  }
  let text = '';
  for (const [key, item] of Object.entries(value) as [string, unknown][]) {
    if (item === undefined && missing === 'omit') continue;
    if (!isQuery) checkFieldName(key);
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${encode(item, missing, isQuery, depth + 1)}`;
  }
  return `{${text}}`;
}

function checkFieldName(name: string): void {
  if (name === '' || name.startsWith('$') || name.includes('.') || name.includes('\0') || surrogate.test(name)) {
    throw new StoreRefusalError(`${JSON.stringify(name)} is no name of a field.`);
  }
}
