import { ishigami } from './ishigami/ishigami.js';
import { localCircuit } from './local-circuit/local-circuit.js';
import type { Model } from './model.js';

/** The standard deviation of `ishigami-noisy`. */
const ISHIGAMI_NOISE = 1;

/** Every model that this server knows, the default one first. */
export const models: readonly Model[] = [localCircuit, ishigami(), ishigami(ISHIGAMI_NOISE)];

/** The model of a name, or undefined. */
export function findModel(name: string): Model | undefined {
  return models.find((model) => model.definition.name === name);
}
