import type { Model } from '../model.js';
import { localCircuitDefinition } from './definition.js';
import { kernelSimulator, kernelUrl } from './kernel/kernel.js';

/** The local cortical circuit, simulated by the compiled kernel. */
export const localCircuit: Model = {
  definition: localCircuitDefinition,
  kernelUrl,
  createSimulator: kernelSimulator,
};
