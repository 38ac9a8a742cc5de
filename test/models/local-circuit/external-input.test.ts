import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OracleCircuit } from '../../../src/models/local-circuit/oracle-circuit.js';
import { circuitParameters } from '../../../src/models/local-circuit/circuit-parameters.js';
import type { CircuitConstants } from '../../../src/models/local-circuit/constants.js';
import { circuitConstants } from '../../../src/models/local-circuit/constants.js';
import { buildNetwork } from '../../../src/models/local-circuit/network.js';
import type { ParameterValues } from '../../../src/domain/identity.js';
import { chiSquare, logGamma, twoSidedChiSquareTail, twoSidedNormalTail } from '../tail-probabilities.js';
import type { KernelShape } from './silent-circuit.js';
import { conductance, kernels, NO_CONDUCTANCE, zeroValues } from './silent-circuit.js';

/** Each test may fail for so many of the noise seeds of a right circuit. */
const FALSE_ALARM = 1e-5;

/** A circuit whose cells fire, if they do, without any effect; ambient input comes only where `constants` say so. */
function inputCircuit(values: ParameterValues, constants: Partial<CircuitConstants>, noiseSeed: number): OracleCircuit {
  const all = { ...circuitConstants, ambientRateHz: 0, ...constants };
  return new OracleCircuit(all, circuitParameters(all, { ...zeroValues, ...values }), buildNetwork(all, 1), noiseSeed);
}

/** Advances by a block as if nothing had come before it. */
function advanceAfresh(circuit: OracleCircuit): void {
  for (const name of ['rA', 'yA', 'rN', 'yN', 'rG', 'yG'] as const) circuit.state[name].fill(0);
  circuit.advance();
}

/** What one event of a weight adds, seen at the end of its step. */
const unit = (weight: number, shape: KernelShape): number => conductance(weight, shape, 0.1);

interface Stream {
  readonly name: string;
  readonly rateHz: number;
  readonly values: ParameterValues;
  readonly constants?: Partial<CircuitConstants>;
  readonly cells: readonly [begin: number, end: number];
  readonly weight: number;
  readonly ampa: KernelShape;
  readonly nmda?: KernelShape;
}

const E: Stream['cells'] = [0, 300];
const I: Stream['cells'] = [300, 400];

/** The six external inputs, from the model's description. */
const streams: readonly Stream[] = [
  {
    name: 'LGN onto E',
    rateHz: 480,
    values: { lgnRateE: 480, sELgn: 0.06 },
    cells: E,
    weight: 0.06,
    ampa: kernels.ampaOnly,
  },
  {
    name: 'LGN onto I',
    rateHz: 30,
    values: { lgnRateI: 30, sILgn: 0.09 },
    cells: I,
    weight: 0.09,
    ampa: kernels.ampaOnly,
  },
  {
    name: 'ambient onto E',
    rateHz: 500,
    values: { sEAmb: 0.01 },
    constants: { ambientRateHz: circuitConstants.ambientRateHz },
    cells: E,
    weight: 0.01,
    ampa: kernels.ampaOnly,
  },
  {
    name: 'ambient onto I',
    rateHz: 500,
    values: { sIAmb: 0.012 },
    constants: { ambientRateHz: circuitConstants.ambientRateHz },
    cells: I,
    weight: 0.012,
    ampa: kernels.ampaOnly,
  },
  {
    name: 'lateral onto E',
    rateHz: 5000,
    values: { lateralRateE: 5000 },
    cells: E,
    weight: 0.01,
    ampa: kernels.ampaOntoE,
    nmda: kernels.nmdaOntoE,
  },
  {
    name: 'lateral onto I',
    rateHz: 1600,
    values: { lateralRateI: 1600 },
    cells: I,
    weight: 0.008,
    ampa: kernels.ampaOntoI,
    nmda: kernels.nmdaOntoI,
  },
];

const STEPS = 4000;

/** Counts of events, of each step and cell of a population, of a circuit whose blocks are one step long. */
function countEvents({ values, constants, cells: [begin, end], weight, ampa, nmda }: Stream): number[][] {
  const circuit = inputCircuit(values, { ...constants, delaySteps: 1 }, 21);
  return Array.from({ length: STEPS }, () => {
    advanceAfresh(circuit);
    const { yA, yN, yG } = circuit.state;
    assert.ok(yG.every((y) => y < NO_CONDUCTANCE));
    return Array.from(yA, (y, cell) => {
      const count = y / unit(weight, ampa);
      const whole = Math.round(count);
      assert.ok(Math.abs(count - whole) < 1e-5, `${count} events`);
      const expectedNmda = nmda ? whole * unit(weight, nmda) : 0;
      assert.ok(Math.abs((yN[cell] ?? NaN) - expectedNmda) <= 1e-5 * expectedNmda + NO_CONDUCTANCE);
      if (cell < begin || cell >= end) assert.equal(whole, 0, `cell ${cell} is of the other population`);
      return whole;
    }).slice(begin, end);
  });
}

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

describe(`external input (false alarms of each test: ${FALSE_ALARM} of seeds)`, () => {
  for (const stream of streams) {
    const counts = countEvents(stream);
    const perStep = counts.map(total);
    const cells = stream.cells[1] - stream.cells[0];
    const mean = (stream.rateHz * cells * 0.1) / 1000;

    test(`${stream.name}: each event has its weight and receptors, and their number the mean of the rate`, () => {
      const z = (total(perStep) - STEPS * mean) / Math.sqrt(STEPS * mean);
      assert.ok(twoSidedNormalTail(z) > FALSE_ALARM, `z = ${z}`);
    });

    test(`${stream.name}: the number of a step has the variance of a Poisson number`, () => {
      // (n − m)²/m of a Poisson number n has the mean 1 and the variance 2 + 1/m.
      const dispersion = perStep.reduce((sum, n) => sum + (n - mean) ** 2 / mean, 0);
      const z = (dispersion - STEPS) / Math.sqrt(STEPS * (2 + 1 / mean));
      assert.ok(twoSidedNormalTail(z) > FALSE_ALARM, `z = ${z}`);
    });

    test(`${stream.name}: the number of a step has the distribution of a Poisson number`, () => {
      const expected = (n: number): number => STEPS * Math.exp(n * Math.log(mean) - mean - logGamma(n + 1));
      const common = Array.from({ length: 400 }, (_, n) => n).filter((n) => expected(n) >= 10);
      const statistics = common.map((n) => {
        const observed = perStep.filter((count) => count === n).length;
        return { observed, expected: expected(n) };
      });
      const rest = { observed: STEPS, expected: STEPS };
      for (const { observed, expected: e } of statistics) {
        rest.observed -= observed;
        rest.expected -= e;
      }
      const statistic = [...statistics, rest].reduce(
        (sum, { observed, expected: e }) => sum + (observed - e) ** 2 / e,
        0,
      );
      const p = twoSidedChiSquareTail(statistic, common.length);
      assert.ok(p > FALSE_ALARM, `χ² = ${statistic} of ${common.length}`);
    });

    test(`${stream.name}: the events are uniform over cells`, () => {
      const perCell = Array.from({ length: cells }, (_, cell) => total(counts.map((step) => step[cell] ?? NaN)));
      const p = twoSidedChiSquareTail(chiSquare(perCell, total(perCell) / cells), cells - 1);
      assert.ok(p > FALSE_ALARM, `p = ${p}`);
    });

    test(`${stream.name}: the number of a step is independent of the last one`, () => {
      const z =
        total(perStep.slice(1).map((n, i) => (n - mean) * ((perStep[i] ?? NaN) - mean))) / mean / Math.sqrt(STEPS - 1);
      assert.ok(twoSidedNormalTail(z) > FALSE_ALARM, `z = ${z}`);
    });
  }

  test('the six inputs are independent of one another', () => {
    const lateralE = (yN: number): number => yN / unit(0.01, kernels.nmdaOntoE);
    const lateralI = (yN: number): number => yN / unit(0.008, kernels.nmdaOntoI);
    const configurations: readonly ParameterValues[] = [
      { lgnRateE: 480, lgnRateI: 480, sELgn: 0.06, sILgn: 0.06, lateralRateE: 900, lateralRateI: 1600 },
      { sEAmb: 0.06, sIAmb: 0.06, lateralRateE: 900, lateralRateI: 1600 },
    ];
    for (const values of configurations) {
      const circuit = inputCircuit(values, { delaySteps: 1, ambientRateHz: 500 }, 22);
      const numbers = Array.from({ length: STEPS }, () => {
        advanceAfresh(circuit);
        const [yAE, yAI] = [total([...circuit.state.yA.subarray(0, 300)]), total([...circuit.state.yA.subarray(300)])];
        const corticalE = lateralE(total([...circuit.state.yN.subarray(0, 300)]));
        const corticalI = lateralI(total([...circuit.state.yN.subarray(300)]));
        const otherE = (yAE - corticalE * unit(0.01, kernels.ampaOntoE)) / unit(0.06, kernels.ampaOnly);
        const otherI = (yAI - corticalI * unit(0.008, kernels.ampaOntoI)) / unit(0.06, kernels.ampaOnly);
        return [corticalE, corticalI, otherE, otherI];
      });
      for (let a = 0; a < 4; a += 1)
        for (let b = 0; b < a; b += 1) {
          const of = (i: number): number[] => numbers.map((step) => step[i] ?? NaN);
          const z = correlation(of(a), of(b)) * Math.sqrt(STEPS);
          assert.ok(twoSidedNormalTail(z) > FALSE_ALARM / 12, `inputs ${a} and ${b}: z = ${z}`);
        }
    }
  });
});

function correlation(xs: readonly number[], ys: readonly number[]): number {
  const [meanX, meanY] = [total(xs) / xs.length, total(ys) / ys.length];
  const [dx, dy] = [xs.map((x) => x - meanX), ys.map((y) => y - meanY)];
  const products = total(dx.map((x, i) => x * (dy[i] ?? NaN)));
  return products / Math.sqrt(total(dx.map((x) => x * x)) * total(dy.map((y) => y * y)));
}

describe(`external events within a block (false alarms of each test: ${FALSE_ALARM} of seeds)`, () => {
  const RATE_HZ = 20;
  const BLOCKS = 4000;

  /** Of up to three events of a block of ten steps, what they leave in rA, and their steps; ascending. */
  const traces: { readonly left: number; readonly steps: readonly number[] }[] = [];
  const left = (step: number): number => unit(0.06, kernels.ampaOnly) * Math.exp((-0.1 * (9 - step)) / 0.5);
  for (let a = 0; a < 10; a += 1) {
    traces.push({ left: left(a), steps: [a] });
    for (let b = a; b < 10; b += 1) {
      traces.push({ left: left(a) + left(b), steps: [a, b] });
      for (let c = b; c < 10; c += 1) traces.push({ left: left(a) + left(b) + left(c), steps: [a, b, c] });
    }
  }
  traces.sort((x, y) => x.left - y.left);

  /** Events of each place, [cell][step]. */
  const places = new Array<number>(4000).fill(0);
  {
    const circuit = inputCircuit({ lgnRateE: RATE_HZ, lgnRateI: RATE_HZ, sELgn: 0.06, sILgn: 0.06 }, {}, 23);
    for (let block = 0; block < BLOCKS; block += 1) {
      advanceAfresh(circuit);
      circuit.state.rA.forEach((rA, cell) => {
        if (rA < NO_CONDUCTANCE) return;
        const trace = traces.find((candidate) => Math.abs(candidate.left / rA - 1) < 2e-6);
        if (!trace) throw new Error(`${rA / left(9)} is no sum of three events`);
        for (const step of trace.steps) places[10 * cell + step] = (places[10 * cell + step] ?? 0) + 1;
      });
    }
  }
  const sumsBy = (kind: (place: number) => number, kinds: number): number[] => {
    const sums = new Array<number>(kinds).fill(0);
    places.forEach((count, place) => (sums[kind(place)] = (sums[kind(place)] ?? 0) + count));
    return sums;
  };

  test('are told apart: no two combinations of steps leave the same', () => {
    traces.forEach((trace, i) => i > 0 && assert.ok(trace.left / (traces[i - 1]?.left ?? NaN) > 1 + 5e-6));
  });

  for (const [what, kind, kinds] of [
    ['the ten steps', (place: number) => place % 10, 10],
    ['lanes', (place: number) => Math.floor(place / 10) % 4, 4],
    ['groups of four cells', (place: number) => Math.floor(place / 40), 100],
    ['all 4000 pairs of cell and step', (place: number) => place, 4000],
  ] as const)
    test(`are uniform over ${what}`, () => {
      const sums = sumsBy(kind, kinds);
      const expected = (BLOCKS * RATE_HZ * 400) / 1000 / kinds;
      const p = twoSidedChiSquareTail(chiSquare(sums, expected), kinds);
      assert.ok(p > FALSE_ALARM, `p = ${p}`);
    });
});
