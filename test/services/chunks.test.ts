import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Extent } from '../../src/domain/documents.js';
import { Xoshiro128 } from '../../src/models/xoshiro128.js';
import { chunksOf, numberOfChunks } from '../../src/services/chunks.js';

describe('the chunks of an experiment', () => {
  it('hold each row of it once, at most 128 at a time, however it grew, and are as many as is told', () => {
    const random = new Xoshiro128('noise', 1);
    for (let trial = 0; trial < 200; trial += 1) {
      const extents: Extent[] = [];
      let [size, replicates] = [1 + (random.next() % 300), 1 + (random.next() % 5)];
      for (let step = random.next() % 4; step >= 0; step -= 1) {
        extents.push({ size, replicates });
        size += random.next() % 200;
        replicates += random.next() % (trial % 10 === 0 ? 300 : 3);
      }
      const chunks = [...chunksOf('exp', 'now', extents)];
      const rows = new Set<string>();
      for (const { firstPoint, points, firstReplicate, replicates: many } of chunks) {
        assert.ok(points > 0 && points * many <= 128);
        for (let point = firstPoint; point < firstPoint + points; point += 1)
          for (let k = firstReplicate; k < firstReplicate + many; k += 1) rows.add(`${point}/${k}`);
      }
      const last = extents.at(-1) ?? assert.fail();
      const counted = chunks.reduce((sum, chunk) => sum + chunk.points * chunk.replicates, 0);
      assert.deepEqual([rows.size, counted], [last.size * last.replicates, last.size * last.replicates]);
      assert.equal(new Set(chunks.map(({ _id }) => _id)).size, chunks.length);
      assert.equal(numberOfChunks(extents), chunks.length);
    }
  });
});
