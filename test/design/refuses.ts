import assert from 'node:assert/strict';
import { CortigraphError } from '../../src/domain/errors.js';

/** Holds that something is refused as BAD_USER_INPUT, with a message and with some of the details. */
export function refuses(ask: () => unknown, message: RegExp, details: Readonly<Record<string, unknown>> = {}): void {
  try {
    ask();
  } catch (error) {
    assert.ok(error instanceof CortigraphError, String(error));
    assert.equal(error.code, 'BAD_USER_INPUT');
    assert.match(error.message, message);
    for (const [name, value] of Object.entries(details)) assert.deepEqual(error.details[name], value, name);
    return;
  }
  assert.fail(`Nothing was refused where ${message} was expected.`);
}
