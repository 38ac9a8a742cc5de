import { LANES, Xoshiro128 } from '../xoshiro128.js';
import type { CircuitConstants } from './constants.js';

/**
 * Who is connected to whom. Cells are numbered E first, then I. A *place* is an index into an input array, laid out
 * [group of four cells][step of a block][lane], as a SIMD kernel reads it; targets are places at step 0, in the order
 * of cells.
 */
export interface Network {
  /** Of each E cell: the E cells that it excites. */
  readonly eToE: readonly Int32Array[];
  /** Of each E cell: the I cells that it excites. */
  readonly eToI: readonly Int32Array[];
  /** Of each I cell: the E cells that it inhibits. */
  readonly iToE: readonly Int32Array[];
  /** Of each I cell: the I cells that it inhibits. */
  readonly iToI: readonly Int32Array[];
}

/** The place of a cell at step 0 of a block. */
export function placeOf(cell: number, stepsPerBlock: number): number {
  return Math.floor(cell / LANES) * LANES * stepsPerBlock + (cell % LANES);
}

/**
 * The network of a seed. Each cell in turn, E first, draws its partners among E, then among I: distinct, uniformly,
 * never itself, by a partial Fisher–Yates shuffle of the candidates in ascending order.
 */
export function buildNetwork(constants: CircuitConstants, networkSeed: number): Network {
  const { excitatoryCells, inhibitoryCells, inDegreeFromE, inDegreeFromI, delaySteps } = constants;
  const cells = excitatoryCells + inhibitoryCells;
  const random = new Xoshiro128('network', networkSeed);
  const lists = (count: number): number[][] => Array.from({ length: count }, () => []);
  const toE = lists(cells);
  const toI = lists(cells);
  const pool = new Uint16Array(cells);

  const connect = (post: number, from: number, candidates: number, partners: number): void => {
    let length = 0;
    for (let pre = from; pre < from + candidates; pre += 1) if (pre !== post) pool[length++] = pre;
    const to = post < excitatoryCells ? toE : toI;
    const place = placeOf(post, delaySteps);
    for (let i = 0; i < partners; i += 1) {
      const j = i + random.below(length - i);
      const pre = pool[j] as number; // i ≤ j < length, since partners ≤ candidates − 1
      pool[j] = pool[i] as number;
      to[pre]?.push(place);
    }
  };
  for (let post = 0; post < cells; post += 1) {
    const population = post < excitatoryCells ? 0 : 1;
    connect(post, 0, excitatoryCells, inDegreeFromE[population]);
    connect(post, excitatoryCells, inhibitoryCells, inDegreeFromI[population]);
  }

  const targets = (from: readonly number[][], begin: number, end: number): Int32Array[] =>
    from.slice(begin, end).map((list) => new Int32Array(list));
  return {
    eToE: targets(toE, 0, excitatoryCells),
    eToI: targets(toI, 0, excitatoryCells),
    iToE: targets(toE, excitatoryCells, cells),
    iToI: targets(toI, excitatoryCells, cells),
  };
}
