import { badUserInput } from './errors.js';
import { quoted } from './nearest.js';

/** A place in a list that is ordered by one field and, among equals, by id. */
export interface Keyset {
  readonly field: string;
  readonly value: string | number | null;
  readonly id: string;
}

/** An opaque cursor for a place in a list: base64url of JSON. */
export function encodeCursor({ field, value, id }: Keyset): string {
  return Buffer.from(JSON.stringify([field, value, id])).toString('base64url');
}

/**
 * The place that a cursor of a list ordered by `field` stands for.
 * @throws CortigraphError BAD_USER_INPUT when it is not a cursor, or one of another order.
 */
export function decodeCursor(cursor: string, field: string): Keyset {
  const parts = parse(cursor);
  const [of, value, id] = parts ?? [];
  const isValue = value === null || typeof value === 'string' || typeof value === 'number';
  if (parts?.length !== 3 || typeof of !== 'string' || typeof id !== 'string' || !isValue) {
    throw badUserInput(`${quoted(cursor)} is not a cursor of this list.`);
  }
  if (of !== field) throw badUserInput(`That cursor belongs to a list ordered by ${of}, not by ${field}.`);
  return { field, value, id };
}

function parse(cursor: string): readonly unknown[] | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
