import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { circuitConstants } from '../../../src/models/local-circuit/constants.js';
import type { Network } from '../../../src/models/local-circuit/network.js';
import { buildNetwork, placeOf } from '../../../src/models/local-circuit/network.js';
import { Xoshiro128 } from '../../../src/models/xoshiro128.js';
import { chiSquare, twoSidedChiSquareTail } from '../tail-probabilities.js';
import { cellAt } from './silent-circuit.js';

const seeds = [0, 1, 2, 3, 1000, 2 ** 31 - 1];

/** Each test of randomness may fail for so many of the network seeds of a right generator. */
const FALSE_ALARM = 1e-5;

/** The four kinds of synapse, from the model's description: where the partners lie, and how many a cell has. */
const kinds = [
  { name: 'eToE', pre: [0, 300], post: [0, 300], inDegree: 45 },
  { name: 'eToI', pre: [0, 300], post: [300, 400], inDegree: 150 },
  { name: 'iToE', pre: [300, 400], post: [0, 300], inDegree: 50 },
  { name: 'iToI', pre: [300, 400], post: [300, 400], inDegree: 40 },
] as const;

type Kind = (typeof kinds)[number];

/** All synapses of a kind as pairs of cells. */
function pairs(network: Network, { name, pre }: Kind): (readonly [pre: number, post: number])[] {
  return network[name].flatMap((targets, i) =>
    Array.from(targets, (place) => [pre[0] + i, cellAt(place, circuitConstants)] as const),
  );
}

const networks = seeds.map((seed) => buildNetwork(circuitConstants, seed));

describe('a network', () => {
  for (const kind of kinds) {
    const { name, pre, post, inDegree } = kind;

    test(`${name}: every cell has exactly ${inDegree} partners, distinct, of the right population, never itself`, () => {
      for (const network of networks) {
        assert.equal(network[name].length, pre[1] - pre[0]);
        const partners = new Map<number, Set<number>>();
        for (const [from, to] of pairs(network, kind)) {
          assert.notEqual(from, to);
          assert.ok(to >= post[0] && to < post[1], `${to} is of the population`);
          const known = partners.get(to) ?? new Set();
          assert.ok(!known.has(from), `${from} is a partner of ${to} once`);
          partners.set(to, known.add(from));
        }
        assert.equal(partners.size, post[1] - post[0]);
        for (const [to, known] of partners) assert.equal(known.size, inDegree, `partners of ${to}`);
      }
    });

    test(`${name}: every possible partner is as likely (false alarms: ${FALSE_ALARM} of seeds)`, () => {
      // A cell draws inDegree of n candidates: its indicator of one has the variance p(1 − p), p = inDegree/n, and the
      // counts over cells add up to a constant, so Σ (count − expected)²/(cells·p(1 − p))·(n − 1)/n is χ²(n − 1).
      const among = pre[1] - pre[0];
      const self = pre[0] === post[0] ? 1 : 0;
      const p = inDegree / (among - self);
      const cells = (post[1] - post[0] - self) * networks.length;
      const counts = new Array<number>(among).fill(0);
      for (const network of networks)
        for (const [from] of pairs(network, kind)) counts[from - pre[0]] = (counts[from - pre[0]] ?? 0) + 1;
      const statistic = (chiSquare(counts, cells * p) / (1 - p)) * ((among - 1) / among);
      const probability = twoSidedChiSquareTail(statistic, among - 1);
      assert.ok(probability > FALSE_ALARM, `χ² = ${statistic} of ${among - 1}`);
    });

    test(`${name}: partners lie anywhere relative to the cell (false alarms: ${FALSE_ALARM} of seeds)`, () => {
      const among = pre[1] - pre[0];
      const counts = new Array<number>(among).fill(0);
      for (const network of networks)
        for (const [from, to] of pairs(network, kind)) {
          const distance = (from - pre[0] - ((to - post[0]) % among) + among) % among;
          counts[distance] = (counts[distance] ?? 0) + 1;
        }
      const self = pre[0] === post[0] ? 1 : 0;
      const possible = counts.slice(self); // distance 0 is the cell itself
      const p = inDegree / possible.length;
      const cells = (post[1] - post[0]) * networks.length;
      const statistic = (chiSquare(possible, cells * p) / (1 - p)) * ((possible.length - 1) / possible.length);
      const probability = twoSidedChiSquareTail(statistic, possible.length - 1);
      assert.ok(probability > FALSE_ALARM, `χ² = ${statistic} of ${possible.length - 1}`);
    });
  }

  test('shares between two cells as many partners as chance (false alarms: 1e-5 of seeds)', () => {
    // Overlap of two cells' E partners among the 298 others: hypergeometric with mean 45·45/298 or thereabouts; summed
    // over the 150 disjoint pairs of cells and all networks, so that the pairs are independent.
    let sum = 0;
    let count = 0;
    for (const network of networks) {
      const partners = new Map<number, Set<number>>();
      for (const [from, to] of pairs(network, kinds[0])) partners.set(to, (partners.get(to) ?? new Set()).add(from));
      for (let cell = 0; cell < 300; cell += 2) {
        const other = partners.get(cell + 1) ?? new Set();
        sum += [...(partners.get(cell) ?? [])].filter((from) => other.has(from)).length;
        count += 1;
      }
    }
    const p = 45 / 299; // each of the 298 others is a partner of either with this probability, independently
    const mean = 298 * p * p;
    const variance = (298 * p * p * (1 - p) ** 2 * 298) / 297; // of a hypergeometric count, its draws thinned by self
    const z = (sum / count - mean) / Math.sqrt(variance / count);
    assert.ok(Math.abs(z) < 4.42, `z = ${z}`);
  });

  test('is drawn from the stream of the network, by a partial Fisher–Yates shuffle of candidates in ascending order', () => {
    networks.forEach((network, n) => {
      const random = new Xoshiro128('network', seeds[n] ?? NaN);
      const candidates = Array.from({ length: 299 }, (_, i) => i + 1); // of cell 0
      const partners = Array.from({ length: 45 }, (_, i) => {
        const j = i + random.below(299 - i);
        [candidates[i], candidates[j]] = [candidates[j] ?? NaN, candidates[i] ?? NaN];
        return candidates[i] ?? NaN;
      });
      const found = pairs(network, kinds[0]).flatMap(([from, to]) => (to === 0 ? [from] : []));
      assert.deepEqual(
        found.sort((a, b) => a - b),
        partners.sort((a, b) => a - b),
      );
    });
  });

  test('lists targets in the order of cells', () => {
    for (const network of networks)
      for (const { name } of kinds)
        for (const targets of network[name])
          assert.deepEqual(
            [...targets].sort((a, b) => a - b),
            [...targets],
          );
  });

  test('depends on its seed alone, and on all of it', () => {
    const texts = networks.map((network) => JSON.stringify(network));
    assert.equal(new Set(texts).size, seeds.length);
    seeds.forEach((seed, i) => assert.equal(JSON.stringify(buildNetwork(circuitConstants, seed)), texts[i]));
  });

  test('numbers places by group of four cells, then step, then lane', () => {
    assert.deepEqual(
      [0, 3, 4, 5, 399].map((cell) => placeOf(cell, 10)),
      [0, 3, 40, 41, 3963],
    );
  });
});
