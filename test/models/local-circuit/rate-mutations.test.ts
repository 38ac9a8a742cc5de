import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CircuitConstants, PerPopulation } from '../../../src/models/local-circuit/constants.js';
import { circuitConstants } from '../../../src/models/local-circuit/constants.js';
import { oracleSimulator } from '../../../src/models/local-circuit/oracle.js';
import type { Effort } from './reference-comparison.js';
import { deviations, disagreementProbability, FALSE_ALARM, referenceCase } from './reference-comparison.js';

/** Enough for a mutation that is far beyond the errors, and for one that is not. */
const brief: Effort = { networks: 4, seconds: 2, firstSeed: 100 };
const usual: Effort = { networks: 4, seconds: 5, firstSeed: 100 };
const long: Effort = { networks: 4, seconds: 10, firstSeed: 100 };

/** A factor on each input named. */
type Factors = Readonly<Record<string, number>>;

interface Mutation {
  readonly what: string;
  /** The reference case that is most sensitive to it. */
  readonly inCase: number;
  readonly effort: Effort;
  readonly constants?: Partial<CircuitConstants>;
  readonly factors?: Factors;
}

const { leakMs, lateralWeight } = circuitConstants;
const e = ([ofE, ofI]: PerPopulation, factor: number): PerPopulation => [ofE * factor, ofI];
const i = ([ofE, ofI]: PerPopulation, factor: number): PerPopulation => [ofE, ofI * factor];

/** Of +10 % and −10 % the one that moves the rates less; of cells and in-degrees the nearest whole ones. */
const mutations: readonly Mutation[] = [
  { what: 'the delay two steps long', inCase: 6, effort: long, constants: { delaySteps: 12 } },
  { what: 'the refractory time two steps short', inCase: 6, effort: usual, constants: { heldSteps: 18 } },
  { what: 'the refractory time two steps long', inCase: 6, effort: usual, constants: { heldSteps: 22 } },
  { what: 'the step +10 %', inCase: 6, effort: usual, constants: { stepMs: 0.11 } },
  { what: 'the E cells −10 %', inCase: 6, effort: brief, constants: { excitatoryCells: 272 } },
  { what: 'the I cells −10 %', inCase: 6, effort: brief, constants: { inhibitoryCells: 88 } },
  { what: 'the in-degree E→E −9 %', inCase: 6, effort: brief, constants: { inDegreeFromE: [41, 150] } },
  { what: 'the in-degree E→I +10 %', inCase: 6, effort: brief, constants: { inDegreeFromE: [45, 165] } },
  { what: 'the in-degree I→E +10 %', inCase: 6, effort: brief, constants: { inDegreeFromI: [55, 40] } },
  { what: 'the in-degree I→I −10 %', inCase: 6, effort: brief, constants: { inDegreeFromI: [50, 36] } },
  { what: 'the leak time of E +10 %', inCase: 5, effort: brief, constants: { leakMs: e(leakMs, 1.1) } },
  { what: 'the leak time of I +10 %', inCase: 5, effort: usual, constants: { leakMs: i(leakMs, 1.1) } },
  { what: 'failures +10 %', inCase: 6, effort: brief, constants: { failureProbability: 0.22 } },
  { what: 'the ambient rate +10 %', inCase: 1, effort: usual, constants: { ambientRateHz: 550 } },
  {
    what: 'the lateral weight onto E −10 %',
    inCase: 5,
    effort: usual,
    constants: { lateralWeight: e(lateralWeight, 0.9) },
  },
  {
    what: 'the lateral weight onto I +10 %',
    inCase: 4,
    effort: usual,
    constants: { lateralWeight: i(lateralWeight, 1.1) },
  },
  { what: 'sEE −10 %', inCase: 6, effort: brief, factors: { sEE: 0.9 } },
  { what: 'sEI +10 %', inCase: 6, effort: brief, factors: { sEI: 1.1 } },
  { what: 'sIE +10 %', inCase: 6, effort: brief, factors: { sIE: 1.1 } },
  { what: 'sII −10 %', inCase: 6, effort: brief, factors: { sII: 0.9 } },
  { what: 'sELgn +10 %', inCase: 3, effort: brief, factors: { sELgn: 1.1 } },
  { what: 'sILgn +10 %', inCase: 3, effort: brief, factors: { sILgn: 1.1 } },
  { what: 'sEAmb −10 %', inCase: 5, effort: usual, factors: { sEAmb: 0.9 } },
  { what: 'sIAmb +10 %', inCase: 5, effort: long, factors: { sIAmb: 1.1 } },
  { what: 'lgnRateE +10 %', inCase: 6, effort: brief, factors: { lgnRateE: 1.1 } },
  { what: 'lgnRateI +10 %', inCase: 3, effort: brief, factors: { lgnRateI: 1.1 } },
  { what: 'lateralRateE −10 %', inCase: 5, effort: usual, factors: { lateralRateE: 0.9 } },
  { what: 'lateralRateI +10 %', inCase: 4, effort: usual, factors: { lateralRateI: 1.1 } },
];

describe(`the rates of a reference case reject, at ${FALSE_ALARM} false alarms,`, () => {
  for (const { what, inCase, effort, constants, factors = {} } of mutations)
    test(`${what} (case ${inCase})`, () => {
      const reference = referenceCase(inCase);
      const values = Object.fromEntries(
        Object.entries(reference.parameters).map(([name, value]) => [name, value * (factors[name] ?? 1)]),
      );
      const simulator = oracleSimulator({ ...circuitConstants, ...constants });
      const found = deviations(simulator, reference, effort, values);
      const probability = disagreementProbability([found]);
      assert.ok(probability < FALSE_ALARM, `not seen: p = ${probability}, deviations ${JSON.stringify(found)}`);
    });
});
