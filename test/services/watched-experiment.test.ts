import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { ChunkDocument } from '../../src/domain/documents.js';
import type { ChunkProgress } from '../../src/services/watched-experiment.js';
import { WatchedExperiment } from '../../src/services/watched-experiment.js';

const moment = new Date(0).toISOString();

/** All that is read of a chunk. */
const chunk = (_id: string, done: number, failed = 0): ChunkDocument => ({ _id, done, failed }) as ChunkDocument;

/** What a look finds: of the chunks that are not counted here. */
const found = (done: number, failed = 0) => ({ done, failed, computed: 0, outcomes: [], open: 1 });

describe('the progress of an experiment', () => {
  let told: ChunkProgress[];
  let watched: WatchedExperiment;
  beforeEach(() => {
    told = [];
    watched = new WatchedExperiment(() => told.push(watched.progress()));
    watched.total = 256;
    watched.look(found(44, 2), moment);
  });
  const counted = (): readonly number[] => {
    const { done, failed, since } = watched.progress();
    return [done, failed, since?.done ?? NaN];
  };

  it('counts the rows of a chunk that was begun before once', () => {
    watched.take(chunk('a', 44, 2));
    assert.deepEqual(counted(), [44, 2, 44]);
    watched.begin('a', { done: 44, failed: 2 });
    watched.count('a', { done: 76, failed: 0 });
    assert.deepEqual(counted(), [76, 0, 44]);
    watched.look(found(0), moment);
    assert.deepEqual(counted(), [76, 0, 44], 'a look counts what is not counted here');
  });

  it('takes rows that a crash left in a chunk without counts for done before, not for work of this process', () => {
    watched.take(chunk('b', 0));
    watched.begin('b', { done: 60, failed: 0 });
    assert.deepEqual(counted(), [104, 2, 104]);
    watched.count('b', { done: 64, failed: 0 });
    assert.deepEqual(counted(), [108, 2, 104]);
  });

  it('keeps what a chunk came to that is given back, and counts it once when it is taken again', () => {
    watched.take(chunk('b', 0));
    watched.begin('b', { done: 0, failed: 0 });
    watched.count('b', { done: 32, failed: 1 });
    watched.release('b', { done: 40, failed: 1 });
    watched.release('b', { done: 40, failed: 1 });
    assert.deepEqual(counted(), [84, 3, 44]);
    assert.equal(watched.counted.has('b'), false);
    watched.take(chunk('b', 40, 1));
    assert.deepEqual(counted(), [84, 3, 44]);
  });

  it('is told at every step that adds to it', () => {
    watched.take(chunk('b', 0));
    watched.begin('b', { done: 0, failed: 0 });
    watched.count('b', { done: 32, failed: 0 });
    assert.deepEqual(told.map(({ done }) => done), [44, 44, 76]); // prettier-ignore
  });
});
