import type { RunDocument } from '../domain/documents.js';
import { derivedNoiseSeed } from '../domain/identity.js';
import type { Protocol } from '../domain/protocol.js';
import { asksForOneRun } from '../statistics/pool.js';
import type { Question } from './question.js';

/**
 * The protocols of the next `count` replicates of a question that its pool does not hold: with derived noise seeds, in
 * the order of replicate numbers, or of networks; or the one exact protocol that the question is about.
 */
export function nextReplicates(question: Question, pool: readonly RunDocument[], count: number): readonly Protocol[] {
  const { model, protocol, values, estimand } = question;
  if (asksForOneRun(model, question)) return [protocol];
  const averages = estimand === 'NETWORK_AVERAGE';
  const replicate = (number: number): Protocol => {
    const ofReplicate = averages ? { ...protocol, networkSeed: number } : protocol;
    const replicateOfNetwork = averages ? 1 : number;
    return { ...ofReplicate, noiseSeed: derivedNoiseSeed(model.name, values, ofReplicate, replicateOfNetwork) };
  };
  // A network that the pool holds needs no second run, whatever the noise seed of the one it has.
  const seeds = ({ networkSeed, noiseSeed }: Protocol): string =>
    averages ? String(networkSeed) : `${networkSeed}/${noiseSeed}`;
  const held = new Set(pool.map((run) => seeds(run.protocol)));
  const next: Protocol[] = [];
  for (let number = 1; next.length < count; number += 1) {
    const candidate = replicate(number);
    if (held.has(seeds(candidate))) continue;
    held.add(seeds(candidate));
    next.push(candidate);
  }
  return next;
}
