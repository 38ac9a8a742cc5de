import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SpaceRequest } from '../../src/design/parameter-space.js';
import { readSpace } from '../../src/design/parameter-space.js';
import { localCircuitDefinition as model } from '../../src/models/local-circuit/definition.js';
import { refuses } from './refuses.js';

const sEE = { name: 'sEE', min: 0.016, max: 0.029 };

describe('readSpace', () => {
  it('puts ranges and fixed values into the precision of the model, and keeps the order of the ranges', () => {
    const space = readSpace(model, {
      inputs: [
        { name: 'lgnRateE', together: ['lgnRateI'], min: 30, max: 530, points: 6 },
        { name: 'sEE', min: Math.fround(0.016), max: 2.9e-2 },
      ],
      fixed: { sEI: Math.fround(0.05) },
    });
    assert.deepEqual(space, {
      ranges: [
        { names: ['lgnRateE', 'lgnRateI'], min: 30, max: 530, points: 6 },
        { names: ['sEE'], min: 0.016, max: 0.029, points: null },
      ],
      fixed: { sEI: 0.05 },
    });
  });

  it('leaves the defaults of other inputs out', () => {
    assert.deepEqual(readSpace(model, { inputs: [] }), { ranges: [], fixed: {} });
    assert.deepEqual(readSpace(model, { inputs: [], fixed: null }).fixed, {});
  });

  const refused: readonly [string, SpaceRequest, RegExp, Readonly<Record<string, unknown>>][] = [
    ['an unknown input', { inputs: [{ ...sEE, name: 'sEe' }] }, /Did you mean "sEE"/, { nearest: 'sEE', input: 'sEe' }],
    [
      'an unknown input that moves together',
      { inputs: [{ ...sEE, together: ['sIi'] }] },
      /Did you mean "sII"/,
      { nearest: 'sII' },
    ],
    ['an unknown fixed input', { inputs: [sEE], fixed: { sIi: 1 } }, /Did you mean "sII"/, { nearest: 'sII' }],
    ['a fixed value that is no number', { inputs: [sEE], fixed: { sII: '1' } }, /finite number/, { input: 'sII' }],
    ['an end that is not finite', { inputs: [{ ...sEE, max: Infinity }] }, /finite number/, { input: 'sEE' }],
    ['an end that is no number', { inputs: [{ ...sEE, min: NaN }] }, /finite number/, { input: 'sEE' }],
    [
      'an end beyond the bounds',
      { inputs: [{ ...sEE, max: 0.6 }] },
      /must lie between 0 and 0.5, not at 0.6/,
      { input: 'sEE', allowed: { min: 0, max: 0.5 } },
    ],
    [
      'an end beyond the bounds of what moves together',
      { inputs: [{ name: 'lgnRateE', together: ['sEE'], min: 0, max: 80 }] },
      /sEE of local-circuit must lie between/,
      { input: 'sEE' },
    ],
    [
      'inputs of different units together',
      { inputs: [{ ...sEE, together: ['lgnRateI'] }] },
      /lgnRateI \(spikes\/s\) cannot move together with sEE \(1\)/,
      { input: 'lgnRateI' },
    ],
    ['an input in two ranges', { inputs: [sEE, sEE] }, /sEE has two values/, { input: 'sEE' }],
    ['an input together with itself', { inputs: [{ ...sEE, together: ['sEE'] }] }, /two values/, { input: 'sEE' }],
    ['an input that is fixed as well', { inputs: [sEE], fixed: { sEE: 0.02 } }, /two values/, { input: 'sEE' }],
    ['a range from above to below', { inputs: [{ ...sEE, min: 0.03 }] }, /min must lie below max/, { input: 'sEE' }],
    ['a range of one value', { inputs: [{ ...sEE, min: 0.029 }] }, /Make it a fixed value/, { input: 'sEE' }],
    [
      'a range of one value to the model',
      { inputs: [{ ...sEE, min: 0.024, max: 0.024_000_000_1 }] },
      /reads both ends as 0.024/,
      { input: 'sEE' },
    ],
    ...[0, 1, 2.5, NaN].map((points): [string, SpaceRequest, RegExp, Readonly<Record<string, unknown>>] => [
      `${points} points of a range`,
      { inputs: [{ ...sEE, points }] },
      /needs points, a whole number from 2/,
      { input: 'sEE', allowed: { min: 2 } },
    ]),
  ];
  for (const [what, request, message, details] of refused) {
    it(`refuses ${what}`, () => refuses(() => readSpace(model, request), message, details));
  }
});
