import { badUserInput } from '../domain/errors.js';
import type { ModelDefinition } from '../domain/model-definition.js';
import { canonicalValues } from '../domain/parameter-values.js';

/** A range of one input, and of others that take the same value, as somebody asks for it. */
export interface RangeRequest {
  readonly name: string;
  readonly together?: readonly string[] | null;
  readonly min: number;
  readonly max: number;
  /** Of a grid. */
  readonly points?: number | null;
}

/** A parameter space as somebody asks for it. */
export interface SpaceRequest {
  readonly inputs: readonly RangeRequest[];
  readonly fixed?: Readonly<Record<string, unknown>> | null;
}

/** Values of some inputs of a model, in canonical form. */
export type GivenValues = Readonly<Record<string, number>>;

/** A range in canonical form, in the unit of its inputs. */
export interface ParameterRange {
  /** The inputs that take the same value, in the order in which they were given. */
  readonly names: readonly string[];
  readonly min: number;
  /** Above min. */
  readonly max: number;
  /** At least 2; null where no grid is meant. */
  readonly points: number | null;
}

/** Where the points of a design may lie. What is neither ranged nor fixed takes the model's default. */
export interface ParameterSpace {
  /** The dimensions, in the order in which they were given. No input is in two of them, or fixed as well. */
  readonly ranges: readonly ParameterRange[];
  readonly fixed: GivenValues;
}

/**
 * Checks a parameter space and puts it into canonical form.
 * @throws CortigraphError BAD_USER_INPUT for an unknown input (with the nearest), a value or an end that is not a finite
 * number or beyond the model's bounds (with what is allowed), an input that has two values, a range without width, inputs
 * of different units in one range, and points of a range that are not a whole number from 2
 */
export function readSpace(model: ModelDefinition, { inputs, fixed: given }: SpaceRequest): ParameterSpace {
  const fixed = canonicalGiven(model, given ?? {});
  const taken = new Set(Object.keys(fixed));
  return { ranges: inputs.map((range) => readRange(model, range, taken)), fixed };
}

/** What {@link readSpace} makes a space of. */
export function spaceRequestOf({ ranges, fixed }: ParameterSpace): SpaceRequest {
  const inputs = ranges.map(({ names: [name = '', ...together], min, max, points }) => ({
    name,
    ...(together.length > 0 ? { together } : {}),
    min,
    max,
    ...(points === null ? {} : { points }),
  }));
  return { inputs, fixed };
}

/**
 * The canonical form of the values that are given, without the defaults of the others.
 * @throws CortigraphError BAD_USER_INPUT as `canonicalValues`
 */
export function canonicalGiven(model: ModelDefinition, given: Readonly<Record<string, unknown>>): GivenValues {
  const values = canonicalValues(model, given);
  return Object.fromEntries(Object.entries(values).filter(([name]) => given[name] !== undefined));
}

/**
 * The inputs of a range, and its ends in canonical form.
 * @param taken the inputs that have a value already; those of this range are added
 * @throws CortigraphError BAD_USER_INPUT as {@link readSpace}, but for how the ends and the points lie to one another
 */
export function readEnds(
  model: ModelDefinition,
  { name, together, min, max }: RangeRequest,
  taken: Set<string>,
): Pick<ParameterRange, 'names' | 'min' | 'max'> {
  const names = [name, ...(together ?? [])];
  // Names and bounds are checked, and rounded, as parameters are.
  const end = (value: number): number =>
    canonicalValues(model, Object.fromEntries(names.map((each) => [each, value])))[name] ?? value;
  const ends = { names, min: end(min), max: end(max) };
  requireOneUnit(model, names);
  for (const each of names) {
    if (taken.has(each)) {
      throw badUserInput(`${each} has two values: an input is in one range, or fixed.`, { input: each });
    }
    taken.add(each);
  }
  return ends;
}

/** @param taken as in {@link readEnds} */
function readRange(model: ModelDefinition, request: RangeRequest, taken: Set<string>): ParameterRange {
  const { name, min, max, points } = request;
  const range = { ...readEnds(model, request, taken), points: points ?? null };
  if (range.min === range.max) {
    throw badUserInput(
      `The range of ${name} has no width: ${model.name} reads both ends as ${range.min}. Make it a fixed value.`,
      {
        input: name,
      },
    );
  }
  if (range.min > range.max) {
    throw badUserInput(`The range of ${name} runs from ${min} to ${max}: min must lie below max.`, { input: name });
  }
  if (range.points !== null && (!Number.isInteger(range.points) || range.points < 2)) {
    throw badUserInput(`The range of ${name} needs points, a whole number from 2, not ${range.points}.`, {
      input: name,
      allowed: { min: 2 },
    });
  }
  return range;
}

/** @throws CortigraphError BAD_USER_INPUT where inputs that are to take one value have not one unit */
function requireOneUnit({ inputs }: ModelDefinition, names: readonly string[]): void {
  const [first, ...others] = names.map((name) => inputs.find((input) => input.name === name));
  const other = others.find((input) => input?.unit !== first?.unit);
  if (!first || !other) return;
  throw badUserInput(
    `${other.name} (${other.unit}) cannot move together with ${first.name} (${first.unit}): one value is no value of both.`,
    { input: other.name },
  );
}
