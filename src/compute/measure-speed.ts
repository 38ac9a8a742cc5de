import { performance } from 'node:perf_hooks';
import { completed } from '../domain/model-definition.js';
import type { ParameterValues } from '../domain/identity.js';
import type { Protocol } from '../domain/protocol.js';
import type { Simulator } from '../models/model.js';
import type { SimulationSpeed } from './simulation-task.js';

/** A timed run simulates no more than this, in ms. */
export const CALIBRATION_MS = 500;

/** The first, untimed run: it builds the network and warms the code. */
const WARM_UP_MS = 50;

/** Runs are timed until they took this long together, in ms on the wall, or there are so many of them. */
const ENOUGH_MS = 150;
const MOST_RUNS = 50;

/** Times short runs of a simulator; null when it is stopped. What they give is dropped. */
export function measureSpeed(
  simulator: Simulator,
  values: ParameterValues,
  protocol: Protocol,
  stopped: () => boolean,
): SimulationSpeed | null {
  const { durationMs } = protocol;
  const totalMs = durationMs === null ? null : (protocol.warmupMs ?? 0) + durationMs;
  const lasting = (ms: number): Protocol =>
    totalMs === null ? protocol : { ...protocol, warmupMs: 0, durationMs: Math.min(ms, totalMs) };
  const timed = lasting(CALIBRATION_MS);
  if (!simulator.simulate(values, lasting(WARM_UP_MS), stopped)) return null;
  const began = performance.now();
  let [runs, tookMs, aborted] = [0, 0, false];
  while (tookMs < ENOUGH_MS && runs < MOST_RUNS) {
    const result = simulator.simulate(values, timed, stopped);
    if (!result) return null;
    aborted ||= result.outcome !== completed;
    runs += 1;
    tookMs = performance.now() - began;
  }
  const msPerRun = tookMs / runs;
  // A run that aborts is over then, however long it was to be.
  if (timed.durationMs === null || aborted) return { msPerRun, msPerBiologicalSecond: 0 };
  return { msPerRun: 0, msPerBiologicalSecond: (1000 * msPerRun) / timed.durationMs };
}
