import type { InvalidationDocument } from '../domain/documents.js';
import { CortigraphError } from '../domain/errors.js';
import type { Protocol } from '../domain/protocol.js';
import { asksForOneRun } from '../statistics/pool.js';
import type { Question } from './question.js';

/** Why something invalid is not given again: the key is closed for good. */
export function closedKey({ target, reason, createdAt, createdBy }: InvalidationDocument): CortigraphError {
  return new CortigraphError(
    'CONFLICT',
    `${target} was invalidated by ${createdBy} at ${createdAt}: ${asSentence(reason)} It stays readable by its id, and nothing is made of it any more. Ask for other seeds, or more replicates.`,
    { invalidated: target, reason, at: createdAt },
  );
}

const asSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

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
  { numericsDigest, protocol }: Question,
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
