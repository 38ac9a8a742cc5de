import { readFileSync } from 'node:fs';
import type { Model, Simulator } from '../../src/models/model.js';

/** A new simulator of a model, by the kernel that lies where the model says. */
export const simulatorOf = (model: Pick<Model, 'kernelUrl' | 'createSimulator'>): Simulator =>
  model.createSimulator(readFileSync(new URL(model.kernelUrl)));
