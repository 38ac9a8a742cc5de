import { linspace } from '../design/linspace.js';
import type { RangeRequest } from '../design/parameter-space.js';
import { readEnds } from '../design/parameter-space.js';
import { badUserInput } from '../domain/errors.js';
import type { Identity, ParameterValues } from '../domain/identity.js';
import { sweepIdentity } from '../domain/identity.js';
import type { JsonObject } from '../domain/json.js';
import type { ModelDefinition } from '../domain/model-definition.js';
import { canonicalValue, canonicalValues } from '../domain/parameter-values.js';
import type { Lab } from './lab.js';
import { requireModel } from './lab.js';
import type { Question, QuestionAspects, QuestionPayload, ResponseRequest } from './question.js';
import { payloadOf, questionOf, readAspects } from './question.js';

/** A sweep as a client asks for it. */
export interface SweepRequest {
  readonly base: ResponseRequest;
  readonly axes: readonly RangeRequest[];
}

/** An axis in canonical form; the values follow from the rest. */
interface SweepAxis {
  readonly names: readonly string[];
  readonly min: number;
  readonly max: number;
  readonly values: readonly number[];
}

/** A sweep that is valid: one question a point, the first axis slowest. */
export interface Sweep {
  readonly identity: Identity;
  readonly model: ModelDefinition;
  readonly numericsDigest: string;
  /** The inputs that are moved, in the order of the axes. */
  readonly moved: readonly string[];
  readonly size: number;
  /** The question of a point, from 0; exactly the one that a response asks with these values. */
  questionAt(point: number): Question;
  /** The point of these values, complete and canonical; undefined where it has none. */
  pointAt(values: ParameterValues): number | undefined;
}

/** The most axes of one sweep. */
export const maxAxes = 2;

/** The most points of one sweep. */
export const maxPoints = 10_000;

/**
 * Checks a request and puts it into canonical form.
 * @throws CortigraphError BAD_USER_INPUT; UNAVAILABLE where only a surrogate may answer and there is none
 */
export async function readSweep(lab: Lab, { base, axes: given }: SweepRequest): Promise<Sweep> {
  const aspects = await readAspects(lab, base);
  const { model } = aspects;
  if (given.length < 1 || given.length > maxAxes) {
    throw badUserInput(`A sweep has 1 to ${maxAxes} axes, not ${given.length}.`, { allowed: { min: 1, max: maxAxes } });
  }
  const values = canonicalValues(model, base.parameters);
  const taken = new Set(Object.keys(base.parameters));
  const axes = given.map((axis) => readAxis(model, axis, taken));
  const size = axes.reduce((product, axis) => product * axis.values.length, 1);
  if (size > maxPoints) {
    throw badUserInput(`A sweep has at most ${maxPoints} points, not ${size}.`, {
      points: size,
      allowed: { max: maxPoints },
    });
  }
  return build(aspects, values, axes);
}

/** The sweep of its stored form, which is what its identity is made of. */
export function sweepOf(lab: Pick<Lab, 'models'>, payload: JsonObject): Sweep {
  // written by build
  const { model, axes, ...question } = payload as unknown as QuestionPayload & {
    readonly model: string;
    readonly axes: readonly { names: readonly string[]; min: number; max: number; points: number }[];
  };
  const definition = requireModel(lab, model);
  const { numericsDigest, estimand, protocol, replicates, tolerances, values } = question;
  return build(
    { model: definition, numericsDigest, estimand, protocol, replicates, tolerances },
    values,
    axes.map(({ names, min, max, points }) => axisOf(definition, { names, min, max }, points)),
  );
}

/** @param values complete and canonical; those of the axes' inputs do not count */
function build(aspects: QuestionAspects, values: ParameterValues, axes: readonly SweepAxis[]): Sweep {
  const moved = axes.flatMap(({ names }) => names);
  const fixed = Object.fromEntries(Object.entries(values).filter(([name]) => !moved.includes(name)));
  const identity = sweepIdentity({
    ...payloadOf({ ...aspects, values: fixed }),
    axes: axes.map(({ names, min, max, values: { length: points } }) => ({ names, min, max, points })),
  });
  const { model, ...asked } = aspects;
  return {
    identity,
    model,
    numericsDigest: aspects.numericsDigest,
    moved,
    size: axes.reduce((product, axis) => product * axis.values.length, 1),
    questionAt: (point) => {
      let left = point;
      const at: Record<string, number> = {};
      for (const { names, values: along } of axes.toReversed()) {
        const value = along[left % along.length];
        left = Math.floor(left / along.length);
        for (const name of names) at[name] = value ?? 0; // the remainder lies within the axis
      }
      return questionOf(model, { ...asked, values: inDeclaredOrder(model, { ...fixed, ...at }) });
    },
    pointAt: (at) => {
      if (Object.entries(fixed).some(([name, value]) => at[name] !== value)) return undefined;
      let point = 0;
      for (const { names, values: along } of axes) {
        const place = along.findIndex((value) => names.every((name) => at[name] === value));
        if (place < 0) return undefined;
        point = point * along.length + place;
      }
      return point;
    },
  };
}

const inDeclaredOrder = (model: ModelDefinition, values: ParameterValues): ParameterValues =>
  Object.fromEntries(model.inputs.map(({ name, default: byDefault }) => [name, values[name] ?? byDefault]));

/** @param taken the inputs that have a value already; those of this axis are added */
function readAxis(model: ModelDefinition, request: RangeRequest, taken: Set<string>): SweepAxis {
  const { name, min, max, points } = request;
  const ends = readEnds(model, request, taken);
  if (min > max) {
    throw badUserInput(`The axis of ${name} runs from ${min} to ${max}: min may not lie above max.`, { input: name });
  }
  if (points == null || !Number.isInteger(points) || points < 1 || points > maxPoints) {
    throw badUserInput(`The axis of ${name} needs points, a whole number from 1 to ${maxPoints}, not ${points}.`, {
      input: name,
      allowed: { min: 1, max: maxPoints },
    });
  }
  const axis = axisOf(model, ends, points);
  if (
    axis.values.some((value, i) => i > 0 && value <= (axis.values[i - 1] ?? -Infinity)) ||
    (points === 1 && ends.min < ends.max)
  ) {
    throw badUserInput(
      points === 1
        ? `The axis of ${name} has one point and two ends: give min and max one value, or more points.`
        : `The ${points} points of ${name} from ${min} to ${max} are not all different numbers to ${model.name}, which reads ${model.precision}.`,
      { input: name },
    );
  }
  return axis;
}

const axisOf = (
  { precision }: ModelDefinition,
  ends: Pick<SweepAxis, 'names' | 'min' | 'max'>,
  points: number,
): SweepAxis => ({
  ...ends,
  values: linspace(ends.min, ends.max, points).map((value) => canonicalValue(value, precision)),
});
