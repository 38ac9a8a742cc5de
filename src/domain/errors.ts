import type { JsonObject } from './json.js';

/** Every code that an error of Cortigraph can carry, over every door, with what it means to the one who asked. */
export const errorCodes = {
  BAD_USER_INPUT: 'The request is not valid; nothing was stored or computed.',
  NOT_FOUND: 'Nothing has that id.',
  UNAUTHENTICATED: 'Sign in first.',
  FORBIDDEN: 'You may not do that.',
  CONFLICT: 'The state that the request relies on has changed, or the name is taken by something else.',
  TOO_COSTLY: 'Answering would take more simulated time than the server allows for one request.',
  RATE_LIMITED: 'Too many requests at once; ask again later.',
  OUT_OF_DOMAIN: 'The surrogate was not trained there, or is not accurate enough there.',
  UNAVAILABLE: 'Something that the request needs cannot be reached now.',
  TIMEOUT: 'The request took longer than the server allows.',
  INTERNAL: 'A fault of the server; the log has the details under the request id.',
} as const;

/** A code of {@link errorCodes}. */
export type ErrorCode = keyof typeof errorCodes;

/**
 * The one error that is meant to be seen by whoever asked. Everything else that is thrown is a fault and is shown as
 * INTERNAL. `details` are for programs (`allowed`, `nearest`, `cost`), the message is for people.
 */
export class CortigraphError extends Error {
  override readonly name = 'CortigraphError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: JsonObject = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A {@link CortigraphError} with the code BAD_USER_INPUT. */
export function badUserInput(message: string, details: JsonObject = {}): CortigraphError {
  return new CortigraphError('BAD_USER_INPUT', message, details);
}

/** A {@link CortigraphError} with the code NOT_FOUND. */
export function notFound(what: string): CortigraphError {
  return new CortigraphError('NOT_FOUND', `There is no ${what}.`);
}
