import type { InvalidationDocument, ResponseDocument, RunDocument } from '../domain/documents.js';
import { documentVersion } from '../domain/documents.js';
import { groupedBy } from '../domain/grouped-by.js';
import { runIdentity } from '../domain/identity.js';
import { estimatorVersion } from '../statistics/estimator.js';
import type { Assessment } from '../statistics/pool.js';
import { asksForOneRun, assessPool, selectPool } from '../statistics/pool.js';
import type { Write } from '../store/in-order.js';
import { unlessThere } from '../store/in-order.js';
import { closedKey, invalidationThatCloses } from './closed-keys.js';
import type { Lab } from './lab.js';
import type { Question } from './question.js';
import { answerIdentity } from './question.js';

type KnownRuns = Pick<PoolOfQuestion, 'candidates' | 'invalidations'>;

/** A question held against the runs that are stored. */
export interface PoolOfQuestion {
  /** The stored runs of which the pool is chosen. */
  readonly candidates: readonly RunDocument[];
  /** Of runs and responses of its parameter set. */
  readonly invalidations: readonly InvalidationDocument[];
  readonly pool: readonly RunDocument[];
  readonly assessment: Assessment;
  /** Why stored runs that would be of the pool are not: they were invalidated. */
  readonly leftOut: readonly InvalidationDocument[];
}

/** The end of a sentence about a pool: how many runs it goes without because they were invalidated; empty for none. */
export const leftOutNote = (leftOut: number): string =>
  leftOut === 0 ? '' : `; ${leftOut} invalid ${leftOut === 1 ? 'run' : 'runs'} left out`;

/** The id of an answer, and the writes that store it; none where it is known to be stored. */
export interface AnswerToStore {
  readonly id: string;
  readonly writes: readonly Write[];
}

/** How many known response ids are remembered, to spare a look at the store. */
const REMEMBERED = 10_000;

/** How many responses that were stored last are at hand, for those who wait for them. */
const AT_HAND = 100;

/** Reads the pools of questions, and stores the responses that they give. Computes nothing. */
export class ResponsePools {
  private readonly knownIds = new Set<string>();
  private readonly atHand = new Map<string, ResponseDocument>();

  constructor(private readonly lab: Lab) {}

  /** The pool of a question, as it is stored now. */
  async poolOf(question: Question): Promise<PoolOfQuestion> {
    return heldAgainst(question, await this.known([question]));
  }

  /**
   * The pool with runs that were added to it since it was read, without those that were invalidated meanwhile.
   * @param isNew whether a run was computed for it
   */
  async withAdded(
    question: Question,
    before: PoolOfQuestion,
    added: readonly RunDocument[],
    isNew: (run: RunDocument) => boolean,
  ): Promise<PoolOfQuestion> {
    const { candidates } = before;
    // Nobody knew of a run that was stored this moment, and there is no other: nothing is read.
    const isJustStored = candidates.length === 0 && added.length === 1 && added.every(isNew);
    const invalidations = isJustStored ? before.invalidations : await this.invalidationsOf([question]);
    return heldAgainst(question, { candidates: valid([...candidates, ...added], invalidations), invalidations });
  }

  /**
   * The pools of questions that differ in their values only, in their order, by one call of the store: give a few
   * hundred at a time.
   */
  async poolsOf(questions: readonly Question[]): Promise<readonly PoolOfQuestion[]> {
    const { candidates, invalidations } = await this.known(questions);
    const runs = groupedBy(candidates, ({ parameterSetId }) => parameterSetId);
    const invalid = groupedBy(invalidations, ({ parameterSetId }) => parameterSetId);
    return questions.map((question) =>
      heldAgainst(question, {
        candidates: runs.get(question.parameterSetId) ?? [],
        invalidations: invalid.get(question.parameterSetId) ?? [],
      }),
    );
  }

  /**
   * The answer that a sufficient pool gives: its id, and the write that stores it unless it is there.
   * @throws CortigraphError CONFLICT when this very answer was invalidated
   */
  response(question: Question, held: PoolOfQuestion): AnswerToStore {
    const invalidation = invalidationThatCloses(question, held);
    if (invalidation) throw closedKey(invalidation);
    const { pool, assessment } = held;
    const { model, numericsDigest, parameterSetId, estimand } = question;
    const identity = answerIdentity(question, pool);
    if (this.knownIds.has(identity.id)) return { id: identity.id, writes: [] };
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
      runIds: pool.map((run) => run._id).sort(),
      outputs: assessment.estimates ?? [],
      outcomes: assessment.outcomes,
      estimation: this.lab.attribution,
    };
    const store = async (): Promise<void> => {
      await unlessThere(() => this.lab.collections.responses.insertOne(response));
      this.remember(response);
    };
    return { id: identity.id, writes: [store] };
  }

  /** A stored response; null when there is none of this id. */
  async stored(id: string): Promise<ResponseDocument | null> {
    return this.atHand.get(id) ?? this.lab.collections.responses.findOne({ _id: id });
  }

  private remember(response: ResponseDocument): void {
    if (this.atHand.size >= AT_HAND) this.atHand.clear();
    this.atHand.set(response._id, response);
    if (this.knownIds.size >= REMEMBERED) this.knownIds.clear();
    this.knownIds.add(response._id);
  }

  /** The valid runs of which pools are chosen, and what was invalidated; both are asked for at once. */
  private async known(questions: readonly Question[]): Promise<KnownRuns> {
    const [runs, invalidations] = await Promise.all([this.runsOf(questions), this.invalidationsOf(questions)]);
    return { candidates: valid(runs, invalidations), invalidations };
  }

  private invalidationsOf(questions: readonly Question[]): Promise<readonly InvalidationDocument[]> {
    const parameterSetId = oneOf(questions.map((question) => question.parameterSetId));
    return this.lab.collections.invalidations.find({ parameterSetId }).toArray();
  }

  private async runsOf(questions: readonly Question[]): Promise<readonly RunDocument[]> {
    const [first] = questions;
    if (!first) return [];
    const { model, numericsDigest, protocol, estimand } = first;
    const { runs } = this.lab.collections;
    if (asksForOneRun(model, first)) {
      const ids = questions.map(
        ({ values }) => runIdentity({ model: model.name, numericsDigest, values, protocol }).id,
      );
      return runs.find({ _id: oneOf(ids) }).toArray();
    }
    const { warmupMs, networkSeed } = protocol;
    return runs
      .find({
        parameterSetId: oneOf(questions.map(({ parameterSetId }) => parameterSetId)),
        numericsDigest,
        'protocol.warmupMs': warmupMs,
        ...(estimand === 'FIXED_NETWORK' ? { 'protocol.networkSeed': networkSeed } : {}),
      })
      .toArray();
  }
}

function heldAgainst(question: Question, { candidates, invalidations }: KnownRuns): PoolOfQuestion {
  const pool = selectPool(
    question.model,
    question,
    candidates.map((run) => ({ ...run, id: run._id })),
  );
  const assessment = assessPool(question.model, question, pool);
  return { candidates, invalidations, pool, assessment, leftOut: leftOutOf(question, candidates, invalidations) };
}

function leftOutOf(
  question: Question,
  candidates: readonly RunDocument[],
  invalidations: readonly InvalidationDocument[],
): readonly InvalidationDocument[] {
  const invalid = invalidations.flatMap(({ target, run }) =>
    run?.numericsDigest === question.numericsDigest ? [{ id: target, protocol: run.protocol }] : [],
  );
  if (invalid.length === 0) return [];
  const stored = candidates.map(({ _id, protocol }) => ({ id: _id, protocol }));
  const wereAllValid = selectPool(question.model, question, [...stored, ...invalid]);
  const ids = new Set(wereAllValid.map(({ id }) => id));
  return invalidations.filter(({ target }) => ids.has(target));
}

function valid(runs: readonly RunDocument[], invalidations: readonly InvalidationDocument[]): readonly RunDocument[] {
  const invalid = new Set(invalidations.map(({ target }) => target));
  return runs.filter(({ _id }) => !invalid.has(_id));
}

const oneOf = (ids: readonly string[]): string | { readonly $in: readonly string[] } =>
  ids.length === 1 && ids[0] !== undefined ? ids[0] : { $in: ids };
