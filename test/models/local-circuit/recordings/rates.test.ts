import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deviation, figureOf, numbersOf, poissonTrains, recordingOf, regularTrain } from './spike-trains.js';

describe('the rates of populations', () => {
  test('are in bins of 5 ms, each cell alike, the last bin over its own length', () => {
    const { table } = recordingOf('populationRates', { e: [[0, 49, 50], [110]], i: [[119]], blocks: 12 });
    assert.equal(table.rowCount, 3);
    assert.deepEqual(numbersOf(table, 'timeMs'), Float64Array.of(0, 5, 10));
    assert.deepEqual(numbersOf(table, 'rateE'), Float32Array.of(200, 100, 250));
    assert.deepEqual(numbersOf(table, 'rateI'), Float32Array.of(0, 0, 500));
  });

  test('tell the greatest rate of a whole bin, with no error', () => {
    const recorded = recordingOf('populationRates', { e: [[0, 49, 50], [110]], i: [[119]], blocks: 12 });
    assert.deepEqual(
      recorded.figures.map(({ name, value, standardError }) => [name, value, standardError]),
      [
        ['peakRateE', 200, null],
        ['peakRateI', 0, null],
      ],
    );
  });

  test('tell no greatest rate of a run of no whole bin', () => {
    const { figures, table } = recordingOf('populationRates', { e: [[0]], i: [[]], blocks: 4 });
    assert.deepEqual(figures, []);
    assert.deepEqual(numbersOf(table, 'rateE'), Float32Array.of(250));
  });

  test('keep counts that their float32 gives back', () => {
    const e = poissonTrains(3, 70, 40, 3000);
    const { table } = recordingOf('populationRates', { e, i: [[]], blocks: 3000 });
    const counts = Array.from(numbersOf(table, 'rateE'), (rate) => rate * 70 * 0.005);
    for (const count of counts) assert.ok(Math.abs(count - Math.round(count)) < 1e-3);
    assert.equal(
      counts.reduce((sum, count) => sum + Math.round(count), 0),
      e.flat().length,
    );
  });
});

describe('the rates of cells', () => {
  test('are spikes over the time that was recorded, each cell with its population', () => {
    const { table } = recordingOf('cellRates', {
      e: [regularTrain(100, 50), []],
      i: [[499]],
      blocks: 50,
      plannedBlocks: 90,
    });
    assert.equal(table.rowCount, 3);
    assert.deepEqual(numbersOf(table, 'cell'), Uint16Array.of(0, 1, 2));
    assert.deepEqual(table.columns[1], { name: 'population', unit: null, strings: ['E', 'E', 'I'] });
    assert.deepEqual(numbersOf(table, 'spikes'), Uint32Array.of(5, 0, 1));
    assert.deepEqual(numbersOf(table, 'rate'), Float64Array.of(100, 0, 20));
  });

  test('have a mean whose error is the SD over cells by √n', () => {
    const e = [regularTrain(100, 100), regularTrain(200, 100), regularTrain(400, 100, 1)]; // 100, 50 and 30 Hz
    const figure = figureOf(recordingOf('cellRates', { e, i: [[]], blocks: 100 }), 'meanRateE');
    const sd = Math.sqrt((40 ** 2 + 10 ** 2 + 30 ** 2) / 2);
    assert.equal(figure.value, 60);
    assert.equal(figure.n, 3);
    assert.equal(figure.degreesOfFreedom, 2);
    assert.ok(Math.abs((figure.standardDeviation ?? 0) - sd) < 1e-12);
    assert.ok(Math.abs((figure.standardError ?? 0) - sd / Math.sqrt(3)) < 1e-12);
  });

  test('of silence have the error of one spike', () => {
    const figure = figureOf(recordingOf('cellRates', { e: [[], [], [], []], i: [[]], blocks: 500 }), 'meanRateE');
    assert.equal(figure.value, 0);
    assert.equal(figure.standardError, 1 / (4 * 0.5));
    assert.equal(figure.standardDeviation, 0);
  });

  test('of independent cells lie within their errors of the truth', () => {
    const recorded = recordingOf('cellRates', {
      e: poissonTrains(5, 200, 20, 5000),
      i: poissonTrains(6, 100, 50, 5000),
      blocks: 5000,
    });
    // Each fails with another seed once in 10,000.
    assert.ok(Math.abs(deviation(figureOf(recorded, 'meanRateE'), 20)) < 3.9);
    assert.ok(Math.abs(deviation(figureOf(recorded, 'meanRateI'), 50)) < 3.9);
  });

  test('are missing, and so are figures, where nothing was recorded', () => {
    const { figures, table } = recordingOf('cellRates', { e: [[]], i: [[]], blocks: 0, plannedBlocks: 100 });
    assert.deepEqual(figures, []);
    assert.deepEqual(numbersOf(table, 'rate'), Float64Array.of(NaN, NaN));
  });
});
