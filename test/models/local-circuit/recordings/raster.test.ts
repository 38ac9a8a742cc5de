import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { numbersOf, poissonTrains, recordingOf } from './spike-trains.js';

describe('the raster', () => {
  test('has every spike in the order of time, then of cells, in ms that read as the decimal', () => {
    const { table, figures } = recordingOf('raster', {
      e: [
        [3, 12, 29],
        [0, 12],
      ],
      i: [[3, 19]],
      blocks: 3,
    });
    assert.deepEqual(numbersOf(table, 'timeMs'), Float64Array.of(0, 0.3, 0.3, 1.2, 1.2, 1.9, 2.9));
    assert.deepEqual(numbersOf(table, 'cell'), Uint16Array.of(1, 0, 2, 0, 1, 2, 0));
    assert.deepEqual(figures, []);
  });

  test('has no rows of silence', () => {
    const { table } = recordingOf('raster', { e: [[]], i: [[]], blocks: 5 });
    assert.equal(table.rowCount, 0);
    assert.deepEqual(numbersOf(table, 'timeMs'), new Float64Array(0));
  });

  test('gives back the trains of many cells', () => {
    const trains = poissonTrains(7, 60, 80, 2000);
    const { table } = recordingOf('raster', { e: trains.slice(0, 40), i: trains.slice(40), blocks: 2000 });
    const back = trains.map((): number[] => []);
    const cells = numbersOf(table, 'cell');
    numbersOf(table, 'timeMs').forEach((time, row) => back[cells[row] ?? -1]?.push(Math.round(10 * time)));
    assert.deepEqual(back, trains);
    assert.equal(table.rowCount, cells.length);
  });
});
