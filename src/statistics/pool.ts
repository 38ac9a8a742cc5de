import type { Estimand, Estimate, OutcomeCount, Tolerance } from '../domain/estimate.js';
import type { ModelDefinition } from '../domain/model-definition.js';
import { completed } from '../domain/model-definition.js';
import { outcomeCounts } from '../domain/outcome-counts.js';
import type { Protocol } from '../domain/protocol.js';
import { readsSeed } from '../domain/protocol.js';
import type { CompletedRun } from './batches.js';
import { estimateOutputs, halfWidth } from './estimator.js';

/** The least number of networks that an average over networks is made of. */
export const leastNetworks = 4;

/** What a response asks of its pool of runs. */
export interface PoolRequest {
  readonly estimand: Estimand;
  /** What one replicate is; its noise seed is null unless the response is about exactly one run. */
  readonly protocol: Protocol;
  readonly replicates: number;
  readonly tolerances: readonly Tolerance[];
}

/** A tolerance that a pool does not meet. */
export interface UnmetTolerance extends Tolerance {
  /** The half-width that the pool gives; null while its error cannot be told. */
  readonly reached: number | null;
  /** How many times more simulated time the pool needs, by the noise that it shows. */
  readonly timesMore: number;
}

/** A pool held against a request. */
export interface Assessment {
  /** Null when the pool is empty or a run of it aborted. */
  readonly estimates: readonly Estimate[] | null;
  readonly outcomes: readonly OutcomeCount[];
  /** The replicates' worth that the pool holds. */
  readonly held: number;
  /** Replicates to add before the pool holds enough, as far as its noise tells. 0 when it answers. */
  readonly missing: number;
  readonly unmet: readonly UnmetTolerance[];
}

type WithProtocol = Pick<CompletedRun, 'protocol'>;

const seedsOf = ({ protocol }: WithProtocol): string => `${protocol.networkSeed}/${protocol.noiseSeed}`;
const amountOf = ({ protocol }: WithProtocol): number => protocol.durationMs ?? 1;

/** Whether a request is about one exact run and not about a long-run mean. */
export function asksForOneRun(model: ModelDefinition, { protocol }: PoolRequest): boolean {
  return !readsSeed(model.protocol) || protocol.noiseSeed !== null;
}

/**
 * The runs of one model numerics and parameter set that answer a request, in a stable order.
 * - They share the request's warm-up. Of runs that share both seeds only the longest counts, for a shorter one is its
 *   prefix; so each pair of seeds counts once.
 * - FIXED_NETWORK takes the request's network seed only; NETWORK_AVERAGE the networks 1, 2, … as far as each of them
 *   was simulated for at least one replicate's duration.
 * - With a noise seed given, or none read, the pool is exactly the run of that protocol.
 */
export function selectPool<R extends Pick<CompletedRun, 'id' | 'protocol'>>(
  model: ModelDefinition,
  request: PoolRequest,
  runs: readonly R[],
): readonly R[] {
  const { protocol } = request;
  const candidates = runs.filter((run) => run.protocol.warmupMs === protocol.warmupMs);
  if (asksForOneRun(model, request)) {
    return candidates.filter(
      (run) =>
        run.protocol.durationMs === protocol.durationMs &&
        run.protocol.networkSeed === protocol.networkSeed &&
        run.protocol.noiseSeed === protocol.noiseSeed,
    );
  }
  const longest = new Map<string, R>();
  for (const run of candidates) {
    const known = longest.get(seedsOf(run));
    if (!known || amountOf(run) > amountOf(known)) longest.set(seedsOf(run), run);
  }
  const distinct = [...longest.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  if (request.estimand === 'FIXED_NETWORK') {
    return distinct.filter((run) => run.protocol.networkSeed === protocol.networkSeed);
  }
  const networks = unbrokenNetworks(distinct, protocol);
  return distinct.filter(({ protocol: { networkSeed } }) => {
    return networkSeed !== null && networkSeed >= 1 && networkSeed <= networks;
  });
}

/** Holds a pool, as {@link selectPool} gives it, against what a request asks. */
export function assessPool(model: ModelDefinition, request: PoolRequest, pool: readonly CompletedRun[]): Assessment {
  const outcomes = outcomeCounts(pool.map(({ outcome }) => outcome));
  const aborted = pool.some((run) => run.outcome !== completed);
  const estimates = pool.length === 0 || aborted ? null : estimateOutputs(model, pool, request.estimand);
  const held = heldReplicates(model, request, pool);
  const short = Math.max(wantedReplicates(model, request) - held, 0);
  if (!estimates) return { estimates, outcomes, held, missing: aborted ? 0 : Math.ceil(short), unmet: [] };
  const unmet = request.tolerances.flatMap((tolerance) => unmetTolerance(tolerance, estimates));
  const forTolerances = held * Math.max(0, ...unmet.map((tolerance) => tolerance.timesMore));
  return { estimates, outcomes, held, missing: Math.ceil(Math.max(short, forTolerances)), unmet };
}

/** How many replicates a request wants at least. */
export function wantedReplicates(model: ModelDefinition, request: PoolRequest): number {
  if (asksForOneRun(model, request)) return 1;
  return request.estimand === 'NETWORK_AVERAGE' ? Math.max(leastNetworks, request.replicates) : request.replicates;
}

/** How many replicates' worth a pool holds: of simulated time, or of networks that are simulated for long enough. */
function heldReplicates(model: ModelDefinition, request: PoolRequest, pool: readonly CompletedRun[]): number {
  if (request.estimand === 'NETWORK_AVERAGE' && !asksForOneRun(model, request)) {
    return unbrokenNetworks(pool, request.protocol);
  }
  return totalAmount(pool) / (request.protocol.durationMs ?? 1);
}

const totalAmount = (runs: readonly CompletedRun[]): number => runs.reduce((sum, run) => sum + amountOf(run), 0);

/** The greatest k such that each network 1…k was simulated for at least one replicate's duration. */
function unbrokenNetworks(runs: readonly WithProtocol[], { durationMs }: Protocol): number {
  const amounts = new Map<number | null, number>();
  for (const run of runs) {
    const { networkSeed } = run.protocol;
    amounts.set(networkSeed, (amounts.get(networkSeed) ?? 0) + amountOf(run));
  }
  let networks = 0;
  while ((amounts.get(networks + 1) ?? 0) >= (durationMs ?? 1)) networks += 1;
  return networks;
}

function unmetTolerance(tolerance: Tolerance, estimates: readonly Estimate[]): readonly UnmetTolerance[] {
  const estimate = estimates.find(({ name }) => name === tolerance.output);
  const reached = estimate ? halfWidth(estimate, tolerance.level) : null;
  if (reached !== null && reached <= tolerance.halfWidth) return [];
  const timesMore = reached === null ? 1 : (reached / tolerance.halfWidth) ** 2 - 1;
  return [{ ...tolerance, reached, timesMore }];
}
