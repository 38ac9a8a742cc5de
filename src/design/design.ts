import { linspaceAt } from './linspace.js';
import { owenScrambled, scrambleKey } from './owen-scramble.js';
import type { GivenValues, ParameterSpace } from './parameter-space.js';
import { sobolCoordinate, unitFraction } from './sobol.js';

/** The kinds of designs that there are. */
export const designKinds = ['SOBOL', 'GRID', 'LIST'] as const;

/** A name of {@link designKinds}. */
export type DesignKind = (typeof designKinds)[number];

/** Points of the Sobol sequence, scrambled by a 31-bit seed. The ranges of the space are its dimensions, in their order. */
export interface SobolDesign {
  readonly kind: 'SOBOL';
  readonly seed: number;
  readonly size: number;
}

/** Every combination of the points of the ranges; both ends of a range are points. The first range varies slowest. */
export interface GridDesign {
  readonly kind: 'GRID';
}

/** Points that were given one by one. The space has no ranges. */
export interface ListDesign {
  readonly kind: 'LIST';
  readonly points: readonly GivenValues[];
}

/** Which points of a parameter space an experiment takes, and in which order. */
export type Design = SobolDesign | GridDesign | ListDesign;

/** How many points a design has. */
export function sizeOf(design: Design, space: ParameterSpace): number {
  switch (design.kind) {
    case 'SOBOL':
      return design.size;
    case 'GRID':
      return space.ranges.reduce((product, { points }) => product * (points ?? 1), 1);
    case 'LIST':
      return design.points.length;
  }
}

/**
 * A point of a design, without the points before it. Of a design that has grown it is the same.
 * @param i from 0
 * @returns the values of the inputs that are ranged, listed or fixed, in their units; not yet rounded to the model's
 * precision and without its defaults, both of which are for `canonicalValues`
 * @throws RangeError when there is no such point, or the space has more ranges than the Sobol sequence dimensions
 */
export function pointAt(design: Design, space: ParameterSpace, i: number): GivenValues {
  const size = sizeOf(design, space);
  if (!Number.isInteger(i) || i < 0 || i >= size) throw new RangeError(`There is no point ${i} of ${size}.`);
  switch (design.kind) {
    case 'SOBOL':
      return sobolPoint(design.seed, space, i);
    case 'GRID':
      return gridPoint(space, i);
    case 'LIST':
      return { ...space.fixed, ...design.points[i] };
  }
}

function sobolPoint(seed: number, { ranges, fixed }: ParameterSpace, i: number): GivenValues {
  const values: Record<string, number> = { ...fixed };
  for (const [dimension, { names, min, max }] of ranges.entries()) {
    const fraction = unitFraction(owenScrambled(sobolCoordinate(i, dimension), scrambleKey(seed, dimension)));
    for (const name of names) values[name] = min + fraction * (max - min);
  }
  return values;
}

function gridPoint({ ranges, fixed }: ParameterSpace, i: number): GivenValues {
  const values: Record<string, number> = { ...fixed };
  let left = i;
  for (const { names, min, max, points } of ranges.toReversed()) {
    const along = points ?? 1;
    for (const name of names) values[name] = linspaceAt(min, max, along, left % along);
    left = Math.floor(left / along);
  }
  return values;
}
