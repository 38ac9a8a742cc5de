import { badUserInput } from '../domain/errors.js';
import type { ModelDefinition } from '../domain/model-definition.js';

/** @throws CortigraphError BAD_USER_INPUT where inputs that are to take one value have not one unit */
export function requireOneUnit({ inputs }: ModelDefinition, names: readonly string[]): void {
  const [first, ...others] = names.map((name) => inputs.find((input) => input.name === name));
  const other = others.find((input) => input?.unit !== first?.unit);
  if (!first || !other) return;
  throw badUserInput(
    `${other.name} (${other.unit}) cannot move together with ${first.name} (${first.unit}): one value is no value of both.`,
    { input: other.name },
  );
}
