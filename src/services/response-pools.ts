import type { ResponseDocument, RunDocument } from '../domain/documents.js';
import { documentVersion } from '../domain/documents.js';
import { responseIdentity, runIdentity } from '../domain/identity.js';
import { estimatorVersion } from '../statistics/estimator.js';
import type { Assessment } from '../statistics/pool.js';
import { asksForOneRun, assessPool, selectPool } from '../statistics/pool.js';
import { isDuplicateKey } from '../store/store-errors.js';
import type { Lab } from './lab.js';
import type { Question } from './question.js';

/** A question held against the runs that are stored. */
export interface PoolOfQuestion {
  readonly pool: readonly RunDocument[];
  readonly assessment: Assessment;
}

/** How many known response ids are remembered, to spare a look at the store. */
const REMEMBERED = 10_000;

/** Reads the pools of questions, and stores the responses that they give. Computes nothing. */
export class ResponsePools {
  private readonly knownIds = new Set<string>();

  constructor(private readonly lab: Lab) {}

  /** The pool of a question, as it is stored now. */
  async poolOf(question: Question): Promise<PoolOfQuestion> {
    const runs = await this.candidates(question);
    const withIds = selectPool(
      question.model,
      question,
      runs.map((run) => ({ ...run, id: run._id })),
    );
    return { pool: withIds, assessment: assessPool(question.model, question, withIds) };
  }

  /** Stores the answer that a sufficient pool gives, unless it is there; gives its id. */
  async store(question: Question, { pool, assessment }: PoolOfQuestion): Promise<string> {
    const { model, numericsDigest, parameterSetId, estimand } = question;
    const runIds = pool.map((run) => run._id).sort();
    const identity = responseIdentity({
      model: model.name,
      numericsDigest,
      parameterSetId,
      estimand,
      estimator: estimatorVersion,
      runIds,
    });
    if (this.knownIds.has(identity.id)) return identity.id;
    const response: ResponseDocument = {
      _id: identity.id,
      schemaVersion: documentVersion,
      createdAt: this.lab.clock.now().toISOString(),
      digest: identity.digest,
      preimage: identity.preimage,
      model: model.name,
      numericsDigest,
      parameterSetId,
      origin: 'SIMULATION',
      estimand,
      estimator: estimatorVersion,
      runIds,
      outputs: assessment.estimates ?? [],
      outcomes: assessment.outcomes,
      estimation: this.lab.attribution,
    };
    if (!(await this.lab.collections.responses.findOne({ _id: identity.id }))) {
      await this.lab.collections.responses.insertOne(response).catch((error: unknown) => {
        if (!isDuplicateKey(error)) throw error;
      });
    }
    if (this.knownIds.size >= REMEMBERED) this.knownIds.clear();
    this.knownIds.add(identity.id);
    return identity.id;
  }

  private candidates(question: Question): Promise<RunDocument[]> {
    const { model, numericsDigest, parameterSetId, values, protocol, estimand } = question;
    const { runs } = this.lab.collections;
    if (asksForOneRun(model, question)) {
      const { id } = runIdentity({ model: model.name, numericsDigest, values, protocol });
      return runs.find({ _id: id }).toArray();
    }
    const { warmupMs, networkSeed } = protocol;
    return runs
      .find({
        parameterSetId,
        numericsDigest,
        'protocol.warmupMs': warmupMs,
        ...(estimand === 'FIXED_NETWORK' ? { 'protocol.networkSeed': networkSeed } : {}),
      })
      .toArray();
  }
}
