import { createHash } from 'node:crypto';
import { maxSeed } from '../../domain/protocol.js';
import type { Protocol } from '../../domain/protocol.js';
import type { ParameterValues } from '../model.js';
import { localCircuitDefinition } from './definition.js';
import type { CircuitSimulator } from './simulator.js';

/** Raised by hand when something that the traces cannot see changes what a run means. */
const REVISION = 1;

/** A short run whose every bit enters the numerics digest. */
interface GoldenTrace {
  readonly covers: string;
  readonly values: ParameterValues;
  readonly protocol: Protocol;
}

const defaults = Object.fromEntries(localCircuitDefinition.inputs.map((input) => [input.name, input.default]));
const atBounds = Object.fromEntries(localCircuitDefinition.inputs.map((input) => [input.name, input.bounds.max]));
const silent = Object.fromEntries(localCircuitDefinition.inputs.map((input) => [input.name, 0]));

/** Between them these take every branch of the circuit and of the simulator, and fill every stored sum. */
export const goldenTraces: readonly GoldenTrace[] = [
  {
    covers: 'background: a partial last bin, and a warm-up that is not a whole bin',
    values: defaults,
    protocol: { warmupMs: 30, durationMs: 290, networkSeed: 1, noiseSeed: 1 },
  },
  {
    covers: 'driven: dense spikes, failures, refractory cells of the last two blocks',
    values: { ...defaults, lgnRateE: 480, lgnRateI: 480 },
    protocol: { warmupMs: 20, durationMs: 80, networkSeed: 2, noiseSeed: maxSeed },
  },
  {
    covers: 'the bounds: the widest Poisson tables, saturation, an abort at the end of a bin',
    values: { ...atBounds, sEI: 0, sII: 0 },
    protocol: { warmupMs: 100, durationMs: 400, networkSeed: maxSeed, noiseSeed: 0 },
  },
  {
    covers: 'silence: no input but the ambient one of weight 0, rest to the end',
    values: silent,
    protocol: { warmupMs: 0, durationMs: 20, networkSeed: 0, noiseSeed: 2 },
  },
];

const never = (): boolean => false;

/** The SHA-256 of one trace: spikes of each block, then state and inputs at the end, then what would be stored. */
function traceDigest(simulator: CircuitSimulator, { values, protocol }: GoldenTrace): string {
  const hash = createHash('sha256');
  let last: Parameters<NonNullable<Parameters<CircuitSimulator['simulate']>[3]>>[0] | undefined;
  const result = simulator.simulate(values, protocol, never, (circuit) => {
    const spikes = circuit.spikesE + circuit.spikesI;
    hash.update(Uint16Array.of(circuit.spikesE, circuit.spikesI));
    hash.update(circuit.spikeCells.subarray(0, spikes));
    hash.update(circuit.spikeSteps.subarray(0, spikes));
    last = circuit;
  });
  if (last) for (const variable of [...Object.values(last.state), ...Object.values(last.inputs)]) hash.update(variable);
  hash.update(JSON.stringify(result));
  return hash.digest('hex');
}

/** The numerics digest of a simulator of the local circuit; see `Simulator.numericsDigest`. */
export function numericsDigestOf(simulator: CircuitSimulator): string {
  const hash = createHash('sha256').update(`local-circuit revision ${REVISION}`);
  for (const trace of goldenTraces) hash.update(traceDigest(simulator, trace));
  return hash.digest('hex');
}
