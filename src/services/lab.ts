import type { SimulationPool } from '../compute/simulation-pool.js';
import type { Attribution } from '../domain/documents.js';
import { CortigraphError, badUserInput } from '../domain/errors.js';
import type { ModelDefinition } from '../domain/model-definition.js';
import { didYouMean, nearestName, quoted } from '../domain/nearest.js';
import type { BlobStore } from '../store/blob-store.js';
import type { InOrder } from '../store/in-order.js';
import type { Collections } from '../store/collections.js';

/** Time, as services see it. */
export interface Clock {
  now(): Date;
  /** Milliseconds that never go back; for leases. */
  monotonicMs(): number;
}

/** Where services tell operators what happens. */
export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** How much one request may ask for, and how leases are kept. */
export interface LabSettings {
  /** The most biological seconds that one response may simulate, warm-ups included. */
  readonly maxResponseSeconds: number;
  /** The most biological seconds that one sweep may simulate, warm-ups included. */
  readonly maxSweepSeconds: number;
  /** The most runs of one experiment: points by replicates. */
  readonly maxExperimentRuns: number;
  /** How often a holder shows that it lives, and others look. */
  readonly heartbeatMs: number;
  /** How long a heartbeat stands still before the lease is stale. */
  readonly staleLeaseMs: number;
}

/** What every service works with; main.ts builds it. */
export interface Lab {
  readonly collections: Collections;
  readonly blobs: BlobStore;
  readonly inOrder: InOrder;
  readonly simulations: SimulationPool;
  readonly models: readonly ModelDefinition[];
  readonly clock: Clock;
  /** Hexadecimal digits of a random number of 128 bits, for ids of what is not content-addressed. */
  readonly randomHex: () => string;
  readonly attribution: Attribution;
  readonly settings: LabSettings;
  readonly log: Log;
}

/**
 * The model of a name.
 * @throws CortigraphError BAD_USER_INPUT with the nearest name
 */
export function requireModel(lab: Pick<Lab, 'models'>, name: string): ModelDefinition {
  const model = lab.models.find((candidate) => candidate.name === name);
  if (model) return model;
  const allowed = lab.models.map((candidate) => candidate.name);
  const nearest = nearestName(name, allowed);
  throw badUserInput(`There is no model ${quoted(name)}.${didYouMean(nearest)}`, {
    allowed,
    ...(nearest === undefined ? {} : { nearest }),
  });
}

/**
 * Makes sure that the workers still compute what work was accepted under.
 * @throws CortigraphError UNAVAILABLE
 */
export async function requireNumerics(lab: Pick<Lab, 'simulations'>, model: string, accepted: string): Promise<void> {
  const { numericsDigest } = await lab.simulations.numericsOf(model);
  if (numericsDigest === accepted) return;
  throw new CortigraphError(
    'UNAVAILABLE',
    `${model} was asked under other numerics than this server computes; ask again.`,
    { accepted, found: numericsDigest },
  );
}

/** What to tell where a worker computes a model with other numerics than its result is to be stored under. */
export const otherNumerics = (
  { model, numericsDigest }: { readonly model: string; readonly numericsDigest: string },
  found: string,
): CortigraphError =>
  new CortigraphError(
    'UNAVAILABLE',
    `The workers of this server compute ${model} with other numerics than the run is stored under.`,
    { expected: numericsDigest, found },
  );
