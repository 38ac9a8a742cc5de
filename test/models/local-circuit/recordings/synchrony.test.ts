import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { studentHalfWidth } from '../../../../src/statistics/student-t.js';
import { deviation, figureOf, numbersOf, poissonTrains, recordingOf } from './spike-trains.js';

describe('the synchrony of a population', () => {
  test('is 1 of independent Poisson cells, whatever their number and rate', () => {
    const blocks = 40_000;
    const recorded = recordingOf('synchrony', {
      e: poissonTrains(1, 60, 20, blocks),
      i: [...poissonTrains(2, 10, 5, blocks), ...poissonTrains(3, 10, 90, blocks)],
      blocks,
    });
    for (const name of ['synchronyE', 'synchronyI']) {
      const figure = figureOf(recorded, name);
      assert.equal(figure.n, 80);
      assert.ok(Math.abs(deviation(figure, 1)) < 4, `${figure.value} ± ${figure.standardError}`); // once in 7,000 seeds
      assert.ok((figure.standardError ?? 1) < 0.03);
    }
  });

  test('has an error whose 95-% interval holds the truth in 95 % of runs of eight segments', () => {
    const runs = 200;
    const width = studentHalfWidth(0.95, 7);
    const held = Array.from({ length: runs }, (_, seed) => {
      const firing = { e: poissonTrains(seed, 15, 20, 4000), i: [[]], blocks: 4000 };
      return Math.abs(deviation(figureOf(recordingOf('synchrony', firing), 'synchronyE'), 1)) <= width;
    }).filter(Boolean).length;
    assert.ok(held >= 0.9 * runs && held <= 0.99 * runs, `${held} of ${runs}`); // 3 SDs of 1.5 %: once in 400 seeds
  });

  test('is exactly the number of cells where all fire as one; no error is told of what always agrees', () => {
    const train = poissonTrains(4, 1, 30, 4000);
    const recorded = recordingOf('synchrony', {
      e: Array(12).fill(train[0]),
      i: Array(5).fill(train[0]),
      blocks: 4000,
    });
    assert.equal(figureOf(recorded, 'synchronyE').value, 12);
    assert.equal(figureOf(recorded, 'synchronyI').value, 5);
    assert.equal(figureOf(recorded, 'synchronyE').standardError, null);
    assert.deepEqual(numbersOf(recorded.table, 'synchronyE'), new Float64Array(8).fill(12));
  });

  test('is 1 + (N − 1)·r of cells that share a part of their spikes', () => {
    const blocks = 40_000;
    const shared = poissonTrains(5, 1, 10, blocks)[0] ?? [];
    const own = poissonTrains(6, 20, 10, blocks);
    const e = own.map((train) => [...new Set([...train, ...shared])].sort((a, b) => a - b));
    const figure = figureOf(recordingOf('synchrony', { e, i: [[]], blocks }), 'synchronyE');
    assert.ok(Math.abs(deviation(figure, 1 + 19 * 0.5)) < 4); // half of the spikes are shared
  });

  test('is below 1 of cells that take turns', () => {
    // Four cells, one spike of the population in each bin of 5 ms.
    const e = [0, 1, 2, 3].map((cell) => Array.from({ length: 200 }, (_, turn) => 50 * (4 * turn + cell)));
    const figure = figureOf(recordingOf('synchrony', { e, i: [[]], blocks: 4000 }), 'synchronyE');
    assert.equal(figure.value, 0);
  });

  test('has a row of each whole segment of 500 ms, and none of a population that is silent there', () => {
    const recorded = recordingOf('synchrony', { e: [[1, 7000]], i: [[2]], blocks: 1499 });
    assert.equal(recorded.table.rowCount, 2);
    assert.deepEqual(numbersOf(recorded.table, 'timeMs'), Float64Array.of(0, 500));
    assert.deepEqual(numbersOf(recorded.table, 'synchronyE'), Float64Array.of(1, 1));
    assert.deepEqual(numbersOf(recorded.table, 'synchronyI'), Float64Array.of(1, NaN));
    assert.equal(figureOf(recorded, 'synchronyI').standardError, null); // two segments
  });

  test('has no figure of silence and none of less than a segment', () => {
    assert.deepEqual(recordingOf('synchrony', { e: [[]], i: [[]], blocks: 4000 }).figures, []);
    const short = recordingOf('synchrony', { e: [[1]], i: [[1]], blocks: 499 });
    assert.deepEqual([short.figures, short.table.rowCount], [[], 0]);
  });
});
