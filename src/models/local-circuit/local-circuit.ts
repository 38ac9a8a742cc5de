import type { Model } from '../model.js';
import { circuitUrl } from './circuit.js';
import { localCircuitDefinition } from './definition.js';
import { CircuitSimulator } from './simulator.js';

/** The local cortical circuit, simulated by the scalar oracle. */
export const localCircuit: Model = {
  definition: localCircuitDefinition,
  kernelUrl: circuitUrl,
  createSimulator: () => new CircuitSimulator(),
};
