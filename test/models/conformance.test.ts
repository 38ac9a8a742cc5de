import { models } from '../../src/models/registry.js';
import { modelConformance } from './conformance.js';

for (const model of models) modelConformance(model);
