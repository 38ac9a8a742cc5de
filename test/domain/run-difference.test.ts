import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { differencesOf } from '../../src/domain/run-difference.js';

const run = (rateE: readonly number[], outcome = 'COMPLETED', batchMs: number | null = 250): never =>
  ({ outcome, sums: { batchMs, outputs: { rateI: [1, 2], rateE } } }) as never;

describe('the difference of a run that was run again', () => {
  it('is none where every bit is the same, as it is kept in JSON', () => {
    assert.deepEqual(differencesOf(run([3, 0.1]), run([3, 0.1])), []);
    assert.deepEqual(differencesOf(run([0]), run([-0])), []);
  });

  it('names each figure, by its first batch, or what else there is', () => {
    assert.deepEqual(differencesOf(run([3, 4]), run([3, 5])), ['rateE, batch 1: 4 is stored, now it is 5']);
    assert.deepEqual(differencesOf(run([0.3]), run([0.1 + 0.2])), [
      'rateE, batch 0: 0.3 is stored, now it is 0.30000000000000004',
    ]);
    assert.deepEqual(differencesOf(run([3]), run([3, 5])), ['rateE: 1 batches are stored, now there are 2']);
    assert.deepEqual(differencesOf(run([3]), run([3], 'runaway')), ['outcome: COMPLETED is stored, now it is runaway']);
    assert.deepEqual(differencesOf(run([3]), run([3], 'COMPLETED', 100)), ['the form of the sums']);
    assert.match(
      differencesOf(run([]), { outcome: 'COMPLETED', sums: { batchMs: 250, outputs: {} } })[0] ?? '',
      /rateI/,
    );
  });
});
