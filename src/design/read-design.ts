import { canonicalJson } from '../domain/canonical-json.js';
import { CortigraphError, badUserInput } from '../domain/errors.js';
import type { ModelDefinition } from '../domain/model-definition.js';
import { canonicalValue, canonicalValues } from '../domain/parameter-values.js';
import { maxSeed } from '../domain/protocol.js';
import type { Design, DesignKind, ListDesign } from './design.js';
import { sizeOf } from './design.js';
import { linspace } from './linspace.js';
import type { ParameterRange, ParameterSpace } from './parameter-space.js';
import { canonicalGiven } from './parameter-space.js';
import { sobolDimensions } from './sobol.js';

/** A design as somebody asks for it. What the kind of design does not read may not be given. */
export interface DesignRequest {
  readonly kind: DesignKind;
  /** Of SOBOL. */
  readonly size?: number | null;
  /** Of SOBOL: 31-bit; 1 when not given. */
  readonly seed?: number | null;
  /** Of LIST. */
  readonly points?: readonly Readonly<Record<string, unknown>>[] | null;
}

/**
 * Checks a design over a space that `readSpace` gave, and puts it into canonical form.
 * @param largest how many points a design may have
 * @throws CortigraphError BAD_USER_INPUT for what the kind of design needs and has not, or does not read and is given; for
 * too few or too many points, ranges or seeds that are none; for points of a grid that the model cannot tell apart; for
 * points of a list that are not valid or are one parameter set (with the positions, from 0)
 */
export function readDesign(
  model: ModelDefinition,
  space: ParameterSpace,
  request: DesignRequest,
  largest: number,
): Design {
  const { kind, size, seed, points } = request;
  refuseGiven(kind, { ...(kind === 'SOBOL' ? { points } : kind === 'GRID' ? { size, seed, points } : { size, seed }) });
  if (kind !== 'LIST' && space.ranges.length === 0) throw badUserInput(`A ${kind} design needs a range at least.`);
  switch (kind) {
    case 'SOBOL':
      requireSobolRanges(space);
      return {
        kind,
        seed: requireWhole('seed', seed ?? 1, { min: 0, max: maxSeed }),
        size: requireWhole('size', size, { min: 1, max: largest }),
      };
    case 'GRID':
      requireGrid(model, space, largest);
      return { kind };
    case 'LIST':
      return readList(model, space, points ?? [], largest);
  }
}

/**
 * Holds a design against the one that it is to grow from: the points of the smaller are the first ones of the larger.
 * @param space of both
 * @throws CortigraphError BAD_USER_INPUT for a design of another kind, another seed or fewer points, and for a list whose
 * beginning differs (with the position, from 0)
 */
export function requireExtension(space: ParameterSpace, smaller: Design, larger: Design): void {
  if (larger.kind !== smaller.kind)
    throw badUserInput(`A ${smaller.kind} design cannot become a ${larger.kind} design.`);
  if (larger.kind === 'SOBOL' && smaller.kind === 'SOBOL' && larger.seed !== smaller.seed) {
    throw badUserInput(
      `The seed of a design stays ${smaller.seed}; with ${larger.seed} every point would be another.`,
      {
        allowed: [smaller.seed],
      },
    );
  }
  const [before, after] = [sizeOf(smaller, space), sizeOf(larger, space)];
  if (after < before) {
    throw badUserInput(`A design only grows: it has ${before} points, not ${after}.`, { allowed: { min: before } });
  }
  if (larger.kind === 'LIST' && smaller.kind === 'LIST') {
    const changed = smaller.points.findIndex(
      (point, i) => canonicalJson(point) !== canonicalJson(larger.points[i] ?? {}),
    );
    if (changed >= 0) {
      throw badUserInput(`points[${changed}] has changed: a list grows at its end.`, { point: changed });
    }
  }
}

function refuseGiven(kind: DesignKind, fields: Readonly<Record<string, unknown>>): void {
  const field = Object.keys(fields).find((name) => fields[name] != null);
  if (field !== undefined) throw badUserInput(`A ${kind} design does not read ${field}.`, { field });
}

function requireWhole(
  field: string,
  value: number | null | undefined,
  allowed: { readonly min: number; readonly max: number },
): number {
  if (value != null && Number.isInteger(value) && value >= allowed.min && value <= allowed.max) return value || 0; // −0
  throw badUserInput(
    `A SOBOL design needs ${field}, a whole number from ${allowed.min} to ${allowed.max}${value == null ? '' : `, not ${value}`}.`,
    { field, allowed: { ...allowed } },
  );
}

function requireSobolRanges({ ranges }: ParameterSpace): void {
  if (ranges.length > sobolDimensions) {
    throw badUserInput(`A SOBOL design has at most ${sobolDimensions} ranges, not ${ranges.length}.`, {
      allowed: { max: sobolDimensions },
    });
  }
  const ofGrid = ranges.find(({ points }) => points !== null)?.names[0];
  if (ofGrid !== undefined) throw badUserInput(`Points of a range are for a GRID design.`, { input: ofGrid });
}

function requireGrid(model: ModelDefinition, space: ParameterSpace, largest: number): void {
  const without = space.ranges.find(({ points }) => points === null)?.names[0];
  if (without !== undefined) {
    throw badUserInput(`The range of ${without} needs points, a whole number from 2.`, {
      input: without,
      allowed: { min: 2 },
    });
  }
  const size = sizeOf({ kind: 'GRID' }, space);
  if (size > largest) throw tooMany(size, largest);
  for (const range of space.ranges) requireDistinct(model, range);
}

/** So many points that lie that near to one another are compared one by one; more are taken for too many. */
const mostCompared = 10_000;

function requireDistinct(model: ModelDefinition, { names: [name = ''], min, max, points }: ParameterRange): void {
  const count = points ?? 1;
  // Neighbours two units in the last place apart are different, whatever their rounding.
  const lastPlace = (model.precision === 'float32' ? 2 ** -23 : 2 ** -52) * Math.max(Math.abs(min), Math.abs(max));
  if ((max - min) / (count - 1) > 2 * lastPlace) return;
  const values = linspace(min, max, Math.min(count, mostCompared)).map((value) =>
    canonicalValue(value, model.precision),
  );
  if (count <= mostCompared && new Set(values).size === values.length) return;
  throw badUserInput(
    `The ${points} points of ${name} from ${min} to ${max} are not all different numbers to ${model.name}, which reads ${model.precision}.`,
    { input: name },
  );
}

function readList(
  model: ModelDefinition,
  { ranges, fixed }: ParameterSpace,
  given: readonly Readonly<Record<string, unknown>>[],
  largest: number,
): ListDesign {
  const [ranged] = ranges.flatMap(({ names }) => names);
  if (ranged !== undefined) {
    throw badUserInput('The points of a LIST design are given one by one: it has no ranges.', { input: ranged });
  }
  if (given.length === 0) throw badUserInput('A LIST design needs points.', { allowed: { min: 1 } });
  if (given.length > largest) throw tooMany(given.length, largest);
  const positions = new Map<string, number>();
  const points = given.map((values, i) => {
    const point = atPosition(i, () => canonicalGiven(model, values));
    const twice = Object.keys(point).find((name) => Object.hasOwn(fixed, name));
    if (twice !== undefined) {
      throw badUserInput(`${twice} has two values: it is fixed, and points[${i}] names it.`, {
        input: twice,
        point: i,
      });
    }
    // Complete, so that a default that one names and another leaves out makes no difference.
    const parameterSet = canonicalJson(canonicalValues(model, { ...fixed, ...point }));
    const first = positions.get(parameterSet);
    if (first !== undefined) {
      throw badUserInput(`points[${first}] and points[${i}] are the same parameter set: each point is listed once.`, {
        points: [first, i],
      });
    }
    positions.set(parameterSet, i);
    return point;
  });
  return { kind: 'LIST', points };
}

/** What `read` gives, or its refusal with the position in the list. */
function atPosition<T>(i: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CortigraphError)) throw error;
    throw badUserInput(`points[${i}]: ${error.message}`, { ...error.details, point: i });
  }
}

const tooMany = (size: number, largest: number): Error =>
  badUserInput(`A design has at most ${largest} points, not ${size}.`, { allowed: { max: largest } });
