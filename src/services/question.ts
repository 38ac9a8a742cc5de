import { CortigraphError, badUserInput } from '../domain/errors.js';
import type { RunDocument } from '../domain/documents.js';
import type { Estimand, Tolerance } from '../domain/estimate.js';
import { checkedLevel, defaultLevel, leastHalfWidth } from '../domain/estimate.js';
import type { Identity, ParameterValues } from '../domain/identity.js';
import { parameterSetIdentity, questionIdentity, responseIdentity } from '../domain/identity.js';
import type { JsonObject } from '../domain/json.js';
import type { ModelDefinition } from '../domain/model-definition.js';
import { didYouMean, nearestName, quoted } from '../domain/nearest.js';
import { canonicalValues } from '../domain/parameter-values.js';
import type { GivenProtocol } from '../domain/protocol.js';
import { completeProtocol, readsSeed } from '../domain/protocol.js';
import { estimatorVersion } from '../statistics/estimator.js';
import { leastNetworks } from '../statistics/pool.js';
import type { PoolRequest } from '../statistics/pool.js';
import type { Lab } from './lab.js';
import { requireModel } from './lab.js';

/** What may answer a question. */
export const responseSources = ['AUTO', 'SURROGATE', 'SIMULATION'] as const;

/** A name of {@link responseSources}. */
export type ResponseSource = (typeof responseSources)[number];

/** A question as a client asks it. */
export interface ResponseRequest {
  readonly model: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly source: ResponseSource;
  readonly estimand: Estimand;
  readonly protocol?: GivenProtocol | null;
  readonly replicates?: number | null;
  readonly tolerances?: readonly { output: string; halfWidth: number; level?: number | null }[] | null;
}

/** A question that is valid: canonical values, a complete protocol, and the identity that follows from them. */
export interface Question extends PoolRequest {
  /** Stands for the answer while that is PENDING. */
  readonly id: string;
  readonly model: ModelDefinition;
  readonly numericsDigest: string;
  readonly parameterSetId: string;
  readonly values: ParameterValues;
}

/** The most replicates that one response may ask for. */
const MAX_REPLICATES = 10_000;

/** All are stored with the question, and looked at after each run. */
const MAX_TOLERANCES = 100;

/**
 * Checks a request and puts it into canonical form.
 * @throws CortigraphError BAD_USER_INPUT; UNAVAILABLE where only a surrogate may answer and there is none
 */
export async function readQuestion(lab: Lab, request: ResponseRequest): Promise<Question> {
  const { model, ...aspects } = await readAspects(lab, request);
  return questionOf(model, { ...aspects, values: canonicalValues(model, request.parameters) });
}

/** All of a question but where it is asked: many questions may differ in their values only. */
export type QuestionAspects = Omit<QuestionPayload, 'values'> & { readonly model: ModelDefinition };

/**
 * Checks what a request asks, whatever its parameters.
 * @throws CortigraphError BAD_USER_INPUT; UNAVAILABLE where only a surrogate may answer and there is none
 */
export async function readAspects(lab: Lab, request: Omit<ResponseRequest, 'parameters'>): Promise<QuestionAspects> {
  const model = requireModel(lab, request.model);
  refuseSurrogate(request.source, model);
  const protocol = completeProtocol(model.name, model.protocol, request.protocol ?? {});
  const tolerances = readTolerances(model, request.tolerances ?? []);
  const replicates = readReplicates(request.replicates ?? 1);
  const pool: PoolRequest = { estimand: request.estimand, protocol, replicates, tolerances };
  checkTogether(model, pool, request.protocol ?? {});
  const { numericsDigest } = await lab.simulations.numericsOf(model.name);
  return { model, numericsDigest, ...pool };
}

/** What of a question is stored in the job that answers it. */
export type QuestionPayload = PoolRequest & Pick<Question, 'numericsDigest' | 'values'>;

/** The question of its stored form. */
export function questionOf(model: ModelDefinition, payload: QuestionPayload): Question {
  return {
    ...payload,
    id: questionIdentity(payloadOf({ ...payload, model })).id,
    model,
    parameterSetId: parameterSetIdentity(model.name, payload.values).id,
  };
}

/** The stored form of a question. */
export function payloadOf(question: QuestionPayload & { readonly model: ModelDefinition }): JsonObject {
  const { numericsDigest, values, estimand, replicates } = question;
  const tolerances = question.tolerances.map(({ output, halfWidth, level }) => ({ output, halfWidth, level }));
  const protocol = { ...question.protocol };
  return { model: question.model.name, numericsDigest, values, estimand, replicates, protocol, tolerances };
}

function refuseSurrogate(source: ResponseSource, { name }: ModelDefinition): void {
  if (source !== 'SURROGATE') return;
  throw new CortigraphError('UNAVAILABLE', `No surrogate of ${name} has been trained: ask for AUTO or SIMULATION.`);
}

function readTolerances(model: ModelDefinition, given: NonNullable<ResponseRequest['tolerances']>): Tolerance[] {
  if (given.length > MAX_TOLERANCES) {
    throw badUserInput(`A response has at most ${MAX_TOLERANCES} tolerances, not ${given.length}.`, {
      allowed: { max: MAX_TOLERANCES },
    });
  }
  return given.map((tolerance) => readTolerance(model, tolerance)).sort(byOutput);
}

function readTolerance(
  model: ModelDefinition,
  { output, halfWidth, level }: { output: string; halfWidth: number; level?: number | null },
): Tolerance {
  const allowed = model.outputs.map(({ name }) => name);
  if (!allowed.includes(output)) {
    const nearest = nearestName(output, allowed);
    throw badUserInput(`${model.name} has no output ${quoted(output)}.${didYouMean(nearest)}`, {
      allowed,
      ...(nearest === undefined ? {} : { nearest }),
    });
  }
  if (!(halfWidth >= leastHalfWidth && Number.isFinite(halfWidth))) {
    throw badUserInput(`The halfWidth of a tolerance must be ${leastHalfWidth} or more, not ${halfWidth}.`, {
      allowed: { min: leastHalfWidth },
    });
  }
  return { output, halfWidth, level: checkedLevel(level ?? defaultLevel) };
}

/** One order, so that the order in which tolerances are given makes no other question. */
const byOutput = (a: Tolerance, b: Tolerance): number =>
  a.output === b.output ? a.halfWidth - b.halfWidth || a.level - b.level : a.output < b.output ? -1 : 1;

function readReplicates(replicates: number): number {
  if (Number.isInteger(replicates) && replicates >= 1 && replicates <= MAX_REPLICATES) return replicates;
  throw badUserInput(`replicates must be a whole number from 1 to ${MAX_REPLICATES}, not ${replicates}.`, {
    allowed: { min: 1, max: MAX_REPLICATES },
  });
}

function checkTogether(model: ModelDefinition, request: PoolRequest, given: GivenProtocol): void {
  const { estimand, protocol, replicates, tolerances } = request;
  const averages = estimand === 'NETWORK_AVERAGE';
  if (averages && !model.protocol.networkSeed) {
    throw badUserInput(`${model.name} has no networks to average over: ask for the estimand FIXED_NETWORK.`);
  }
  if (averages && given.networkSeed != null) {
    throw badUserInput(
      `NETWORK_AVERAGE chooses the network seeds 1, 2, … itself (${leastNetworks} at least): give none.`,
    );
  }
  if (!readsSeed(model.protocol)) return;
  if (protocol.noiseSeed !== null && (averages || replicates > 1 || tolerances.length > 0)) {
    throw badUserInput(
      'With a noise seed a response is about exactly that run: give no replicates, no tolerances and no NETWORK_AVERAGE.',
    );
  }
}

/** The identity of the answer that a sufficient pool gives to a question. */
export function answerIdentity(
  { model, numericsDigest, parameterSetId, estimand }: Question,
  pool: readonly RunDocument[],
): Identity {
  return responseIdentity({
    model: model.name,
    numericsDigest,
    parameterSetId,
    estimand,
    estimator: estimatorVersion,
    runIds: pool.map((run) => run._id),
  });
}
