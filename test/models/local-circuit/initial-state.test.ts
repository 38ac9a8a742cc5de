import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OracleCircuit } from '../../../src/models/local-circuit/oracle-circuit.js';
import { circuitParameters } from '../../../src/models/local-circuit/circuit-parameters.js';
import { circuitConstants } from '../../../src/models/local-circuit/constants.js';
import { buildNetwork } from '../../../src/models/local-circuit/network.js';
import { Xoshiro128Lanes } from '../../../src/models/xoshiro128.js';
import { kolmogorovTail, twoSidedNormalTail } from '../tail-probabilities.js';
import { REST_W, THRESHOLD_W, zeroValues } from './silent-circuit.js';

const network = buildNetwork(circuitConstants, 1);
const circuitOf = (noiseSeed: number): OracleCircuit =>
  new OracleCircuit(circuitConstants, circuitParameters(circuitConstants, zeroValues), network, noiseSeed);

/** Each test of randomness may fail for so many of the noise seeds of a right generator. */
const FALSE_ALARM = 1e-5;

/** Initial voltages as fractions of the way from rest to threshold, one array a seed. */
const starts = Array.from({ length: 50 }, (_, seed) =>
  Array.from(circuitOf(seed).state.w, (w) => (w - REST_W) / (THRESHOLD_W - REST_W)),
);

describe('the initial state', () => {
  test('has no conductance, no input but what clears the arrays, and no spike', () => {
    const { state, inputs, spikesE, spikesI } = circuitOf(1);
    const { w, ...conductances } = state;
    assert.equal(w.length, 400);
    for (const variable of Object.values(conductances)) assert.ok(variable.every((value) => value === 0));
    for (const input of Object.values(inputs)) assert.ok(input.every((value) => value === Math.fround(1e-30)));
    assert.deepEqual([spikesE, spikesI], [0, 0]);
  });

  test('has voltages between rest and threshold', () => {
    assert.ok(starts.flat().every((fraction) => fraction >= 0 && fraction <= 1));
  });

  test(`has them uniform, over all cells and in each lane (false alarms: ${FALSE_ALARM} of seeds)`, () => {
    const uniform = (x: number): number => x;
    assert.ok(kolmogorovTail(starts.flat(), uniform) > FALSE_ALARM / 5);
    for (let lane = 0; lane < 4; lane += 1) {
      const p = kolmogorovTail(
        starts.flatMap((start) => start.filter((_, cell) => cell % 4 === lane)),
        uniform,
      );
      assert.ok(p > FALSE_ALARM / 5, `lane ${lane}: p = ${p}`);
    }
  });

  test(`has them independent between neighbours, groups and successive seeds (false alarms: ${FALSE_ALARM})`, () => {
    const centred = starts.map((start) => start.map((fraction) => (fraction - 0.5) * Math.sqrt(12)));
    const score = (products: readonly number[]): number =>
      products.reduce((sum, product) => sum + product, 0) / Math.sqrt(products.length);
    const atDistance = (distance: number): number[] =>
      centred.flatMap((start) => start.slice(distance).map((x, i) => x * (start[i] ?? NaN)));
    const betweenSeeds = centred.slice(1).flatMap((start, k) => start.map((x, i) => x * (centred[k]?.[i] ?? NaN)));
    for (const products of [atDistance(1), atDistance(2), atDistance(4), betweenSeeds]) {
      const z = score(products);
      assert.ok(twoSidedNormalTail(z) > FALSE_ALARM / 4, `z = ${z}`);
    }
  });

  test('is drawn from the stream of the noise: 24 bits a cell, four cells a draw', () => {
    for (const seed of [1, 2 ** 31 - 1]) {
      const random = new Xoshiro128Lanes('noise', seed);
      circuitOf(seed).state.w.forEach((w, cell) => {
        if (cell % 4 === 0) random.draw();
        const fraction = ((random.words[cell % 4] ?? NaN) >>> 8) / 2 ** 24;
        assert.ok(Math.abs(w - (REST_W + fraction * (THRESHOLD_W - REST_W))) <= 2 ** -26, `cell ${cell}`);
      });
    }
  });

  test('depends on the noise seed alone', () => {
    assert.notDeepEqual(circuitOf(1).state.w, circuitOf(2).state.w);
    const other = new OracleCircuit(
      circuitConstants,
      circuitParameters(circuitConstants, { ...zeroValues, sEE: 0.1, lgnRateE: 100 }),
      buildNetwork(circuitConstants, 2),
      1,
    );
    assert.deepEqual(other.state.w, circuitOf(1).state.w);
  });
});
