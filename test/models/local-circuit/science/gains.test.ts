import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ParameterValues } from '../../../../src/domain/identity.js';
import { localCircuit } from '../../../../src/models/local-circuit/local-circuit.js';
import { simulatorOf } from '../../../support/simulator-of.js';
import type { Effort, Estimate, Rates } from './replicates.js';
import { contrast, estimate, estimateOfSum, replicateRates, show } from './replicates.js';

const simulator = simulatorOf(localCircuit);

/** A normal error exceeds this once in 16,000; with 23 degrees of freedom once in 1,800. */
const STANDARD_ERRORS = 4;

/** Fails unless an estimate lies in a range, or outside by no more than its error allows. */
function assertWithin({ mean, error }: Estimate, [low, high]: readonly [number, number], what: string): void {
  const slack = STANDARD_ERRORS * error;
  assert.ok(mean >= low - slack && mean <= high + slack, `${what}: ${show({ mean, error })}, not ${low} to ${high}`);
}

/** A range of all that is rounded to one figure or between two: half a unit of the last digit on either side. */
const rounded = (low: number, high: number, unit: number): [number, number] => [low - unit / 2, high + unit / 2];

/** The derivative of both rates by one input, by central differences of runs with common random numbers. */
function slope(at: ParameterValues, input: string, step: number, effort: Effort): Record<keyof Rates, Estimate> {
  const centre = at[input] ?? NaN;
  const above = replicateRates(simulator, { ...at, [input]: centre + step }, effort);
  const below = replicateRates(simulator, { ...at, [input]: centre - step }, effort);
  const of = (which: keyof Rates): Estimate =>
    estimateOfSum([
      [1 / (2 * step), above[which]],
      [-1 / (2 * step), below[which]],
    ]);
  return { e: of('e'), i: of('i') };
}

const effort: Effort = { replicates: 24, seconds: 4, firstSeed: 1 };
const states = { background: 80, mid: 240, driven: 480 } as const;

describe('the gains of the local circuit (each figure within 4 standard errors: false alarms at most 6e-4 a figure)', () => {
  for (const [state, rate] of Object.entries(states))
    test(`∂rateE/∂lgnRateE is .13 to .14 Hz per spike/s at ${state}`, () => {
      const { e } = slope(contrast(rate), 'lgnRateE', 10, effort);
      assertWithin(e, rounded(0.13, 0.14, 0.01), `gain at ${state}`);
      assert.ok(e.error < 0.003, `a gain with too great an error: ${show(e)}`);
    });

  for (const [state, slopeI] of [
    ['background', -0.02],
    ['driven', -0.046],
  ] as const)
    test(`inhibition is paradoxical at ${state}: ∂rateI/∂lgnRateI is ${slopeI}, and below zero beyond error`, () => {
      const { e, i } = slope(contrast(states[state]), 'lgnRateI', 20, effort);
      assertWithin(i, rounded(slopeI, slopeI, 0.002), `paradoxical slope at ${state}`);
      assert.ok(i.mean < -STANDARD_ERRORS * i.error, `not below zero: ${show(i)}`);
      assert.ok(e.mean < -STANDARD_ERRORS * e.error, `E does not fall: ${show(e)}`);
    });

  test('the surround suppresses: driven, lateralRateI from 520 to 3680 takes E from 37.4 to 18.0 and I from 72.2 to 61.6 Hz (stated with SE .04)', () => {
    const stated = { 520: { e: 37.4, i: 72.2 }, 3680: { e: 18.0, i: 61.6 } };
    for (const [lateralRateI, figures] of Object.entries(stated)) {
      const rates = replicateRates(simulator, { ...contrast(480), lateralRateI: Number(lateralRateI) }, effort);
      for (const of of ['e', 'i'] as const) {
        const { mean, error } = estimate(rates[of]);
        const combined = { mean, error: Math.hypot(error, 0.04) };
        assertWithin(combined, rounded(figures[of], figures[of], 0.1), `${of} at a lateral rate of ${lateralRateI}`);
      }
    }
  });

  test('the response to contrast is nearly linear: steps of 80 differ from the next by at most .25 Hz (E) and .5 Hz (I)', () => {
    const rates = [80, 160, 240, 320, 400, 480].map((rate) => replicateRates(simulator, contrast(rate), effort));
    for (let k = 1; k < rates.length - 1; k += 1)
      for (const [of, most] of [
        ['e', 0.25],
        ['i', 0.5],
      ] as const) {
        const values = (offset: number): readonly number[] => rates[k + offset]?.[of] ?? [];
        const second = estimateOfSum([
          [1, values(-1)],
          [-2, values(0)],
          [1, values(1)],
        ]);
        assertWithin(second, [-most, most], `second difference of ${of} at ${80 * (k + 1)}`);
        const first = estimateOfSum([
          [1, values(1)],
          [-1, values(0)],
        ]);
        assertWithin(first, of === 'e' ? [4.5, 5.7] : [9.5, 11.5], `first difference of ${of} from ${80 * (k + 1)}`);
      }
  });
});
