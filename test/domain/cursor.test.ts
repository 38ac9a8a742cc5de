import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from '../../src/domain/cursor.js';
import { isBadUserInput } from './is-bad-user-input.js';

describe('cursors', () => {
  it('read back to the place that they stand for', () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constant(null),
    );
    fc.assert(
      fc.property(value, fc.string({ unit: 'grapheme' }), (at, id) => {
        const place = { field: 'createdAt', value: Object.is(at, -0) ? 0 : at, id };
        assert.deepEqual(decodeCursor(encodeCursor(place), 'createdAt'), place);
      }),
    );
  });

  it('are refused with a code whatever text comes in their place', () => {
    fc.assert(fc.property(fc.string(), (text) => assert.throws(() => decodeCursor(text, 'createdAt'), isBadUserInput)));
    for (const value of [{}, [], ['createdAt', {}, 'x'], ['createdAt', 1, 2], ['createdAt', 'a', 'b', 'c'], null, 7]) {
      const text = Buffer.from(JSON.stringify(value)).toString('base64url');
      assert.throws(() => decodeCursor(text, 'createdAt'), isBadUserInput);
    }
  });

  it('are refused by a list of another order', () => {
    const cursor = encodeCursor({ field: 'name', value: 'a', id: 'b' });
    assert.throws(() => decodeCursor(cursor, 'createdAt'), isBadUserInput);
  });
});
