import { CortigraphError } from '../../src/domain/errors.js';

/** Whether an error is a CortigraphError with the code BAD_USER_INPUT; for assert.throws. */
export function isBadUserInput(error: unknown): boolean {
  return error instanceof CortigraphError && error.code === 'BAD_USER_INPUT';
}
