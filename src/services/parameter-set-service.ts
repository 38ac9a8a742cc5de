import type { ParameterSetDocument } from '../domain/documents.js';
import { documentVersion } from '../domain/documents.js';
import { notFound } from '../domain/errors.js';
import type { ParameterValues } from '../domain/identity.js';
import { parameterSetIdentity } from '../domain/identity.js';
import { requireId } from '../domain/ids.js';
import { canonicalValues } from '../domain/parameter-values.js';
import type { Write } from '../store/in-order.js';
import { duplicateIndexes, isDuplicateKey } from '../store/store-errors.js';
import type { Lab } from './lab.js';
import { requireModel } from './lab.js';

/** Parameter sets: same values, same set, whoever asks. */
export class ParameterSetService {
  constructor(private readonly lab: Lab) {}

  /**
   * Stores a parameter set unless it is there already.
   * @throws CortigraphError BAD_USER_INPUT
   */
  async create(
    modelName: string,
    given: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly parameterSet: ParameterSetDocument; readonly created: boolean }> {
    const model = requireModel(this.lab, modelName);
    const parameterSet = this.document(model.name, canonicalValues(model, given));
    try {
      await this.lab.collections.parameterSets.insertOne(parameterSet);
      return { parameterSet, created: true };
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return { parameterSet: await this.get(parameterSet._id), created: false };
    }
  }

  /** The write that stores a parameter set, of values in canonical form. */
  storing(model: string, values: ParameterValues): Write {
    return () => this.lab.collections.parameterSets.insertOne(this.document(model, values));
  }

  /** Stores those that are missing, of values in canonical form, of one model, by two calls of the store. */
  async ensureAll(model: string, all: readonly ParameterValues[]): Promise<void> {
    const { parameterSets } = this.lab.collections;
    const documents = all.map((values) => this.document(model, values));
    const ids = documents.map(({ _id }) => _id);
    const found = await parameterSets
      .find<{ _id: string }>({ _id: { $in: ids } }, { projection: { model: 1 } })
      .toArray();
    const known = new Set(found.map(({ _id }) => _id));
    const missing = documents.filter(({ _id }) => !known.has(_id));
    if (missing.length === 0) return;
    await parameterSets.insertMany(missing, { ordered: false }).catch(duplicateIndexes); // others may be faster
  }

  /** @throws CortigraphError NOT_FOUND, BAD_USER_INPUT */
  async get(id: string): Promise<ParameterSetDocument> {
    requireId(id, 'ParameterSet');
    const found = await this.lab.collections.parameterSets.findOne({ _id: id });
    if (!found) throw notFound(`parameter set ${id}`);
    return found;
  }

  private document(model: string, values: ParameterValues): ParameterSetDocument {
    return parameterSetDocument(model, values, this.lab.clock.now().toISOString());
  }
}

/** The parameter set of values in canonical form. */
export function parameterSetDocument(model: string, values: ParameterValues, createdAt: string): ParameterSetDocument {
  const { id, digest, preimage } = parameterSetIdentity(model, values);
  return { _id: id, schemaVersion: documentVersion, createdAt, digest, preimage, model, values };
}
