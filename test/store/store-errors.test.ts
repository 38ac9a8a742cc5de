import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CortigraphError } from '../../src/domain/errors.js';
import { asUnavailable, unavailable } from '../../src/store/store-errors.js';

const withCode = (code: string | number): Error => Object.assign(new Error('as the store says it'), { code });

describe('a store that cannot serve', () => {
  test('is UNAVAILABLE with a reason that says what to do', () => {
    for (const [code, reason] of [
      ['SQLITE_FULL', /its disk is full/],
      ['ENOSPC', /its disk is full/],
      ['EFBIG', /its disk is full/],
      [14031, /its disk is full/],
      ['SQLITE_READONLY_DBMOVED', /may not be written to: check its permissions/],
      ['EROFS', /may not be written to: check its permissions/],
      ['SQLITE_BUSY', /another process holds it/],
      ['SQLITE_IOERR_WRITE', /cannot be written to: its disk is full, or broken/],
      ['SQLITE_IOERR_READ', /its disk reports errors/],
      ['SQLITE_CANTOPEN', /cannot be opened: check its folder/],
      ['ECONNREFUSED', /^The store cannot be reached now; try again\.$/],
    ] as const) {
      const error = unavailable(withCode(code));
      assert.deepEqual([error.code, reason.test(error.message)], ['UNAVAILABLE', true], `${code}: ${error.message}`);
      assert.doesNotMatch(error.message, /as the store says it/);
    }
  });

  test('is told from a fault, also where the driver passes on what a socket said', () => {
    for (const code of ['SQLITE_FULL', 'SQLITE_READONLY', 'EPIPE', 'ECONNRESET', 14031, 11600])
      assert.ok(asUnavailable(withCode(code)) instanceof CortigraphError, String(code));
    for (const error of [withCode('SQLITE_CORRUPT'), withCode('ERR_ASSERTION'), withCode(11000), new Error('x'), 'x'])
      assert.equal(asUnavailable(error), error);
  });
});
