import type { Model } from '../model.js';
import { localCircuitDefinition } from './definition.js';
import { oracleUrl } from './oracle-circuit.js';
import { oracleSimulator } from './oracle.js';

/** The local cortical circuit, simulated by the scalar oracle. */
export const localCircuit: Model = {
  definition: localCircuitDefinition,
  kernelUrl: oracleUrl,
  createSimulator: () => oracleSimulator(),
};
