import { randomBytes } from 'node:crypto';
import { migrations } from '../../migrations/all.js';
import type { SimulationPool } from '../../src/compute/simulation-pool.js';
import type { RunKey } from '../../src/domain/identity.js';
import { parameterSetIdentity } from '../../src/domain/identity.js';
import { models } from '../../src/models/registry.js';
import type { Lab, Log } from '../../src/services/lab.js';
import type { WantedRun } from '../../src/services/claims.js';
import { collectionsOf } from '../../src/store/collections.js';
import { migrate } from '../../src/store/migrate.js';
import type { Store } from '../../src/store/store.js';

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A lab with a monotonic clock that a test may set forward. */
export type TestLab = Lab & { forward(ms: number): void };

/** A lab on a store and workers. */
export async function openTestLab(store: Store, simulations: SimulationPool): Promise<TestLab> {
  await migrate(store.database, migrations, () => new Date());
  let forwardMs = 0;
  return {
    collections: collectionsOf(store.database),
    blobs: store.blobs,
    inOrder: store.inOrder,
    simulations,
    models: models.map((model) => model.definition),
    clock: { now: () => new Date(), monotonicMs: () => performance.now() + forwardMs },
    randomHex: () => randomBytes(16).toString('hex'),
    attribution: {
      agent: 'test',
      host: 'here',
      softwareVersion: '0',
      nodeVersion: process.version,
      project: 'default',
      createdBy: 'local',
    },
    settings: {
      maxResponseSeconds: 600,
      maxSweepSeconds: 36_000,
      maxExperimentRuns: 1_000_000,
      heartbeatMs: 5_000,
      staleLeaseMs: 20_000,
    },
    log: silent,
    forward: (ms) => (forwardMs += ms),
  };
}

/** A run of ishigami-noisy. */
export async function wantedRun(lab: Lab, noiseSeed: number): Promise<WantedRun> {
  const values = { x1: 1, x2: 0, x3: 0 };
  const { numericsDigest } = await lab.simulations.numericsOf('ishigami-noisy');
  const protocol = { warmupMs: null, durationMs: null, networkSeed: null, noiseSeed };
  const key: RunKey = { model: 'ishigami-noisy', numericsDigest, values, protocol };
  return { ...key, parameterSetId: parameterSetIdentity(key.model, values).id };
}
