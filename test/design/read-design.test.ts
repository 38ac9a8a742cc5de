import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Design } from '../../src/design/design.js';
import type { ParameterSpace } from '../../src/design/parameter-space.js';
import { readSpace } from '../../src/design/parameter-space.js';
import type { DesignRequest } from '../../src/design/read-design.js';
import { readDesign, requireExtension } from '../../src/design/read-design.js';
import { localCircuitDefinition as model } from '../../src/models/local-circuit/definition.js';
import { refuses } from './refuses.js';

const largest = 1000;
const read = (space: ParameterSpace, request: DesignRequest) => readDesign(model, space, request, largest);

const sEE = { name: 'sEE', min: 0.016, max: 0.029 };
const line = readSpace(model, { inputs: [sEE] });
const grid = readSpace(model, { inputs: [{ ...sEE, points: 5 }] });
const none = readSpace(model, { inputs: [], fixed: { sEI: 0.05 } });

describe('readDesign', () => {
  it('reads each kind', () => {
    assert.deepEqual(read(line, { kind: 'SOBOL', size: 8, seed: 5 }), { kind: 'SOBOL', size: 8, seed: 5 });
    assert.deepEqual(read(line, { kind: 'SOBOL', size: largest }), { kind: 'SOBOL', size: largest, seed: 1 });
    assert.deepEqual(read(grid, { kind: 'GRID', size: null }), { kind: 'GRID' });
    assert.deepEqual(read(none, { kind: 'LIST', points: [{ sEE: Math.fround(0.024) }, { sEE: 0.025 }] }), {
      kind: 'LIST',
      points: [{ sEE: 0.024 }, { sEE: 0.025 }],
    });
  });

  const fine = readSpace(model, { inputs: [{ ...sEE, min: 0.024, max: 0.024_000_1, points: 100 }] });
  const large = readSpace(model, {
    inputs: [
      { ...sEE, points: 40 },
      { name: 'sEI', min: 0, max: 0.1, points: 40 },
    ],
  });
  const many: ParameterSpace = {
    ranges: Array.from({ length: 65 }, (_, i) => ({ names: [`x${i}`], min: 0, max: 1, points: null })),
    fixed: {},
  };
  const refused: readonly [string, ParameterSpace, DesignRequest, RegExp, Readonly<Record<string, unknown>>?][] = [
    ['a Sobol design without a size', line, { kind: 'SOBOL' }, /needs size/, { allowed: { min: 1, max: largest } }],
    ['one without points', line, { kind: 'SOBOL', size: 0 }, /needs size/, { field: 'size' }],
    ['one of too many points', line, { kind: 'SOBOL', size: largest + 1 }, /needs size/, { field: 'size' }],
    ['half a point', line, { kind: 'SOBOL', size: 1.5 }, /needs size/, { field: 'size' }],
    [
      'a seed of more than 31 bits',
      line,
      { kind: 'SOBOL', size: 8, seed: 2 ** 31 },
      /needs seed/,
      { field: 'seed', allowed: { min: 0, max: 2 ** 31 - 1 } },
    ],
    ['a Sobol design without ranges', none, { kind: 'SOBOL', size: 8 }, /needs a range/],
    ['more ranges than dimensions', many, { kind: 'SOBOL', size: 8 }, /at most 64 ranges/, { allowed: { max: 64 } }],
    ['points of a range in a Sobol design', grid, { kind: 'SOBOL', size: 8 }, /for a GRID/, { input: 'sEE' }],
    ['points in a Sobol design', line, { kind: 'SOBOL', size: 8, points: [] }, /not read points/, { field: 'points' }],
    ['the size of a grid', grid, { kind: 'GRID', size: 5 }, /does not read size/, { field: 'size' }],
    ['the seed of a grid', grid, { kind: 'GRID', seed: 0 }, /does not read seed/, { field: 'seed' }],
    ['a grid without points of a range', line, { kind: 'GRID' }, /sEE needs points/, { input: 'sEE' }],
    ['a grid without ranges', none, { kind: 'GRID' }, /needs a range/],
    ['a grid of too many points', large, { kind: 'GRID' }, /at most 1000 points, not 1600/, { allowed: { max: 1000 } }],
    [
      'a grid finer than the precision',
      fine,
      { kind: 'GRID' },
      /not all different numbers .* float32/,
      { input: 'sEE' },
    ],
    ['the size of a list', none, { kind: 'LIST', size: 1, points: [{}] }, /does not read size/, { field: 'size' }],
    ['a list without points', none, { kind: 'LIST', points: [] }, /needs points/, { allowed: { min: 1 } }],
    ['a list over ranges', line, { kind: 'LIST', points: [{}] }, /has no ranges/, { input: 'sEE' }],
    [
      'a list of too many points',
      none,
      { kind: 'LIST', points: Array.from({ length: largest + 1 }, () => ({})) },
      /at most 1000 points/,
    ],
    [
      'an unknown input in a list, with its position',
      none,
      { kind: 'LIST', points: [{}, { sEe: 0.02 }] },
      /^points\[1\]: .* Did you mean "sEE"/,
      { point: 1, nearest: 'sEE' },
    ],
    [
      'a value beyond the bounds in a list, with its position',
      none,
      { kind: 'LIST', points: [{}, { sEE: 0.6 }] },
      /^points\[1\]: sEE .* must lie between/,
      { point: 1, allowed: { min: 0, max: 0.5 } },
    ],
    [
      'a listed input that is fixed',
      none,
      { kind: 'LIST', points: [{}, { sEI: 0.05 }] },
      /sEI has two values/,
      { point: 1, input: 'sEI' },
    ],
    [
      'two points of a list that round to one parameter set',
      none,
      { kind: 'LIST', points: [{ sEE: 0.02 }, { sEE: 0.024 }, { sEE: Math.fround(0.024) }] },
      /points\[1\] and points\[2\] are the same/,
      { points: [1, 2] },
    ],
    [
      'two points of a list that are one once the defaults are filled in',
      none,
      { kind: 'LIST', points: [{}, { sEE: 0.024 }] },
      /points\[0\] and points\[1\] are the same/,
      { points: [0, 1] },
    ],
  ];
  for (const [what, space, request, message, details] of refused) {
    it(`refuses ${what}`, () => refuses(() => read(space, request), message, details));
  }
});

describe('requireExtension', () => {
  const sobol = (size: number, seed = 1): Design => ({ kind: 'SOBOL', seed, size });
  const list = (...values: readonly number[]): Design => ({
    kind: 'LIST',
    points: values.map((each) => ({ sEE: each })),
  });

  it('lets a Sobol design and a list grow, and every design stay as it is', () => {
    requireExtension(line, sobol(8), sobol(16));
    requireExtension(none, list(0.02), list(0.02, 0.01));
    requireExtension(line, sobol(8), sobol(8));
    requireExtension(grid, { kind: 'GRID' }, { kind: 'GRID' });
  });

  it('refuses another kind, another seed, fewer points and a list that begins otherwise', () => {
    refuses(() => requireExtension(line, sobol(8), list(0.02)), /cannot become a LIST design/);
    refuses(() => requireExtension(line, sobol(8), sobol(16, 2)), /seed of a design stays 1/, { allowed: [1] });
    refuses(() => requireExtension(line, sobol(8), sobol(7)), /has 8 points, not 7/, { allowed: { min: 8 } });
    refuses(() => requireExtension(none, list(0.02, 0.01), list(0.02)), /has 2 points, not 1/);
    refuses(() => requireExtension(none, list(0.02, 0.01), list(0.02, 0.03, 0.01)), /points\[1\] has changed/, {
      point: 1,
    });
  });
});
