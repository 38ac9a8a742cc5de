import { createHash } from 'node:crypto';
import { maxSeed } from '../../domain/protocol.js';
import type { Protocol } from '../../domain/protocol.js';
import type { ParameterValues } from '../../domain/identity.js';
import type { SimulationResult } from '../model.js';
import type { Circuit } from './circuit.js';
import { localCircuitDefinition } from './definition.js';
import { canonicalValues } from '../../domain/parameter-values.js';

/** Raised by hand when something that the traces cannot see changes what a run means. */
const REVISION = 1;

/** A simulator of the local circuit that can show the circuit after each block. */
interface ObservableSimulator {
  simulate(values: ParameterValues, protocol: Protocol, stopped: () => boolean): SimulationResult | null;
  trace(
    values: ParameterValues,
    protocol: Protocol,
    stopped: () => boolean,
    observe: (circuit: Circuit) => void,
  ): SimulationResult | null;
}

/** A short run whose every bit enters the numerics digest. */
interface GoldenTrace {
  readonly covers: string;
  readonly values: ParameterValues;
  readonly protocol: Protocol;
}

const defaults = canonicalValues(localCircuitDefinition, {});
const atBounds = Object.fromEntries(localCircuitDefinition.inputs.map((input) => [input.name, input.bounds.max]));
const silent = Object.fromEntries(localCircuitDefinition.inputs.map((input) => [input.name, 0]));

/**
 * Between them these take every branch that shows in a result, and fill every stored sum. They are short, for each worker
 * runs them when it starts: the two of a bin and more cost the most.
 */
export const goldenTraces: readonly GoldenTrace[] = [
  {
    covers: 'background: failures, a second bin, which is partial, and a warm-up that is no whole bin',
    values: defaults,
    protocol: { warmupMs: 3, durationMs: 252, networkSeed: 1, noiseSeed: 1 },
  },
  {
    covers: 'driven: dense spikes, refractory cells of the last two blocks, a cell exactly at the threshold',
    values: { ...defaults, lgnRateE: 480, lgnRateI: 480 },
    protocol: { warmupMs: 0, durationMs: 20, networkSeed: 2, noiseSeed: 1213 }, // found by search: kernel/digest.test.ts
  },
  {
    covers: 'a runaway: an abort within its second bin, and what is stored then',
    values: { ...defaults, sEE: 0.01, sELgn: 0.1, lgnRateE: 400, sIE: 0, sEI: 0 },
    protocol: { warmupMs: 0, durationMs: 550, networkSeed: maxSeed, noiseSeed: 0 },
  },
  {
    covers: 'the bounds: the widest Poisson tables, saturation of both populations',
    values: atBounds,
    protocol: { warmupMs: 0, durationMs: 10, networkSeed: maxSeed, noiseSeed: maxSeed },
  },
  {
    covers: 'silence: no input but the ambient one of weight 0, and so no spike',
    values: silent,
    protocol: { warmupMs: 0, durationMs: 10, networkSeed: 0, noiseSeed: 2 },
  },
];

const never = (): boolean => false;

/**
 * The SHA-256 of one trace: spikes of each block, then state and inputs at the end, then what would be stored of a run
 * that nobody watches.
 */
function traceDigest(simulator: ObservableSimulator, { values, protocol }: GoldenTrace): string {
  const hash = createHash('sha256');
  let last: Circuit | undefined;
  simulator.trace(values, protocol, never, (circuit) => {
    const spikes = circuit.spikesE + circuit.spikesI;
    hash.update(Uint16Array.of(circuit.spikesE, circuit.spikesI));
    hash.update(circuit.spikeCells.subarray(0, spikes));
    hash.update(circuit.spikeSteps.subarray(0, spikes));
    last = circuit;
  });
  if (last) for (const variable of [...Object.values(last.state), ...Object.values(last.inputs)]) hash.update(variable);
  hash.update(JSON.stringify(simulator.simulate(values, protocol, never)));
  return hash.digest('hex');
}

/** The numerics digest of a simulator of the local circuit; see `Simulator.numericsDigest`. */
export function numericsDigestOf(simulator: ObservableSimulator): string {
  const hash = createHash('sha256').update(`local-circuit revision ${REVISION}`);
  for (const trace of goldenTraces) hash.update(traceDigest(simulator, trace));
  return hash.digest('hex');
}
