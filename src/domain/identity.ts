import { canonicalJson } from './canonical-json.js';
import { sha256 } from './digest.js';
import type { NodeKind } from './ids.js';
import { idOf } from './ids.js';
import type { JsonObject } from './json.js';
import type { Protocol } from './protocol.js';

/** Raised when the preimages below change their meaning; every id then changes with it. */
export const identityVersion = 1;

/** What a content-addressed noun is known by. The preimage is stored beside the digest, so that it can be shown. */
export interface Identity {
  readonly id: string;
  /** SHA-256 of the preimage, in hexadecimal. */
  readonly digest: string;
  /** The canonical JSON (RFC 8785) of what the noun is made of. */
  readonly preimage: string;
}

function identityOf(kind: NodeKind, ingredients: JsonObject): Identity {
  const preimage = canonicalJson({ identityVersion, ...ingredients });
  const digest = sha256(preimage);
  return { id: idOf(kind, digest), digest, preimage };
}

/**
 * The values of a parameter set, one a declared input and within its bounds, in canonical form: the shortest decimals of
 * the model's precision.
 */
export type ParameterValues = Readonly<Record<string, number>>;

/** The identity of a parameter set: the model's name and the values. */
export function parameterSetIdentity(model: string, values: ParameterValues): Identity {
  return identityOf('ParameterSet', { noun: 'parameterSet', model, values });
}

/** What decides the bits of a run, and so its key. */
export interface RunKey {
  readonly model: string;
  readonly numericsDigest: string;
  readonly values: ParameterValues;
  readonly protocol: Protocol;
}

/** The identity of a simulation run. */
export function runIdentity({ model, numericsDigest, values, protocol }: RunKey): Identity {
  return identityOf('SimulationRun', { noun: 'simulationRun', model, numericsDigest, values, protocol });
}

/**
 * The noise seed of a replicate for which nobody gave one: the first 31 bits of a digest of the parameter set, the
 * protocol and the replicate's number (from 1), so that points and replicates never share random numbers.
 */
export function derivedNoiseSeed(
  model: string,
  values: ParameterValues,
  protocol: Protocol,
  replicate: number,
): number {
  return seedOf({ noun: 'noiseSeed', model, values, protocol, replicate });
}

/**
 * The noise seed of a replicate where all points share their random numbers: as {@link derivedNoiseSeed}, of a seed of
 * the experiment in place of the values.
 */
export function commonNoiseSeed(model: string, seed: number, protocol: Protocol, replicate: number): number {
  return seedOf({ noun: 'commonNoiseSeed', model, seed, protocol, replicate });
}

const seedOf = (ingredients: JsonObject): number =>
  parseInt(sha256(canonicalJson({ identityVersion, ...ingredients })).slice(0, 8), 16) >>> 1;

/** What a recording is of, and by what code. */
export interface RecordingKey {
  readonly runId: string;
  readonly kind: string;
  /** Of the code that records it. */
  readonly version: string;
}

/** The id of a recording: whoever records the same of a run makes the same, and the store keeps one. */
export function recordingId({ runId, kind, version }: RecordingKey): string {
  return identityOf('Recording', { noun: 'recording', runId, kind, version }).id;
}

/** What an annotation says: a tag or a note. */
export interface Said {
  readonly tag: string | null;
  readonly note: string | null;
}

/** What an answer is made of. */
export interface ResponseKey {
  readonly model: string;
  readonly numericsDigest: string;
  readonly parameterSetId: string;
  readonly estimand: string;
  readonly estimator: string;
  readonly runIds: readonly string[];
}

/** The identity of a finished response: it can be looked up later although the pool of runs has grown. */
export function responseIdentity(key: ResponseKey): Identity {
  return identityOf('Response', { noun: 'response', ...key, runIds: [...key.runIds].sort() });
}

/** The identity of a question that a response answers, which stands for the answer while that is PENDING. */
export function questionIdentity(question: JsonObject): Identity {
  return identityOf('Response', { noun: 'question', ...question });
}

/** The identity of a sweep: its questions, and the inputs that are moved, in their order. */
export function sweepIdentity(sweep: JsonObject): Identity {
  return identityOf('Sweep', { noun: 'sweep', ...sweep });
}

/** The identity of an experiment: the request that made it, its name among it. */
export function experimentIdentity(request: JsonObject): Identity {
  return identityOf('Experiment', { noun: 'experiment', ...request });
}

/** Of an experiment, the nth replicate (from 0) of a point (from 0). */
export interface RowKey {
  readonly experimentId: string;
  readonly point: number;
  readonly replicate: number;
}

/** The id of a row of an experiment: whoever fills it makes the same. */
export function experimentRowId({ experimentId, point, replicate }: RowKey): string {
  return idOf('ExperimentRow', sha256(canonicalJson({ noun: 'experimentRow', experimentId, point, replicate })));
}

/** The id of what says that a thing is invalid: a thing has one at most. */
export function invalidationId(target: string): string {
  return idOf('Invalidation', sha256(canonicalJson({ noun: 'invalidation', target })));
}

/** The id of a tag or a note on a thing: whoever says the same of it makes the same. */
export function annotationId(target: string, said: Said): string {
  return idOf('Annotation', sha256(canonicalJson({ noun: 'annotation', target, ...said })));
}

/** The id of the nth job about something: whoever makes the next one makes the same, and the store keeps one. */
export function jobId(key: string, ordinal: number): string {
  return idOf('Job', sha256(canonicalJson({ noun: 'job', key, ordinal })));
}
