import type { InvalidationDocument, RunDocument } from '../domain/documents.js';
import { derivedNoiseSeed } from '../domain/identity.js';
import type { Protocol } from '../domain/protocol.js';
import { asksForOneRun } from '../statistics/pool.js';
import { closedKey, closedSeeds, invalidationOfOneRun, seedsOf } from './closed-keys.js';
import type { Question } from './question.js';

/** What decides which replicates a question needs next. */
export interface KnownReplicates {
  readonly pool: readonly RunDocument[];
  readonly invalidations: readonly InvalidationDocument[];
}

/**
 * The protocols of the next `count` replicates of a question that its pool does not hold and that were not invalidated:
 * with derived noise seeds, in the order of replicate numbers, or of networks; or the one exact protocol that the
 * question is about.
 * @throws CortigraphError CONFLICT when the run of that one was invalidated
 */
export function nextReplicates(
  question: Question,
  { pool, invalidations }: KnownReplicates,
  count: number,
): readonly Protocol[] {
  const { model, protocol, values, estimand } = question;
  if (asksForOneRun(model, question)) {
    const invalidation = invalidationOfOneRun(question, invalidations);
    if (invalidation) throw closedKey(invalidation);
    return [protocol];
  }
  const averages = estimand === 'NETWORK_AVERAGE';
  const closed = closedSeeds(question, invalidations);
  const replicate = (networkSeed: number | null, number: number): Protocol => {
    const ofReplicate = { ...protocol, networkSeed };
    return { ...ofReplicate, noiseSeed: derivedNoiseSeed(model.name, values, ofReplicate, number) };
  };
  // A network that the pool holds needs no second run, whatever the noise seed of the one it has.
  const known = (of: Protocol): string => (averages ? String(of.networkSeed) : seedsOf(of));
  const held = new Set(pool.map((run) => known(run.protocol)));
  const next: Protocol[] = [];
  for (let number = 1; next.length < count; number += 1) {
    let candidate = averages ? replicate(number, 1) : replicate(protocol.networkSeed, number);
    for (let again = 2; averages && closed.has(seedsOf(candidate)); again += 1) candidate = replicate(number, again);
    if (closed.has(seedsOf(candidate)) || held.has(known(candidate))) continue;
    held.add(known(candidate));
    next.push(candidate);
  }
  return next;
}
