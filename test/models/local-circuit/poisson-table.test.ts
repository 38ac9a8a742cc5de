import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { PoissonTable } from '../../../src/models/local-circuit/poisson-table.js';
import { poissonCount, poissonTable } from '../../../src/models/local-circuit/poisson-table.js';
import { logGamma } from '../tail-probabilities.js';

const LAST_UNIFORM = 2 ** 32 - 1;
const MEANS = [0, 1e-3, 0.5, 5, 150, 1500];

/** ln of the Poisson probability of k, in log space: k·ln m − m − ln k!. */
function logProbability(mean: number, k: number): number {
  if (mean === 0) return k === 0 ? 0 : -Infinity;
  return k * Math.log(mean) - mean - logGamma(k + 1);
}

/** The probability that a table gives to a count: the share of the 2^32 uniforms that stand for it. */
function tableProbability({ first, thresholds }: PoissonTable, k: number): number {
  const i = k - first;
  const upTo = (index: number): number => (index < 0 ? 0 : ((thresholds[index] ?? LAST_UNIFORM) + 1) / 2 ** 32);
  return upTo(i) - upTo(i - 1);
}

/** The count of a uniform by a plain search from the first threshold. */
function plainSearch({ first, thresholds }: PoissonTable, uniform: number): number {
  return first + thresholds.findIndex((threshold) => uniform <= threshold);
}

describe('a Poisson table', () => {
  for (const mean of MEANS) {
    const table = poissonTable(mean);
    const last = table.first + table.thresholds.length - 1;

    test(`of mean ${mean} has every probability within the resolution of the uniforms`, () => {
      // Each threshold is rounded up to one of 2^32, and the sums before it round by 1e-16 a term.
      for (let k = 0; k <= last + 20; k += 1)
        assert.ok(
          Math.abs(tableProbability(table, k) - Math.exp(logProbability(mean, k))) < 2 ** -32 + 1e-13,
          `count ${k}`,
        );
    });

    test(`of mean ${mean} has that mean and variance`, () => {
      let [m, square] = [0, 0];
      for (let k = table.first; k <= last; k += 1) {
        m += k * tableProbability(table, k);
        square += (k - mean) ** 2 * tableProbability(table, k);
      }
      // Each of the thresholds gives away up to 2^−32, to a count that lies within the table.
      const width = last - table.first;
      assert.ok(Math.abs(m - mean) <= width * 2 ** -32 + 1e-12 * mean, `mean ${m}`);
      assert.ok(Math.abs(square - mean) <= width ** 3 * 2 ** -32 + 1e-12 * mean, `variance ${square}`);
    });

    test(`of mean ${mean} ascends, ends at 2^32 − 1 and gives a count for every uniform`, () => {
      const { thresholds } = table;
      assert.ok(thresholds.every((threshold, i) => i === 0 || threshold >= (thresholds[i - 1] ?? 0)));
      assert.equal(thresholds.at(-1), LAST_UNIFORM);
      assert.equal(poissonCount(table, 0), table.first);
      const greatest = poissonCount(table, LAST_UNIFORM);
      assert.ok(greatest >= table.first && greatest <= last);
      assert.equal(greatest, plainSearch(table, LAST_UNIFORM));
    });

    test(`of mean ${mean} leaves out nothing that a uniform of 32 bits could show`, () => {
      if (table.first > 0) assert.ok(logProbability(mean, table.first - 1) < Math.log(2 ** -32 / 1e6));
      assert.ok(logProbability(mean, last + 1) < Math.log(2 ** -32 / 1e6));
    });
  }

  test('of mean 0 gives 0 always', () => {
    const table = poissonTable(0);
    for (const uniform of [0, 1, 2 ** 31, LAST_UNIFORM]) assert.equal(poissonCount(table, uniform), 0);
  });

  test('of mean 1500 begins and ends where ten standard deviations do', () => {
    const { first, thresholds } = poissonTable(1500);
    assert.ok(first > 1500 - 11 * Math.sqrt(1500) && first < 1500 - 9 * Math.sqrt(1500), `first ${first}`);
    const last = first + thresholds.length - 1;
    assert.ok(last < 1500 + 11.5 * Math.sqrt(1500) && last > 1500 + 9 * Math.sqrt(1500), `last ${last}`);
  });

  test('is read by its guide as by a plain search, at any mean and uniform and at every threshold', () => {
    const mean = fc.oneof(
      fc.constantFrom(...MEANS),
      fc.double({ min: 0, max: 1500, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    const uniform = fc.oneof(
      fc.integer({ min: 0, max: LAST_UNIFORM }),
      fc.nat(255).map((top) => top * 2 ** 24), // where the guide changes
      fc.nat(255).map((top) => top * 2 ** 24 + 2 ** 24 - 1),
    );
    fc.assert(
      fc.property(mean, fc.array(uniform, { minLength: 20, maxLength: 20 }), (ofMean, uniforms) => {
        const table = poissonTable(ofMean);
        const edges = Array.from(table.thresholds).flatMap((threshold) => [
          threshold,
          Math.min(threshold + 1, LAST_UNIFORM),
        ]);
        for (const u of [...uniforms, ...edges])
          assert.equal(poissonCount(table, u), plainSearch(table, u), `uniform ${u}`);
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  test('gives greater counts to greater uniforms', () => {
    const pair = fc.tuple(fc.integer({ min: 0, max: LAST_UNIFORM }), fc.integer({ min: 0, max: LAST_UNIFORM }));
    const table = poissonTable(5);
    fc.assert(
      fc.property(pair, ([a, b]) => Math.sign(poissonCount(table, a) - poissonCount(table, b)) * Math.sign(a - b) >= 0),
      { seed: 5 },
    );
  });
});
