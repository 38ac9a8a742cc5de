import type { RunDocument } from '../domain/documents.js';
import type { Identity, RunKey } from '../domain/identity.js';
import { runIdentity } from '../domain/identity.js';
import type { Json, JsonObject } from '../domain/json.js';
import { protocolFields } from '../domain/protocol.js';
import type { Lab } from './lab.js';
import type { Question, ResponseRequest } from './question.js';
import { readQuestion } from './question.js';
import { refusalOf } from './refusal.js';
import { leftOutNote, ResponsePools } from './response-pools.js';
import { nextReplicates } from './replicates.js';
import type { ResponseCost } from './response-cost.js';
import { costOf, replicatesToAdd } from './response-cost.js';

/** One part of a key that differs from that of a stored run. */
export interface KeyDifference {
  readonly field: string;
  readonly asked: Json;
  readonly stored: Json;
}

/** How a question would be answered now. Nothing is computed or stored for it. */
export interface Explanation {
  readonly question: Question;
  /** The pool that would be reused. */
  readonly reusedRuns: readonly string[];
  readonly willCompute: boolean;
  readonly cost: ResponseCost;
  /** Of the next run to compute, or, on a hit, of the first that is reused. */
  readonly key: Identity;
  readonly ingredients: JsonObject;
  /** The stored run of the same parameter set whose key is nearest to the one to compute. */
  readonly nearestRun: string | null;
  readonly differences: readonly KeyDifference[];
  readonly reason: string;
  /** Why the question would be refused although it is valid; null when it would not. */
  readonly refusal: string | null;
}

/** How many stored runs of a parameter set are looked through for the nearest. */
const LOOKED_THROUGH = 1000;

/** Explains how a question would be answered: the ingredients of keys, what is reused, what is missing and why. */
export class ExplainService {
  private readonly pools: ResponsePools;

  constructor(private readonly lab: Lab) {
    this.pools = new ResponsePools(lab);
  }

  /** @throws CortigraphError BAD_USER_INPUT */
  async explain(request: ResponseRequest): Promise<Explanation> {
    const question = await readQuestion(this.lab, request);
    const stored = await this.pools.poolOf(question);
    const { pool, assessment, leftOut } = stored;
    const missing = replicatesToAdd(question, assessment, pool.length === 0);
    const refusal = refusalOf(question, stored, this.lab.settings.maxResponseSeconds);
    const [next] = missing > 0 && refusal?.code !== 'CONFLICT' ? nextReplicates(question, stored, 1) : [];
    const { model, numericsDigest, values } = question;
    const protocol = next ?? pool[0]?.protocol ?? question.protocol;
    const key: RunKey = { model: model.name, numericsDigest, values, protocol };
    const identity = runIdentity(key);
    const nearest = next ? await this.nearestRun(question, key) : null;
    return {
      question,
      reusedRuns: pool.map((run) => run._id),
      willCompute: missing > 0 && !refusal,
      cost: costOf(question, missing),
      key: identity,
      ingredients: JSON.parse(identity.preimage) as JsonObject,
      nearestRun: nearest?.run._id ?? null,
      differences: nearest?.differences ?? [],
      refusal: refusal ? `${refusal.code}: ${refusal.message}` : null,
      reason: `${reasonOf(pool.length, missing, assessment.unmet.length, nearest !== null)}${leftOutNote(leftOut.length)}`,
    };
  }

  private async nearestRun(
    { parameterSetId }: Question,
    key: RunKey,
  ): Promise<{ readonly run: RunDocument; readonly differences: readonly KeyDifference[] } | null> {
    const runs = await this.lab.collections.runs
      .find({ parameterSetId }, { sort: { createdAt: -1, _id: -1 }, limit: LOOKED_THROUGH })
      .toArray();
    const ranked = runs
      .map((run) => ({ run, differences: differencesOf(key, run) }))
      .sort((a, b) => a.differences.length - b.differences.length);
    return ranked[0] ?? null;
  }
}

function differencesOf(key: RunKey, run: RunDocument): readonly KeyDifference[] {
  const fields: KeyDifference[] = [
    { field: 'numericsDigest', asked: key.numericsDigest, stored: run.numericsDigest },
    ...protocolFields.map((field) => ({
      field: `protocol.${field}`,
      asked: key.protocol[field],
      stored: run.protocol[field],
    })),
  ];
  return fields.filter(({ asked, stored }) => asked !== stored);
}

function reasonOf(held: number, missing: number, unmet: number, hasNearest: boolean): string {
  if (missing === 0) return `hit: ${held} stored ${held === 1 ? 'run answers' : 'runs answer'} it`;
  const why =
    held === 0
      ? `no stored run answers it${hasNearest ? '; the nearest run of this parameter set differs as listed' : ''}`
      : `${held} stored ${held === 1 ? 'run counts' : 'runs count'}, but ${
          unmet > 0 ? 'a tolerance is not met' : 'more replicates are asked for'
        }`;
  return `miss: ${why}; about ${missing} more would be computed`;
}
