/**
 * The pseudo-random generator of all models: xoshiro128+ (Blackman & Vigna, ACM Trans. Math. Softw. 47:36, 2021),
 * seeded by splitmix64 (Steele, Lea & Flood, OOPSLA 2014). Of a number the upper bits are the good ones.
 */

const MASK_64 = (1n << 64n) - 1n;

/** What a generator is for. Two purposes never share a stream, whatever their seeds. */
export type StreamPurpose = 'network' | 'noise';

const purposeCode: Readonly<Record<StreamPurpose, bigint>> = { network: 1n, noise: 2n };

/** `count` 32-bit words of state for a 31-bit seed: the upper halves of successive splitmix64 outputs. */
export function seedWords(purpose: StreamPurpose, seed: number, count: number): Uint32Array {
  let state = (purposeCode[purpose] << 32n) | BigInt(seed);
  return Uint32Array.from({ length: count }, () => {
    state = (state + 0x9e3779b97f4a7c15n) & MASK_64;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK_64;
    return Number((z ^ (z >> 31n)) >> 32n);
  });
}

/** One stream of uniform 32-bit numbers. */
export class Xoshiro128 {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  constructor(purpose: StreamPurpose, seed: number) {
    const [a = 0, b = 0, c = 0, d = 0] = seedWords(purpose, seed, 4);
    [this.a, this.b, this.c, this.d] = [a, b, c, d];
  }

  /** A uniform integer in [0, 2^32). */
  next(): number {
    const result = (this.a + this.d) >>> 0;
    const t = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= t;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result;
  }

  /** A uniform integer in [0, n), n ≤ 2^20: the upper part of the product, whose bias is below n/2^32. */
  below(n: number): number {
    return Math.floor((this.next() * n) / 2 ** 32);
  }
}

/** The lanes of {@link Xoshiro128Lanes}: as many as a 128-bit vector has. */
export const LANES = 4;

/**
 * Four independent streams that advance together, one a lane of a 128-bit vector, so that a SIMD kernel can draw the
 * same numbers in one go. A draw that needs fewer than four numbers discards the rest: no state but the lanes'.
 */
export class Xoshiro128Lanes {
  /** The numbers of the last draw, as signed 32-bit words. */
  readonly words = new Int32Array(LANES);
  private readonly a = new Int32Array(LANES);
  private readonly b = new Int32Array(LANES);
  private readonly c = new Int32Array(LANES);
  private readonly d = new Int32Array(LANES);

  constructor(purpose: StreamPurpose, seed: number) {
    const state = new Int32Array(seedWords(purpose, seed, 4 * LANES).buffer);
    for (let lane = 0; lane < LANES; lane += 1) {
      this.a.set(state.subarray(4 * lane, 4 * lane + 1), lane);
      this.b.set(state.subarray(4 * lane + 1, 4 * lane + 2), lane);
      this.c.set(state.subarray(4 * lane + 2, 4 * lane + 3), lane);
      this.d.set(state.subarray(4 * lane + 3, 4 * lane + 4), lane);
    }
  }

  /** Draws four numbers into {@link words}. */
  draw(): void {
    const { a, b, c, d, words } = this;
    for (let lane = 0; lane < LANES; lane += 1) {
      const a0 = a[lane] as number; // in range: lane < LANES
      const b0 = b[lane] as number;
      const c0 = (c[lane] as number) ^ a0;
      const d0 = (d[lane] as number) ^ b0;
      words[lane] = a0 + (d[lane] as number);
      b[lane] = b0 ^ c0;
      a[lane] = a0 ^ d0;
      c[lane] = c0 ^ (b0 << 9);
      d[lane] = (d0 << 11) | (d0 >>> 21);
    }
  }
}
