import type { ModelDefinition } from '../domain/model-definition.js';
import type { Protocol } from '../domain/protocol.js';
import { completeProtocol } from '../domain/protocol.js';
import type { Lab } from './lab.js';
import { requireModel } from './lab.js';

/** A model with what only its workers can tell. */
export interface ModelView extends ModelDefinition {
  readonly numericsDigest: string;
  readonly protocolDefaults: Protocol;
}

/** What can be simulated. */
export class ModelService {
  constructor(private readonly lab: Lab) {}

  all(): Promise<readonly ModelView[]> {
    return Promise.all(this.lab.models.map((model) => this.view(model)));
  }

  /** @throws CortigraphError BAD_USER_INPUT */
  async get(name: string): Promise<ModelView> {
    return this.view(requireModel(this.lab, name));
  }

  private async view(model: ModelDefinition): Promise<ModelView> {
    const { numericsDigest } = await this.lab.simulations.numericsOf(model.name);
    return { ...model, numericsDigest, protocolDefaults: completeProtocol(model.name, model.protocol, {}) };
  }
}
