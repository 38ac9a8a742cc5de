import type { Json } from './json.js';

/**
 * The canonical form of a value: RFC 8785 (JSON Canonicalization Scheme). Object keys are sorted by UTF-16 code units,
 * numbers are written as ECMAScript writes them, and there is no white space; so that one value has one text.
 * @throws RangeError for a number that is not finite, TypeError for what is not JSON: both are faults of the caller.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`${value} has no canonical form`);
  if (value === null || typeof value !== 'object') {
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) throw new TypeError(`${typeof value} has no canonical form`);
    return text;
  }
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] as Json)}`); // key is its own
  return `{${members.join(',')}}`;
}

const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);
