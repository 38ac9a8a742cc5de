import { OracleCircuit } from '../../../src/models/local-circuit/oracle-circuit.js';
import { circuitParameters } from '../../../src/models/local-circuit/circuit-parameters.js';
import type { CircuitConstants } from '../../../src/models/local-circuit/constants.js';
import { circuitConstants } from '../../../src/models/local-circuit/constants.js';
import { localCircuitDefinition } from '../../../src/models/local-circuit/definition.js';
import type { Network } from '../../../src/models/local-circuit/network.js';
import { buildNetwork } from '../../../src/models/local-circuit/network.js';
import type { ParameterValues } from '../../../src/domain/identity.js';

/** Voltage 0 and 1 in the simulator's scale, w = 3(v + 2/3)/32. */
export const REST_W = 1 / 16;
export const THRESHOLD_W = 5 / 32;

/** Voltage in natural units from the simulator's. */
export const voltageOf = (w: number): number => (32 / 3) * w - 2 / 3;

/** All inputs at 0. */
export const zeroValues: ParameterValues = Object.fromEntries(
  localCircuitDefinition.inputs.map(({ name }) => [name, 0]),
);

/** What a conductance that never had an input is below: the sum of the 1e-30 that clear its inputs. */
export const NO_CONDUCTANCE = 1e-27;

/** A circuit that nothing reaches from outside, all cells at rest: its spikes are those that a test puts there. */
export interface SilentCircuit {
  readonly circuit: OracleCircuit;
  readonly network: Network;
  readonly constants: CircuitConstants;
}

/** A silent circuit without synaptic failures, unless `changes` says otherwise; of the inputs those given are not 0. */
export function silentCircuit(given: ParameterValues, changes: Partial<CircuitConstants> = {}): SilentCircuit {
  const constants = { ...circuitConstants, ambientRateHz: 0, failureProbability: 0, ...changes };
  const network = buildNetwork(constants, 5);
  const circuit = new OracleCircuit(constants, circuitParameters(constants, { ...zeroValues, ...given }), network, 6);
  circuit.state.w.fill(REST_W);
  return { circuit, network, constants };
}

/** Lets a cell that is not held fire at the first step of the coming block: its voltage is far above the threshold. */
export function fire({ circuit }: SilentCircuit, cell: number): void {
  circuit.state.w[cell] = 1;
}

/** The cell at a place of step 0, see `Network`. */
export function cellAt(place: number, { delaySteps }: CircuitConstants): number {
  return 4 * Math.floor(place / (4 * delaySteps)) + (place % 4);
}

/** The first of some targets. */
export function firstTarget(targets: Int32Array | undefined, constants: CircuitConstants): number {
  const place = targets?.[0];
  if (place === undefined) throw new RangeError('the cell has no targets');
  return cellAt(place, constants);
}

/** The rise and decay time in ms of a conductance, and its share of a spike. */
export interface KernelShape {
  readonly share: number;
  readonly riseMs: number;
  readonly decayMs: number;
}

/** From the model's description, not from its constants. */
export const kernels = {
  ampaOntoE: { share: 0.8, riseMs: 0.5, decayMs: 3 },
  nmdaOntoE: { share: 0.2, riseMs: 2, decayMs: 80 },
  ampaOntoI: { share: 0.67, riseMs: 0.5, decayMs: 3 },
  nmdaOntoI: { share: 0.33, riseMs: 2, decayMs: 80 },
  ampaOnly: { share: 1, riseMs: 0.5, decayMs: 3 },
  gaba: { share: 1, riseMs: 0.5, decayMs: 5 },
} as const satisfies Record<string, KernelShape>;

const STEP_MS = 0.1;

/** What the simulator holds `ms` after the arrival of a spike: (h/4)·S·ρ·(e^(−t/τd) − e^(−t/τr))/(τd − τr). */
export function conductance(weight: number, { share, riseMs, decayMs }: KernelShape, ms: number): number {
  return ((STEP_MS / 4) * weight * share * (Math.exp(-ms / decayMs) - Math.exp(-ms / riseMs))) / (decayMs - riseMs);
}

/**
 * How far float32 may be from the closed form after a number of steps, relative: in each step the two factors and the
 * three operations round by 2^−24 at most, of which three in sequence; and four roundings of the spike itself.
 */
export const roundingBound = (steps: number): number => (3 * steps + 4) * 2 ** -24;
