import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Design } from '../../src/design/design.js';
import { pointAt, sizeOf } from '../../src/design/design.js';
import { linspace } from '../../src/design/linspace.js';
import type { ParameterSpace } from '../../src/design/parameter-space.js';
import { readSpace } from '../../src/design/parameter-space.js';
import { canonicalValues } from '../../src/domain/parameter-values.js';
import { localCircuitDefinition as model } from '../../src/models/local-circuit/definition.js';

const every = (design: Design, space: ParameterSpace) =>
  Array.from({ length: sizeOf(design, space) }, (_, i) => pointAt(design, space, i));

const sobol = (size: number, seed = 3): Design => ({ kind: 'SOBOL', seed, size });

/** Every input of the model over its domain, but one that is fixed. */
const wide = readSpace(model, {
  inputs: model.inputs.slice(1).map(({ name, domain }) => ({ name, ...domain })),
  fixed: { sEE: 0.02 },
});

describe('a Sobol design', () => {
  it('has its points within the ranges, one in each part of them, and what is fixed beside them', () => {
    const points = every(sobol(64), wide);
    for (const { names, min, max } of wide.ranges) {
      const parts = points.map((point) => ((point[names[0] ?? ''] ?? NaN) - min) / (max - min));
      assert.ok(parts.every((part) => part >= 0 && part < 1));
      assert.equal(new Set(parts.map((part) => Math.floor(part * 64))).size, 64);
    }
    assert.ok(points.every((point) => point['sEE'] === 0.02));
  });

  it('gives points that the model accepts, also rounded at the ends of its bounds', () => {
    const space = readSpace(model, {
      inputs: model.inputs.map(({ name, bounds }) => ({ name, min: bounds.max * 0.999_999, max: bounds.max })),
    });
    for (const point of every(sobol(256), space)) canonicalValues(model, point);
  });

  it('gives inputs of one range the same value', () => {
    const inputs = [{ name: 'lgnRateE', together: ['lgnRateI', 'lateralRateE'], min: 400, max: 500 }];
    for (const { lgnRateE, lgnRateI, lateralRateE } of every(sobol(16), readSpace(model, { inputs }))) {
      assert.ok(lgnRateE !== undefined && lgnRateE === lgnRateI && lgnRateE === lateralRateE);
    }
  });

  it('begins with the points of a smaller one', () => {
    assert.deepEqual(every(sobol(300), wide).slice(0, 77), every(sobol(77), wide));
  });

  it('has other points for another seed', () => {
    assert.notDeepEqual(pointAt(sobol(8, 1), wide, 0), pointAt(sobol(8, 2), wide, 0));
  });

  it('gives any point without those before it, which here would take hours', () => {
    const { lgnRateE = NaN } = pointAt(sobol(2 ** 31), wide, 2 ** 31 - 1);
    assert.ok(lgnRateE >= 30 && lgnRateE < 530);
  });
});

describe('a grid', () => {
  const grid: Design = { kind: 'GRID' };

  it('has every combination, the first range slowest, with both ends', () => {
    const space = readSpace(model, {
      inputs: [
        { name: 'sEE', min: 0.016, max: 0.029, points: 2 },
        { name: 'lgnRateE', together: ['lgnRateI'], min: 80, max: 480, points: 3 },
      ],
      fixed: { sEI: 0.05 },
    });
    const at = (sEE: number, rate: number) => ({ sEE, lgnRateE: rate, lgnRateI: rate, sEI: 0.05 });
    assert.deepEqual(every(grid, space), [
      at(0.016, 80),
      at(0.016, 280),
      at(0.016, 480),
      at(0.029, 80),
      at(0.029, 280),
      at(0.029, 480),
    ]);
  });

  it('has along one range the values of linspace, and so of a sweep', () => {
    const range = fc.tuple(
      fc.double({ min: 0, max: 0.2, noNaN: true }),
      fc.double({ min: 0.3, max: 0.5, noNaN: true }),
    );
    fc.assert(
      fc.property(range, fc.integer({ min: 2, max: 40 }), ([min, max], points) => {
        const space = { ranges: [{ names: ['sEE'], min, max, points }], fixed: {} };
        assert.deepEqual(
          every(grid, space).map(({ sEE }) => sEE),
          linspace(min, max, points),
        );
      }),
    );
  });
});

describe('a list', () => {
  it('has the points that were given, in their order, with what is fixed', () => {
    const space = { ranges: [], fixed: { sEI: 0.05 } };
    const list: Design = { kind: 'LIST', points: [{ sEE: 0.02 }, {}, { sII: 0.1 }] };
    assert.deepEqual(every(list, space), [{ sEI: 0.05, sEE: 0.02 }, { sEI: 0.05 }, { sEI: 0.05, sII: 0.1 }]);
  });
});

describe('pointAt', () => {
  it('knows no points beyond the design', () => {
    const designs: readonly Design[] = [sobol(4), { kind: 'LIST', points: [{}] }];
    for (const design of designs) {
      for (const i of [-1, 0.5, NaN, sizeOf(design, wide)])
        assert.throws(() => pointAt(design, wide, i), RangeError, `${design.kind} ${i}`);
    }
  });
});
