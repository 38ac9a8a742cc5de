import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { StreamPurpose } from '../../src/models/xoshiro128.js';
import { LANES, seedWords, Xoshiro128, Xoshiro128Lanes } from '../../src/models/xoshiro128.js';
import { chiSquare, twoSidedChiSquareTail } from './tail-probabilities.js';

const u32 = (x: bigint): bigint => BigInt.asUintN(32, x);
const u64 = (x: bigint): bigint => BigInt.asUintN(64, x);

/** splitmix64 after its published C source. */
function* splitmix64(seed: bigint): Generator<bigint, never> {
  for (let x = seed; ;) {
    x = u64(x + 0x9e3779b97f4a7c15n);
    let z = x;
    z = u64((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = u64((z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    yield z ^ (z >> 31n);
  }
}

/** xoshiro128+ after its published C source: `s` is the state. */
function* xoshiro128plus(seedState: readonly bigint[]): Generator<number, never> {
  const s = [...seedState] as [bigint, bigint, bigint, bigint];
  const rotl = (x: bigint, k: bigint): bigint => u32((x << k) | (x >> (32n - k)));
  for (;;) {
    const result = u32(s[0] + s[3]);
    const t = u32(s[1] << 9n);
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 11n);
    yield Number(result);
  }
}

function take<T>(count: number, from: Generator<T, never>): T[] {
  return Array.from({ length: count }, () => from.next().value);
}

/** The start of splitmix64 for a purpose (network 1, noise 2) and a seed. */
const startOf = (purpose: StreamPurpose, seed: number): bigint =>
  (purpose === 'network' ? 1n : 2n) * 2n ** 32n + BigInt(seed);

const expectedWords = (purpose: StreamPurpose, seed: number, count: number): bigint[] =>
  take(count, splitmix64(startOf(purpose, seed))).map((output) => output >> 32n);

const anySeed = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const anyPurpose = fc.constantFrom<StreamPurpose>('network', 'noise');

describe('the reference in this test', () => {
  test('has the published outputs of splitmix64 for the seed 1234567', () => {
    assert.deepEqual(take(5, splitmix64(1234567n)), [
      6457827717110365317n,
      3203168211198807973n,
      9817491932198370423n,
      4593380528125082431n,
      16408922859458223821n,
    ]);
  });

  test('has the published outputs of xoshiro128+ for the state 1, 2, 3, 4', () => {
    // From the tests of Rust's rand_xoshiro, which has them from the C source.
    const published = [
      5, 12295, 25178119, 27286542, 39879690, 1140358681, 3276312097, 4110231701, 399823256, 2144435200,
    ];
    assert.deepEqual(take(10, xoshiro128plus([1n, 2n, 3n, 4n])), published);
  });
});

describe('seedWords', () => {
  test('are the upper halves of splitmix64 outputs', () => {
    fc.assert(
      fc.property(anyPurpose, anySeed, (purpose, seed) =>
        assert.deepEqual(Array.from(seedWords(purpose, seed, 16), BigInt), expectedWords(purpose, seed, 16)),
      ),
      { seed: 7 },
    );
  });

  test('of two seeds or purposes never come from the same place of the splitmix64 sequence', () => {
    // The states of a start s are s + k·γ, k = 1 … 16. Two starts lie less than 2^34 apart; so they could share one
    // only if some j·γ, |j| < 16, lay as near to 0 modulo 2^64.
    for (let j = 1n; j < 16n; j += 1n) {
      const multiple = u64(j * 0x9e3779b97f4a7c15n);
      const distance = multiple < 2n ** 63n ? multiple : 2n ** 64n - multiple;
      assert.ok(distance > 2n ** 34n, `${j}γ`);
    }
    const span = startOf('noise', 2 ** 31 - 1) - startOf('network', 0);
    assert.ok(span < 2n ** 34n);
  });

  test('differ between purposes and seeds', () => {
    const states = (['network', 'noise'] as const).flatMap((purpose) =>
      Array.from({ length: 2000 }, (_, seed) => seedWords(purpose, seed, 4).join()),
    );
    assert.equal(new Set(states).size, states.length);
  });
});

describe('Xoshiro128', () => {
  test('gives the numbers of the published generator for any seed', () => {
    fc.assert(
      fc.property(anyPurpose, anySeed, (purpose, seed) => {
        const random = new Xoshiro128(purpose, seed);
        const expected = take(50, xoshiro128plus(expectedWords(purpose, seed, 4)));
        assert.deepEqual(
          Array.from(expected, () => random.next()),
          expected,
        );
      }),
      { seed: 8 },
    );
  });

  test('gives them still after 100,000 numbers', () => {
    const random = new Xoshiro128('noise', 1);
    const reference = xoshiro128plus(expectedWords('noise', 1, 4));
    for (let i = 0; i < 100_000; i += 1) if (random.next() !== reference.next().value) assert.fail(`number ${i}`);
  });

  test('gives as below(n) the whole part of the next number·n/2^32, and so a number in range', () => {
    fc.assert(
      fc.property(anySeed, fc.integer({ min: 1, max: 2 ** 20 }), (seed, n) => {
        const [random, same] = [new Xoshiro128('network', seed), new Xoshiro128('network', seed)];
        for (let i = 0; i < 20; i += 1) {
          const drawn = random.below(n);
          assert.equal(BigInt(drawn), (BigInt(same.next()) * BigInt(n)) >> 32n);
          assert.ok(drawn >= 0 && drawn < n);
        }
      }),
      { seed: 9 },
    );
  });

  test('gives all numbers below n as often (false alarms: 1e-5 of seeds)', () => {
    const ns = [2, 3, 7, 299, 300, 1000];
    for (const n of ns) {
      const random = new Xoshiro128('network', n);
      const counts = new Array<number>(n).fill(0);
      for (let i = 0; i < 100 * n + 10_000; i += 1) {
        const drawn = random.below(n);
        counts[drawn] = (counts[drawn] ?? 0) + 1;
      }
      const p = twoSidedChiSquareTail(chiSquare(counts, 100 + 10_000 / n), n - 1);
      assert.ok(p > 1e-5 / ns.length, `n = ${n}: p = ${p}`);
    }
  });

  test('gives pairs of successive numbers as often (false alarms: 1e-5 of seeds)', () => {
    const random = new Xoshiro128('noise', 12);
    const counts = new Array<number>(1024).fill(0);
    let last = random.below(32);
    for (let i = 0; i < 200_000; i += 1) {
      const drawn = random.below(32);
      counts[32 * last + drawn] = (counts[32 * last + drawn] ?? 0) + 1;
      last = drawn;
    }
    // Overlapping pairs: the statistic of pairs less that of single numbers is χ² of 1024 − 32 (Good, 1953).
    const singles = Array.from({ length: 32 }, (_, a) =>
      counts.slice(32 * a, 32 * a + 32).reduce((sum, n) => sum + n, 0),
    );
    const statistic = chiSquare(counts, 200_000 / 1024) - chiSquare(singles, 200_000 / 32);
    const p = twoSidedChiSquareTail(statistic, 1024 - 32);
    assert.ok(p > 1e-5, `p = ${p}`);
  });
});

describe('Xoshiro128Lanes', () => {
  test('are four scalar streams, each with four seed words of its own, in signed words', () => {
    fc.assert(
      fc.property(anyPurpose, anySeed, (purpose, seed) => {
        const lanes = new Xoshiro128Lanes(purpose, seed);
        const words = expectedWords(purpose, seed, 4 * LANES);
        const streams = Array.from({ length: LANES }, (_, lane) => xoshiro128plus(words.slice(4 * lane, 4 * lane + 4)));
        for (let draw = 0; draw < 50; draw += 1) {
          lanes.draw();
          assert.deepEqual(
            [...lanes.words],
            streams.map((stream) => stream.next().value | 0),
          );
        }
      }),
      { seed: 10 },
    );
  });

  test('have the stream of Xoshiro128 in the first lane', () => {
    const lanes = new Xoshiro128Lanes('noise', 5);
    const random = new Xoshiro128('noise', 5);
    for (let draw = 0; draw < 1000; draw += 1) {
      lanes.draw();
      assert.equal((lanes.words[0] ?? NaN) >>> 0, random.next());
    }
  });
});
