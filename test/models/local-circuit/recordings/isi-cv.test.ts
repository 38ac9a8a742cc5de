import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LEAST_INTERVALS } from '../../../../src/models/local-circuit/recordings/isi-cv.js';
import { deviation, figureOf, numbersOf, poissonTrains, recordingOf, regularTrain } from './spike-trains.js';

describe('the CV of interspike intervals', () => {
  test('is exactly 0 of regular trains, over ten minutes too, and the mean has no error then', () => {
    const recorded = recordingOf('isiCv', {
      e: [regularTrain(73, 1000), regularTrain(211, 1000, 5)],
      i: [regularTrain(97, 1000)],
      blocks: 1000,
    });
    assert.deepEqual(numbersOf(recorded.table, 'isiCv'), Float64Array.of(0, 0, 0));
    assert.equal(figureOf(recorded, 'isiCvE').value, 0);
    assert.equal(figureOf(recorded, 'isiCvE').standardError, null);
    const long = recordingOf('isiCv', { e: [regularTrain(997, 600_000)], i: [[]], blocks: 600_000 });
    assert.equal(numbersOf(long.table, 'isiCv')[0], 0);
  });

  test('is the SD over the mean of alternating intervals', () => {
    const train = [100, 110, 130, 140, 160, 170, 190]; // intervals of 10 and 20 steps, three each
    const { table } = recordingOf('isiCv', { e: [train], i: [[]], blocks: 20 });
    assert.ok(Math.abs((numbersOf(table, 'isiCv')[0] ?? NaN) - Math.sqrt(30) / 15) < 1e-15);
    assert.equal(numbersOf(table, 'intervals')[0], 6);
  });

  test(`is missing with fewer than ${LEAST_INTERVALS} intervals, and the mean is over the cells that have one`, () => {
    const recorded = recordingOf('isiCv', {
      e: [regularTrain(50, 30), regularTrain(50, 25), [], [7]], // five intervals, four, none, none
      i: [[1]],
      blocks: 30,
    });
    assert.deepEqual(numbersOf(recorded.table, 'intervals'), Uint32Array.of(5, 4, 0, 0, 0));
    assert.deepEqual(numbersOf(recorded.table, 'isiCv'), Float64Array.of(0, NaN, NaN, NaN, NaN));
    assert.deepEqual(
      recorded.figures.map(({ name, n }) => [name, n]),
      [['isiCvE', 1]],
    );
  });

  test('is 1 of Poisson trains', () => {
    const recorded = recordingOf('isiCv', {
      e: poissonTrains(1, 100, 20, 100_000),
      i: poissonTrains(2, 50, 50, 100_000),
      blocks: 100_000,
    });
    // On the grid √(1 − p); the bias of 2,000 intervals, −.0005, is a quarter of the error. Fails once in 5,000 seeds.
    assert.ok(Math.abs(deviation(figureOf(recorded, 'isiCvE'), Math.sqrt(1 - 0.002))) < 4);
    assert.ok(Math.abs(deviation(figureOf(recorded, 'isiCvI'), Math.sqrt(1 - 0.005))) < 4);
  });

  test('of Poisson trains with few intervals is too low by as much as is said', () => {
    const bias = (intervals: number): number => {
      const trains = poissonTrains(3, 4000, 20, 6000).map((train) => train.slice(0, intervals + 1));
      const { value } = figureOf(recordingOf('isiCv', { e: trains, i: [[]], blocks: 6000 }), 'isiCvE');
      return 1 - value;
    };
    // Errors over 4,000 cells are .005, .004 and .003.
    assert.ok(Math.abs(bias(5) - 0.13) < 0.02);
    assert.ok(Math.abs(bias(10) - 0.08) < 0.016);
    assert.ok(Math.abs(bias(20) - 0.04) < 0.012);
  });
});
