import type { ModelDefinition } from '../../src/domain/model-definition.js';
import { completed } from '../../src/domain/model-definition.js';
import type { Protocol } from '../../src/domain/protocol.js';
import { ishigami } from '../../src/models/ishigami/ishigami.js';
import { localCircuitDefinition } from '../../src/models/local-circuit/definition.js';
import { Xoshiro128 } from '../../src/models/xoshiro128.js';
import type { CompletedRun } from '../../src/statistics/batches.js';

/** A model of one rate of ten sources, in batches of 250 ms. */
export const rateModel: ModelDefinition = {
  ...localCircuitDefinition,
  name: 'rate',
  outputs: [
    {
      name: 'rate',
      unit: 'Hz',
      meaning: 'events',
      sum: { kind: 'rate', sources: 10 },
      typicalNoise: { min: 1, max: 1 },
    },
  ],
  flags: [{ name: 'bursty', meaning: 'bursts', output: 'rate', fanoFactorAbove: 20 }],
  recordings: [],
};

/** A model of one mean without time, that reads a seed; and one that reads none. */
export const meanModel: ModelDefinition = ishigami(1).definition;
export const exactModel: ModelDefinition = ishigami().definition;

/** A run of {@link rateModel} with these counts a batch. */
export function rateRun(
  counts: readonly number[],
  protocol: Partial<Protocol> = {},
  outcome = completed,
): CompletedRun {
  const complete = { warmupMs: 500, durationMs: 250 * counts.length, networkSeed: 1, noiseSeed: 1, ...protocol };
  const id = JSON.stringify([complete, counts]);
  return { id, protocol: complete, outcome, sums: { batchMs: 250, outputs: { rate: counts } } };
}

/** A run of {@link meanModel} or {@link exactModel}. */
export function meanRun(y: number, noiseSeed: number | null): CompletedRun {
  const protocol = { warmupMs: null, durationMs: null, networkSeed: null, noiseSeed };
  return { id: JSON.stringify(noiseSeed), protocol, outcome: completed, sums: { batchMs: null, outputs: { y: [y] } } };
}

/** Standard normal deviates of a seed (Box–Muller). */
export function normals(seed: number): () => number {
  const random = new Xoshiro128('noise', seed);
  const uniform = (): number => (random.next() + 0.5) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
