import { badUserInput, type CortigraphError } from '../domain/errors.js';
import type { JsonObject } from '../domain/json.js';

/** A limit, and what was found beyond it. */
export interface Excess {
  /** The setting that holds the limit; undefined for one that is fixed. */
  readonly setting?: string;
  readonly allowed: number;
  /** Undefined where it is only known to be more. */
  readonly found?: number;
  /** What is too much, as a sentence that lacks its end. */
  readonly what: string;
  /** What to do about it, as a sentence. */
  readonly advice: string;
}

/** What an error says of an excess, to people: the limit, what was found, and what to do. */
export function messageOf({ setting, allowed, what, advice }: Excess): string {
  return `${what}; at most ${allowed} are allowed${setting === undefined ? '' : ` (${setting})`}. ${advice}`;
}

/** The same to programs. */
export function detailsOf({ setting, allowed, found }: Excess): JsonObject {
  return { ...(setting === undefined ? {} : { setting }), allowed, ...(found === undefined ? {} : { found }) };
}

/** The error of a request that goes beyond a limit, where HTTP has no status of its own for that. */
export function beyondLimit(excess: Excess): CortigraphError {
  return badUserInput(messageOf(excess), detailsOf(excess));
}
