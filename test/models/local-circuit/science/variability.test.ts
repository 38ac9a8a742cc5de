import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { localCircuit } from '../../../../src/models/local-circuit/local-circuit.js';
import { mean, variance } from '../../../../src/statistics/moments.js';
import { simulatorOf } from '../../../support/simulator-of.js';
import { contrast, ratesOfRun, valuesWith } from './replicates.js';

const simulator = simulatorOf(localCircuit);

const NETWORKS = 40;
const NOISES = 4;
const SECONDS = 5;

/** Of one output at one state: the variances, in Hz², within and between networks, the latter with its error. */
interface Components {
  readonly ofOneSecond: number;
  readonly betweenNetworks: number;
  readonly error: number;
}

/**
 * Variance components of one-way analysis of variance. The error of a mean square of n degrees of freedom is √(2/n) of
 * it. The mean square between networks is that of noise and NOISES times the networks' variance, so the estimate of the
 * latter may lie below zero.
 */
function components(rates: readonly (readonly number[])[]): Components {
  const within = mean(rates.map((ofNetwork) => variance(ofNetwork) ?? NaN));
  const between = NOISES * (variance(rates.map(mean)) ?? NaN);
  const errorWithin = within * Math.sqrt(2 / (NETWORKS * (NOISES - 1)));
  const errorBetween = between * Math.sqrt(2 / (NETWORKS - 1));
  return {
    ofOneSecond: within * SECONDS,
    betweenNetworks: (between - within) / NOISES,
    error: Math.hypot(errorWithin, errorBetween) / NOISES,
  };
}

/** What circuit-model.md states: the SD, in Hz, of a 1-s mean of E and I, and the most that networks add. */
const states = [
  { state: 'background', rate: 80, noise: { e: 0.15, i: 0.15 }, network: 0.02 },
  { state: 'mid', rate: 240, noise: { e: 0.29, i: 0.25 }, network: 0.03 },
  { state: 'driven', rate: 480, noise: { e: 0.35, i: 0.31 }, network: 0.07 },
] as const;

describe(`the spread of rates over ${NETWORKS} networks with ${NOISES} runs of ${SECONDS} s each`, () => {
  for (const { state, rate, noise, network } of states) {
    const values = valuesWith(contrast(rate));
    const runs = Array.from({ length: NETWORKS }, (_, a) =>
      Array.from({ length: NOISES }, (__, b) => {
        const run = ratesOfRun(simulator, values, 9000 + a, 50_000 + a * NOISES + b, 1000 * SECONDS);
        return run ?? { e: NaN, i: NaN };
      }),
    );
    for (const of of ['e', 'i'] as const) {
      const found = components(runs.map((ofNetwork) => ofNetwork.map((run) => run[of])));
      const text = JSON.stringify({ state, of, sd: Math.sqrt(found.ofOneSecond), ...found });

      test(`${state}, ${of}: the noise of a 1-s mean is ${noise[of]} Hz within a quarter (4 of its errors of 6.5 %: false alarms 6e-5)`, () => {
        assert.ok(Math.abs(Math.sqrt(found.ofOneSecond) / noise[of] - 1) < 0.26, text);
      });

      test(`${state}, ${of}: networks add no more than ${network} Hz within 3 errors (false alarms .3 %), and surely less than twice that (upper 99 % bound; false alarms 5 % if they add ${network})`, () => {
        assert.ok(found.betweenNetworks - 3 * found.error < network ** 2, text);
        assert.ok(found.betweenNetworks + 2.33 * found.error < (2 * network) ** 2, text);
      });
    }
  }
});
