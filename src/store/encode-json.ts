import { StoreRefusalError } from './store-errors.js';

/** What becomes of a field that is undefined: a document omits it; in a filter it would widen the match. */
type Undefined = 'omit' | 'refuse';

/** MongoDB's bound on nesting that a driver can rely on. */
const maxDepth = 100;
/** MongoDB's bound on a document: 16 MiB. */
const maxDocumentLength = 16 * 1024 * 1024;
const surrogate = /[\ud800-\udfff]/;
const loneSurrogate = /\p{Surrogate}/u;

/** Names of fields that were found good: documents have few, again and again. */
const goodNames = new Set<string>();
const mostGoodNames = 10_000;

/**
 * The JSON text of a document that the seam allows, with −0 kept, which JSON.stringify loses.
 * @throws StoreRefusalError for what JSON or MongoDB could not give back unchanged.
 */
export function encodeDocument(document: unknown): string {
  const text = encode(document, 'omit', false);
  checkDocumentLength(text);
  return text;
}

/** The JSON text of an update: operators on top, and undefined fields omitted as the driver omits them. */
export function encodeUpdate(update: unknown): string {
  return encode(update, 'omit', true);
}

/** The JSON text of a filter, an order or other options. An undefined value is refused. */
export function encodeQuery(query: unknown): string {
  return encode(query, 'refuse', true);
}

/** @throws StoreRefusalError when a document is larger than MongoDB could hold. */
export function checkDocumentLength(text: string): void {
  // A UTF-16 unit takes at most three bytes of UTF-8: only long texts need counting.
  if (text.length * 3 > maxDocumentLength && Buffer.byteLength(text) > maxDocumentLength) {
    throw new StoreRefusalError('A document ends at 16 MiB: keep its bulk as a blob.');
  }
}

/** @throws StoreRefusalError for a string that is no Unicode text */
export function checkString(value: string): void {
  if (surrogate.test(value) && loneSurrogate.test(value)) {
    throw new StoreRefusalError('A string holds half a code point.');
  }
}

/** @throws StoreRefusalError for what is not to be stored, or to be asked with */
function encode(value: unknown, missing: Undefined, isQuery: boolean): string {
  return new Check(missing, isQuery).holdsMinusZero(value, 0) ? withMinusZero(value) : JSON.stringify(value);
}

/** Looks through a value before it is written: JSON.stringify refuses nothing, and is several times as fast as we are. */
class Check {
  constructor(
    private readonly missing: Undefined,
    private readonly isQuery: boolean,
  ) {}

  /** @throws StoreRefusalError */
  holdsMinusZero(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case 'string':
        checkString(value);
        return false;
      case 'number':
        if (!Number.isFinite(value)) throw new StoreRefusalError(`The store holds no ${value}.`);
        return Object.is(value, -0);
      case 'boolean':
        return false;
      case 'object':
        if (value === null) return false;
        if (depth > maxDepth) throw new StoreRefusalError(`A document nests deeper than ${maxDepth}.`);
        return Array.isArray(value) ? this.inArray(value, depth) : this.inObject(value, depth);
      case 'bigint':
      case 'function':
      case 'symbol':
      case 'undefined':
        throw new StoreRefusalError(`The store holds no ${typeof value}.`);
    }
  }

  private inArray(items: readonly unknown[], depth: number): boolean {
    let found = false;
    for (const item of items) {
      if (item === undefined && this.missing === 'omit') continue; // written as null, as MongoDB does
      if (this.holdsMinusZero(item, depth + 1)) found = true;
    }
    return found;
  }

  private inObject(value: object, depth: number): boolean {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      throw new StoreRefusalError(`The store holds plain objects only, no ${value.constructor.name}.`);
    }
    let found = false;
    for (const key of Object.keys(value)) {
      const item = (value as Record<string, unknown>)[key];
      if (item === undefined && this.missing === 'omit') continue;
      if (!this.isQuery) checkFieldName(key);
      if (this.holdsMinusZero(item, depth + 1)) found = true;
    }
    return found;
  }
}

/** The JSON text of a value that was checked, where JSON.stringify would write 0 for −0. */
function withMinusZero(value: unknown): string {
  if (Object.is(value, -0)) return '-0';
  if (Array.isArray(value)) return `[${value.map((item) => withMinusZero(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${withMinusZero(item)}`).join(',')}}`;
}

function checkFieldName(name: string): void {
  if (goodNames.has(name)) return;
  if (name === '' || name.startsWith('$') || name.includes('.') || name.includes('\0') || surrogate.test(name)) {
    throw new StoreRefusalError(`${JSON.stringify(name)} is no name of a field.`);
  }
  if (goodNames.size < mostGoodNames) goodNames.add(name);
}
