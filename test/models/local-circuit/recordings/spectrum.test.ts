import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Xoshiro128 } from '../../../../src/models/xoshiro128.js';
import { figureOf, numbersOf, poissonTrain, poissonTrains, recordingOf } from './spike-trains.js';

/** Poisson trains of `rateHz` on average, modulated to the full at `frequencyHz`. */
function modulatedTrains(seed: number, cells: number, rateHz: number, frequencyHz: number, blocks: number): number[][] {
  const random = new Xoshiro128('noise', seed);
  const kept = (step: number): boolean =>
    random.next() / 2 ** 32 < (1 + Math.cos((2 * Math.PI * frequencyHz * step) / 10_000)) / 2;
  return Array.from({ length: cells }, () => poissonTrain(random, 2 * rateHz, blocks).filter(kept));
}

const mean = (values: Iterable<number>): number => {
  const all = [...values];
  return all.reduce((sum, value) => sum + value, 0) / all.length;
};

describe('the spectrum of a population’s rate', () => {
  test('is flat at 2r/N of independent Poisson cells, with errors that fit', () => {
    const blocks = 60_000;
    const { table } = recordingOf('spectrum', {
      e: poissonTrains(1, 50, 20, blocks),
      i: poissonTrains(2, 20, 60, blocks),
      blocks,
    });
    const segments = 1 + Math.floor((blocks - 1024) / 512);
    for (const [name, rate, cells] of [
      ['E', 20, 50],
      ['I', 60, 20],
    ] as const) {
      const expected = ((2 * rate) / cells) * (1 - rate / 10_000); // binomial on the grid
      const power = numbersOf(table, `power${name}`).slice(1, -1);
      // The mean over frequencies is a weighted variance, of relative variance 2·Σw⁴/(Σw²)²·(1 + 2·.086)/segments.
      const relativeError = Math.sqrt((((2 * 35) / 128 / (3 / 8) ** 2 / 1024) * 1.17) / segments);
      assert.ok(Math.abs(mean(power) / expected - 1) < 4 * relativeError, `${mean(power)}`); // once in 15,000 seeds
      const fifths = [0, 1, 2, 3, 4].map((fifth) => mean(power.slice(fifth * 102, (fifth + 1) * 102)));
      for (const part of fifths) assert.ok(Math.abs(part / expected - 1) < 4 * Math.sqrt(5) * relativeError);
      // Power is exponential in a segment, so its error is itself by √segments, and 2/36 more for the overlap.
      const squares = mean(
        numbersOf(table, `standardError${name}`)
          .slice(1, -1)
          .map((error) => error * error),
      );
      const told = Math.sqrt(squares) / (expected * Math.sqrt((1 + 2 / 36) / segments));
      assert.ok(Math.abs(told - 1) < 0.08, `${told}`); // 4 SDs
    }
  });

  test('has the variance of the rate as its integral', () => {
    const blocks = 20_480;
    const { table } = recordingOf('spectrum', { e: poissonTrains(3, 40, 30, blocks), i: [[]], blocks });
    const integral = mean(numbersOf(table, 'powerE')) * 500;
    const { table: rates } = recordingOf('cellRates', { e: poissonTrains(3, 40, 30, blocks), i: [[]], blocks });
    const rate = mean(numbersOf(rates, 'rate').slice(0, 40));
    assert.ok(Math.abs(integral / ((rate / 40) * 1000) - 1) < 0.06); // of r/(NΔ); 4 errors
  });

  test('of a rate that is modulated peaks at its frequency, with the power that follows from it', () => {
    const blocks = 20_480;
    const frequencyHz = 41 * (1000 / 1024);
    const recorded = recordingOf('spectrum', {
      e: modulatedTrains(4, 100, 20, frequencyHz, blocks),
      i: modulatedTrains(5, 50, 40, 3 * frequencyHz, blocks),
      blocks,
    });
    assert.equal(figureOf(recorded, 'peakFrequencyE').value, frequencyHz);
    assert.equal(figureOf(recorded, 'peakFrequencyI').value, 3 * frequencyHz);
    assert.equal(figureOf(recorded, 'peakFrequencyE').standardError, null);
    const { value, standardError, n } = figureOf(recorded, 'peakPowerE');
    assert.equal(n, 39);
    // a²N/3 of samples of 1 ms, which take sinc² of it; and the Poisson floor.
    const smeared = Math.sin(Math.PI * frequencyHz * 0.001) / (Math.PI * frequencyHz * 0.001);
    const expected = (((20 * smeared) ** 2 * 1024) / 3) * 0.001 + (2 * 20) / 100;
    assert.ok(Math.abs(value - expected) < 4 * (standardError ?? 0), `${value} ± ${standardError}, not ${expected}`);
  });

  test('has frequencies from 1/segment to 500 Hz', () => {
    const { table } = recordingOf('spectrum', { e: [[5]], i: [[5]], blocks: 4000 });
    const frequency = numbersOf(table, 'frequency');
    assert.deepEqual([table.rowCount, frequency[0], frequency[511]], [512, 1000 / 1024, 500]);
  });

  test('of a shorter run has shorter segments; of one segment no errors; below 128 ms no rows', () => {
    const of = (blocks: number, plannedBlocks = blocks): ReturnType<typeof recordingOf> =>
      recordingOf('spectrum', { e: [[5, 77, 300]], i: [[9]], blocks, plannedBlocks });
    assert.equal(of(1023).table.rowCount, 256);
    assert.equal(of(128).table.rowCount, 64);
    assert.ok(numbersOf(of(128).table, 'standardErrorE').every(Number.isNaN));
    assert.equal(figureOf(of(128), 'peakPowerE').standardError, null);
    for (const none of [of(127), of(500, 4000), of(0, 4000)]) {
      assert.deepEqual([none.table.rowCount, none.figures], [0, []]);
      for (const { name } of none.table.columns) assert.equal(numbersOf(none.table, name).length, 0);
    }
    assert.equal(of(1024, 4000).table.rowCount, 512); // aborted, but after a full segment
  });

  test('leaves out the figures of a silent population', () => {
    const recorded = recordingOf('spectrum', { e: [[5, 77]], i: [[]], blocks: 2048 });
    assert.deepEqual(
      recorded.figures.map(({ name }) => name),
      ['peakFrequencyE', 'peakPowerE'],
    );
    assert.ok(numbersOf(recorded.table, 'powerI').every((power) => power === 0));
  });
});
