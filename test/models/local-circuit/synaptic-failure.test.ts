import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chiSquare, twoSidedChiSquareTail, twoSidedNormalTail } from '../tail-probabilities.js';
import { fire, silentCircuit } from './silent-circuit.js';

/** The tests of one run: each may fail for so many of the noise seeds of a right circuit. */
const FALSE_ALARM = 1e-5;

const FAILURE = 0.2;
const CELLS = 300;
const ROUNDS = 40;

/**
 * Each E cell in turn fires once, `ROUNDS` times over: of each spike, whether it failed at each of the cell's E→E
 * synapses. The weight is so small that nothing else ever fires.
 */
const spikes: { readonly cell: number; readonly failed: readonly boolean[] }[] = [];
const deliveredToI: boolean[] = [];
{
  const bench = silentCircuit({ sEE: 1e-6, sIE: 1e-6 }, { failureProbability: FAILURE });
  const { circuit, network } = bench;
  const arrived = (place: number): boolean => (circuit.inputs.cortical[place] ?? NaN) > 1e-20;
  for (let spike = 0; spike < ROUNDS * CELLS; spike += 1) {
    const cell = spike % CELLS;
    fire(bench, cell);
    circuit.advance();
    if (circuit.spikesE !== 1 || circuit.spikesI !== 0) throw new Error('exactly one cell fires in each block');
    spikes.push({ cell, failed: Array.from(network.eToE[cell] ?? [], (place) => !arrived(place)) });
    deliveredToI.push(...Array.from(network.eToI[cell] ?? [], arrived));
  }
}

const share = (outcomes: readonly boolean[]): number => outcomes.filter(Boolean).length / outcomes.length;

/** The deviation of a number of failures from n·p in standard deviations. */
const score = (outcomes: readonly boolean[], p = FAILURE): number =>
  (share(outcomes) - p) / Math.sqrt((p * (1 - p)) / outcomes.length);

/** Correlation of pairs of outcomes, times √n: standard normal where they are independent. */
function correlationScore(pairs: readonly (readonly [boolean, boolean])[]): number {
  const sum = pairs.reduce((total, [a, b]) => total + (Number(a) - FAILURE) * (Number(b) - FAILURE), 0);
  return sum / (FAILURE * (1 - FAILURE)) / Math.sqrt(pairs.length);
}

describe(`failures of E→E synapses, over half a million of them (false alarms of each test: ${FALSE_ALARM} of seeds),`, () => {
  test('have the probability .2', () => {
    const all = spikes.flatMap(({ failed }) => failed);
    assert.ok(all.length > 500_000);
    const z = score(all);
    assert.ok(twoSidedNormalTail(z) > FALSE_ALARM, `z = ${z}`);
  });

  test('are as many as binomial from spike to spike: not together, and not evened out', () => {
    const statistic = spikes.reduce((sum, { failed }) => sum + score(failed) ** 2, 0);
    const p = twoSidedChiSquareTail(statistic, spikes.length);
    assert.ok(p > FALSE_ALARM, `χ² = ${statistic} of ${spikes.length}`);
  });

  test('are as likely at every synapse of a cell: first, last, and in either half of a random word', () => {
    const byPosition = Array.from({ length: 64 }, (_, i) => spikes.flatMap(({ failed }) => failed.slice(i, i + 1)));
    const filled = byPosition.filter((outcomes) => outcomes.length > 1000);
    assert.ok(filled.length > 40);
    const statistic = filled.reduce((sum, outcomes) => sum + score(outcomes) ** 2, 0);
    const p = twoSidedChiSquareTail(statistic, filled.length);
    assert.ok(p > FALSE_ALARM, `χ² = ${statistic} of ${filled.length}`);
  });

  test('are independent between the synapses of a spike, at distances 1 to 8 in the list of targets', () => {
    for (let distance = 1; distance <= 8; distance += 1) {
      const z = correlationScore(
        spikes.flatMap(({ failed }) => failed.slice(distance).map((later, i) => [failed[i] ?? later, later] as const)),
      );
      assert.ok(twoSidedNormalTail(z) > FALSE_ALARM / 8, `distance ${distance}: z = ${z}`);
    }
  });

  test('are independent between successive spikes of one cell', () => {
    const z = correlationScore(
      spikes
        .slice(CELLS)
        .flatMap(({ failed }, k) => failed.map((later, i) => [spikes[k]?.failed[i] ?? later, later] as const)),
    );
    assert.ok(twoSidedNormalTail(z) > FALSE_ALARM, `z = ${z}`);
  });

  test('strike all target cells alike', () => {
    const { network, constants } = silentCircuit({});
    const counts = new Array<number>(CELLS).fill(0);
    for (const { cell, failed } of spikes)
      network.eToE[cell]?.forEach((place, i) => {
        const target = 4 * Math.floor(place / (4 * constants.delaySteps)) + (place % 4);
        if (failed[i]) counts[target] = (counts[target] ?? 0) + 1;
      });
    const expected = 45 * ROUNDS * FAILURE; // each cell has 45 E partners
    const p = twoSidedChiSquareTail(chiSquare(counts, expected) / (1 - FAILURE), CELLS);
    assert.ok(p > FALSE_ALARM, `p = ${p}`);
  });

  test('never occur at E→I synapses', () => {
    assert.ok(deliveredToI.length > 500_000);
    assert.equal(share(deliveredToI), 1);
  });

  test('occur always at probability 1 and never at 0', () => {
    for (const failureProbability of [0, 1]) {
      const bench = silentCircuit({ sEE: 1e-6 }, { failureProbability });
      fire(bench, 0);
      bench.circuit.advance();
      for (const place of bench.network.eToE[0] ?? [])
        assert.equal((bench.circuit.inputs.cortical[place] ?? NaN) > 1e-20, failureProbability === 0);
    }
  });

  test('of a weight of .05 leave the conductance of the whole spike at the rest', () => {
    const bench = silentCircuit({ sEE: 0.05 }, { failureProbability: FAILURE });
    fire(bench, 0);
    bench.circuit.advance();
    const arrivals = Array.from(bench.network.eToE[0] ?? [], (place) => bench.circuit.inputs.cortical[place] ?? NaN);
    assert.equal(new Set(arrivals.map((arrival) => arrival.toPrecision(6))).size, 2, 'all or nothing');
  });
});

describe('inhibitory spikes', () => {
  test('never fail', () => {
    const bench = silentCircuit({ sEI: 1e-6, sII: 1e-6 }, { failureProbability: 1 });
    for (let cell = 300; cell < 400; cell += 1) {
      fire(bench, cell);
      bench.circuit.advance();
      const targets = [...(bench.network.iToE[cell - 300] ?? []), ...(bench.network.iToI[cell - 300] ?? [])];
      for (const place of targets) assert.ok((bench.circuit.inputs.gaba[place] ?? NaN) > 1e-20);
    }
  });
});
