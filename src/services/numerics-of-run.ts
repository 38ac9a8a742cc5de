import { CortigraphError } from '../domain/errors.js';
import type { ModelDefinition } from '../domain/model-definition.js';
import { quoted } from '../domain/nearest.js';
import type { Lab } from './lab.js';

/**
 * The model of a stored run.
 * @throws CortigraphError UNAVAILABLE where this version has none of that name, as when a newer one made the run
 */
export function requireModelOfRun(
  { models }: Pick<Lab, 'models'>,
  { id, model }: { readonly id: string; readonly model: string },
): ModelDefinition {
  const found = models.find(({ name }) => name === model);
  if (found) return found;
  throw new CortigraphError(
    'UNAVAILABLE',
    `${id} is a run of ${quoted(model)}, a model that this version of Cortigraph does not have.`,
    { model, allowed: models.map(({ name }) => name) },
  );
}

/**
 * Makes sure that a stored run, or one on its way, can be run again here.
 * @throws CortigraphError UNAVAILABLE where the model is not known, or other numerics of it are computed, with the version
 * that made the run
 */
export async function requireNumericsOfRun(
  lab: Lab,
  run: { readonly id: string; readonly model: string; readonly numericsDigest: string },
): Promise<void> {
  const { id, model, numericsDigest } = run;
  const { simulations, collections } = lab;
  const { numericsDigest: found } = await simulations.numericsOf(requireModelOfRun(lab, run).name);
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
