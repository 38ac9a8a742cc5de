import { CortigraphError } from '../domain/errors.js';
import type { Lab } from './lab.js';
import { requireModel } from './lab.js';

/**
 * Makes sure that a stored run, or one on its way, can be run again here.
 * @throws CortigraphError UNAVAILABLE where other numerics are computed, with the version that made the run
 */
export async function requireNumericsOfRun(
  { simulations, models, collections }: Lab,
  run: { readonly id: string; readonly model: string; readonly numericsDigest: string },
): Promise<void> {
  const { id, model, numericsDigest } = run;
  const { numericsDigest: found } = await simulations.numericsOf(requireModel({ models }, model).name);
  if (found === numericsDigest) return;
  const [execution] = await collections.executions
    .find({ runId: id, error: null }, { sort: { startedAt: 1 }, limit: 1 })
    .toArray();
  const softwareVersion = execution?.softwareVersion ?? null;
  throw new CortigraphError(
    'UNAVAILABLE',
    `${id} was computed with other numerics of ${model} than are computed here. ${
      softwareVersion === null ? 'The version that made it' : `Cortigraph ${softwareVersion}`
    } can run it again.`,
    { expected: numericsDigest, found, softwareVersion },
  );
}
