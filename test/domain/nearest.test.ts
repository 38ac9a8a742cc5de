import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nearestName } from '../../src/domain/nearest.js';

describe('nearestName', () => {
  const known = ['lgnRateE', 'lgnRateI', 'sEE', 'local-circuit'];

  it('offers what was probably meant', () => {
    assert.equal(nearestName('lgnrateE', known), 'lgnRateE');
    assert.equal(nearestName('local_circuit', known), 'local-circuit');
  });

  it('offers nothing when nothing is near', () => {
    assert.equal(nearestName('temperature', known), undefined);
    assert.equal(nearestName('x', []), undefined);
  });
});
