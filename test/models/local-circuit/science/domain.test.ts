import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ParameterValues } from '../../../../src/domain/identity.js';
import { localCircuitDefinition } from '../../../../src/models/local-circuit/definition.js';
import { localCircuit } from '../../../../src/models/local-circuit/local-circuit.js';
import { Xoshiro128 } from '../../../../src/models/xoshiro128.js';
import { mean, variance } from '../../../../src/statistics/moments.js';
import { simulatorOf } from '../../../support/simulator-of.js';
import { estimateOfSum, replicateRates, ratesOfRun } from './replicates.js';

const simulator = simulatorOf(localCircuit);

const POINTS = 500;
const REFERENCE_POINTS = 16_384;
const DURATION_MS = 4000;
const LGN_MARGIN = 10;

/** A point of the domain with its rates; one that ran away has infinite ones. */
interface Point {
  readonly values: ParameterValues;
  readonly e: number;
  readonly i: number;
  readonly fanoE: number;
}

/** Points drawn uniformly and independently over the domain, but for the outermost 10 spikes/s of the LGN ranges. */
function drawPoints(): readonly Point[] {
  const random = new Xoshiro128('network', 777);
  return Array.from({ length: POINTS }, (_, n) => {
    const values = Object.fromEntries(
      localCircuitDefinition.inputs.map(({ name, domain: { min, max } }) => {
        const margin = name.startsWith('lgn') ? LGN_MARGIN : 0;
        return [name, min + margin + (random.next() / 2 ** 32) * (max - min - 2 * margin)];
      }),
    );
    const run = ratesOfRun(simulator, values, 1, 100 + n, DURATION_MS);
    if (!run) return { values, e: Infinity, i: Infinity, fanoE: 0 };
    return { values, e: run.e, i: run.i, fanoE: (variance(run.binsE) ?? 0) / mean(run.binsE) };
  });
}

const points = drawPoints();
const share = (holds: (point: Point) => boolean): number => points.filter(holds).length / POINTS;

/** The share of points, as circuit-model.md has it of 16,384 Sobol points: within 4 errors, ours and the reference's. */
function assertShare(found: number, stated: number, what: string): void {
  const error = Math.sqrt(stated * (1 - stated) * (1 / POINTS + 1 / REFERENCE_POINTS));
  assert.ok(Math.abs(found - stated) < 4 * error, `${what}: a share of ${found}, not ${stated} ± ${error}`);
}

describe(`the rates of ${POINTS} random points of the domain, 4 s each`, () => {
  for (const [name, of, quantiles] of [
    ['rateE', 'e', [0.01, 2.2, 13.1, 32, 98]],
    ['rateI', 'i', [20, 31, 43, 62, 128]],
  ] as const)
    test(`${name} lies below the stated quantiles ${quantiles.join('/')} Hz as often as they say (binomial, 4 errors of 1 to 2.3 %: false alarms 6e-5 each)`, () => {
      [0.05, 0.25, 0.5, 0.75, 0.95].forEach((stated, k) => {
        const quantile = quantiles[k] ?? NaN;
        assertShare(
          share((point) => point[of] < quantile),
          stated,
          `${name} below ${quantile} Hz`,
        );
      });
    });

  test('as many as stated run away or exceed 150 Hz, are silent, intermittent, in the low range and physiological (false alarms: 6e-5 each of the frequent ones, 2e-3 of the two rare ones)', () => {
    const low = ({ e }: Point): boolean => e >= 2 && e <= 6;
    const region = localCircuitDefinition.regions[0];
    const [flag] = localCircuitDefinition.flags;
    assertShare(
      share(({ e }) => e > 150),
      0.036,
      'above 150 Hz or run away',
    );
    assertShare(
      share(({ e }) => e < 0.1),
      0.104,
      'silent',
    );
    assertShare(share(low), 0.112, 'E 2 to 6 Hz');
    assertShare(
      share(({ fanoE }) => fanoE > (flag?.fanoFactorAbove ?? NaN)),
      0.009,
      'intermittent',
    );
    assertShare(
      share(({ e, i }) => region?.contains({ rateE: e, rateI: i }) ?? false),
      0.015,
      'physiological',
    );
  });
});

describe('paradoxical inhibition over the domain, ∂rateI/∂lgnRateI by 6 pairs of 2 s at ±15 spikes/s', () => {
  const MOST = 30;
  const effort = { replicates: 6, seconds: 2, firstSeed: 1 };

  /** How many of the first 30 points with E in a range have a slope below zero, and how many surely (3 errors). */
  function countParadoxical(low: number, high: number): { points: number; below: number; surely: number } {
    const chosen = points.filter(({ e }) => e > low && e < high).slice(0, MOST);
    const slopes = chosen.map(({ values }) => {
      const at = (offset: number): readonly number[] =>
        replicateRates(simulator, { ...values, lgnRateI: (values.lgnRateI ?? NaN) + offset }, effort).i;
      return estimateOfSum([
        [1 / 30, at(15)],
        [-1 / 30, at(-15)],
      ]);
    });
    return {
      points: chosen.length,
      below: slopes.filter((slope) => slope.mean < 0).length,
      surely: slopes.filter((slope) => slope.mean < -3 * slope.error).length,
    };
  }

  test('is rare where E is below 6 Hz: at most 12 of 30 points (seen: 5; stated: 1 of 20)', () => {
    const found = countParadoxical(0.1, 6);
    assert.ok(found.points === MOST && found.below <= 12, JSON.stringify(found));
  });

  test('holds nearly always where E is above 20 Hz: at 28 of 30 points at least (seen: 30)', () => {
    const found = countParadoxical(20, 120);
    assert.ok(found.points === MOST && found.below >= 28 && found.surely >= 25, JSON.stringify(found));
  });
});
