import { exponential } from '../exact-math.js';

/** A pair of values: for (or onto) E cells, for (or onto) I cells. */
export type PerPopulation = readonly [e: number, i: number];

/** A double-exponential conductance kernel of unit area: its rise and decay time, in ms. */
export interface Kernel {
  readonly riseMs: number;
  readonly decayMs: number;
}

/**
 * What the model does not vary. Voltage is dimensionless: rest and reset 0, threshold 1, reversal of excitation 14/3,
 * of inhibition −2/3. Source: Chariker, Shapley & Young (J. Neurosci. 36:12368, 2016) and Xiao, Lin & Young (PLoS
 * Comput. Biol. 17:e1009718, 2021), scaled to 400 cells.
 */
export interface CircuitConstants {
  readonly excitatoryCells: number;
  readonly inhibitoryCells: number;
  /** Presynaptic partners of a cell: onto E and onto I, from E. */
  readonly inDegreeFromE: PerPopulation;
  /** Presynaptic partners of a cell: onto E and onto I, from I. */
  readonly inDegreeFromI: PerPopulation;
  readonly stepMs: number;
  /** Steps from a spike to its arrival, and so the steps of a block. */
  readonly delaySteps: number;
  /** Steps for which a cell is held at reset after a spike. */
  readonly heldSteps: number;
  readonly leakMs: PerPopulation;
  readonly ampa: Kernel;
  readonly nmda: Kernel;
  readonly gaba: Kernel;
  /** The share of AMPA in a cortical or lateral excitatory spike; the rest is NMDA. */
  readonly ampaShare: PerPopulation;
  /** The probability that a spike fails at one E→E synapse. */
  readonly failureProbability: number;
  readonly ambientRateHz: number;
  readonly lateralWeight: PerPopulation;
}

/** The constants of local-circuit. */
export const circuitConstants: CircuitConstants = {
  excitatoryCells: 300,
  inhibitoryCells: 100,
  inDegreeFromE: [45, 150],
  inDegreeFromI: [50, 40],
  stepMs: 0.1,
  delaySteps: 10,
  heldSteps: 20,
  leakMs: [20, 15],
  ampa: { riseMs: 0.5, decayMs: 3 },
  nmda: { riseMs: 2, decayMs: 80 },
  gaba: { riseMs: 0.5, decayMs: 5 },
  ampaShare: [0.8, 0.67],
  failureProbability: 0.2,
  ambientRateHz: 500,
  lateralWeight: [0.01, 0.008],
};

/**
 * Voltage as the simulator keeps it: the origin at the reversal of inhibition and the unit such that excitation
 * reverses at 1, w = 3(v + 2/3)/16, halved together with the conductances so that the factor 2 of the Crank–Nicolson step
 * vanishes. All three are exact in float32.
 */
export const REST = 1 / 16;
/** See {@link REST}. */
export const THRESHOLD = 5 / 32;

/** The part of a variable with the time constant `tauMs` that is left after one step. */
export const keptPerStep = (stepMs: number, tauMs: number): number => exponential(-stepMs / tauMs);

/**
 * What a spike of weight 1 adds to the rising variable of a conductance, so that the decaying one holds (h/4)·g at the
 * end of every step: exact for the double exponential.
 */
export function jumpPerWeight(stepMs: number, { riseMs, decayMs }: Kernel): number {
  const difference = keptPerStep(stepMs, decayMs) - keptPerStep(stepMs, riseMs);
  return ((stepMs / 4) * difference) / (decayMs - riseMs);
}
