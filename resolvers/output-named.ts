import type { Estimate } from '../schema/estimate.js';
import { badUserInput } from '../src/domain/errors.js';
import { didYouMean, nearestName, quoted } from '../src/domain/nearest.js';

/**
 * The estimate of an output; null while there are none at all.
 * @throws CortigraphError BAD_USER_INPUT for a name that is not among them
 */
export function outputNamed(outputs: readonly Estimate[], name: string): Estimate | null {
  const found = outputs.find((output) => output.name === name);
  if (found || outputs.length === 0) return found ?? null;
  const allowed = outputs.map((output) => output.name);
  throw badUserInput(`There is no output ${quoted(name)}.${didYouMean(nearestName(name, allowed))}`, {
    allowed,
  });
}
