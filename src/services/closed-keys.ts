import type { InvalidationDocument, RunDocument } from '../domain/documents.js';
import { CortigraphError } from '../domain/errors.js';
import type { Protocol } from '../domain/protocol.js';
import type { Assessment } from '../statistics/pool.js';
import { asksForOneRun } from '../statistics/pool.js';
import type { Question } from './question.js';
import { answerIdentity } from './question.js';

/** Why something invalid is not given again: the key is closed for good. */
export function closedKey({ target, reason, createdAt, createdBy }: InvalidationDocument): CortigraphError {
  return new CortigraphError(
    'CONFLICT',
    `${target} was invalidated by ${createdBy} at ${createdAt}: ${asSentence(reason)} It stays readable by its id, and nothing is made of it any more. Ask for other seeds, or more replicates.`,
    { invalidated: target, reason, at: createdAt },
  );
}

const asSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** A question held against what is stored, as far as it tells what is closed. */
interface HeldQuestion {
  readonly pool: readonly RunDocument[];
  readonly assessment: Pick<Assessment, 'missing'>;
  readonly invalidations: readonly InvalidationDocument[];
}

/** The invalidation for which a question gets no answer: of the very answer, or of the one run that it is about. */
export function invalidationThatCloses(
  question: Question,
  { pool, assessment, invalidations }: HeldQuestion,
): InvalidationDocument | undefined {
  if (invalidations.length === 0) return undefined;
  if (assessment.missing > 0) return invalidationOfOneRun(question, invalidations);
  const { id } = answerIdentity(question, pool);
  return invalidations.find(({ target }) => target === id);
}

/** The invalidation of the one run that a question is about; undefined when it is about others, or that is valid. */
export function invalidationOfOneRun(
  question: Question,
  invalidations: readonly InvalidationDocument[],
): InvalidationDocument | undefined {
  const { model, numericsDigest, protocol } = question;
  if (!asksForOneRun(model, question)) return undefined;
  return invalidations.find(({ run }) => run?.numericsDigest === numericsDigest && isSame(run.protocol, protocol));
}

/** The seeds that are closed to replicates of a question: those of its invalid runs, however long. */
export function closedSeeds(
  { numericsDigest, protocol }: Pick<Question, 'numericsDigest' | 'protocol'>,
  invalidations: readonly InvalidationDocument[],
): ReadonlySet<string> {
  const closed = invalidations.flatMap(({ run }) =>
    run?.numericsDigest === numericsDigest && run.protocol.warmupMs === protocol.warmupMs
      ? [seedsOf(run.protocol)]
      : [],
  );
  return new Set(closed);
}

/** What tells the random numbers of one protocol from those of another. */
export const seedsOf = ({ networkSeed, noiseSeed }: Protocol): string => `${networkSeed}/${noiseSeed}`;

const isSame = (a: Protocol, b: Protocol): boolean =>
  a.warmupMs === b.warmupMs && a.durationMs === b.durationMs && seedsOf(a) === seedsOf(b);
