import { badUserInput } from './errors.js';
import type { ParameterValues } from './identity.js';
import type { ModelDefinition, ModelInput, Precision, Range } from './model-definition.js';
import { didYouMean, nearestName, quoted } from './nearest.js';

/** The most significant digits that a float32 needs to be read back. */
const FLOAT32_DIGITS = 9;

/**
 * A value in the precision that a model reads, as the shortest decimal that reads back to it: for float32, `0.024`,
 * `2.4e-2` and `0.02400000020861626` are one value, 0.024. −0 is 0. A value beyond the precision becomes infinite.
 */
export function canonicalValue(value: number, precision: Precision): number {
  if (value === 0) return 0;
  if (precision === 'float64' || !Number.isFinite(value)) return value;
  const rounded = Math.fround(value);
  if (rounded === 0) return 0;
  for (let digits = 1; digits < FLOAT32_DIGITS; digits += 1) {
    const decimal = Number(rounded.toPrecision(digits));
    if (Math.fround(decimal) === rounded) return decimal;
  }
  return Number(rounded.toPrecision(FLOAT32_DIGITS));
}

/**
 * The complete, canonical values of a parameter set: what is omitted takes the model's default.
 * @throws CortigraphError BAD_USER_INPUT for an unknown name (with the nearest), and for a value that is not a finite
 * number or lies outside the bounds (with what is allowed).
 */
export function canonicalValues(model: ModelDefinition, given: Readonly<Record<string, unknown>>): ParameterValues {
  const known = model.inputs.map((input) => input.name);
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    throw badUserInput(`${model.name} has no input ${quoted(name)}.${didYouMean(nearest)}`, {
      input: name.slice(0, 80),
      allowed: known,
      ...(nearest === undefined ? {} : { nearest }),
    });
  }
  return Object.fromEntries(model.inputs.map((input) => [input.name, checkedValue(model, input, given[input.name])]));
}

function checkedValue({ name: model, precision }: ModelDefinition, input: ModelInput, given: unknown): number {
  if (given === undefined) return canonicalValue(input.default, precision);
  if (typeof given !== 'number' || !Number.isFinite(given)) {
    throw badUserInput(`${model} needs a finite number for ${input.name}.`, { input: input.name });
  }
  const value = canonicalValue(given, precision);
  const bounds: Range = {
    min: canonicalValue(input.bounds.min, precision),
    max: canonicalValue(input.bounds.max, precision),
  };
  if (value < bounds.min || value > bounds.max) {
    throw badUserInput(`${input.name} of ${model} must lie between ${bounds.min} and ${bounds.max}, not at ${given}.`, {
      input: input.name,
      allowed: { min: bounds.min, max: bounds.max },
    });
  }
  return value;
}
