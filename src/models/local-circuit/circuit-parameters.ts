import type { ParameterValues } from '../../domain/identity.js';
import type { CircuitConstants } from './constants.js';
import { jumpPerWeight, keptPerStep, REST } from './constants.js';
import type { PoissonTable } from './poisson-table.js';
import { poissonTable } from './poisson-table.js';

/** One conductance's factors per step, in float32. */
interface Cascade {
  readonly rise: number;
  readonly decay: number;
}

/** One external input: a Poisson process over a whole population. */
export interface ExternalStream {
  /** 0: onto E, 1: onto I. */
  readonly population: 0 | 1;
  /** Whether its spikes are AMPA only, or AMPA and NMDA as cortical ones. */
  readonly receptor: 'ampa' | 'cortical';
  readonly weight: number;
  readonly counts: PoissonTable;
}

/**
 * The numbers that the update of a block works with, each rounded to float32 once, from float64 arithmetic on the
 * float32 values of the inputs. The expression tree they serve is in oracle-circuit.ts.
 */
export interface CircuitParameters {
  readonly ampa: Cascade;
  readonly nmda: Cascade;
  readonly gaba: Cascade;
  /** Of each population, with leak = g_L·h/2: leak·rest, and (1 + leak)/2 less that. */
  readonly leakDrive: readonly [number, number];
  readonly leakRemainder: readonly [number, number];
  /** Of each population: what a cortical spike adds to NMDA, as a multiple of what it adds to AMPA. */
  readonly nmdaPerAmpa: readonly [number, number];
  readonly weightEE: number;
  readonly weightIE: number;
  readonly weightEI: number;
  readonly weightII: number;
  /** A 16-bit uniform below this is a failure at an E→E synapse. */
  readonly failuresBelow: number;
  /** In the order in which counts and places are drawn. */
  readonly streams: readonly ExternalStream[];
}

/** Derives {@link CircuitParameters} from the model's constants and the values of a parameter set. */
export function circuitParameters(constants: CircuitConstants, values: ParameterValues): CircuitParameters {
  const { stepMs, leakMs, ampaShare } = constants;
  const value = (name: string): number => Math.fround(values[name] as number); // validated at the door
  const ampaJump = jumpPerWeight(stepMs, constants.ampa);
  const nmdaJump = jumpPerWeight(stepMs, constants.nmda);
  const gabaJump = jumpPerWeight(stepMs, constants.gaba);

  const cascade = (kernel: { riseMs: number; decayMs: number }): Cascade => ({
    rise: Math.fround(keptPerStep(stepMs, kernel.riseMs)),
    decay: Math.fround(keptPerStep(stepMs, kernel.decayMs)),
  });
  const perPopulation = (of: (population: 0 | 1) => number): [number, number] => [
    Math.fround(of(0)),
    Math.fround(of(1)),
  ];
  const leak = (population: 0 | 1): number => stepMs / 2 / leakMs[population];

  const stream = (
    population: 0 | 1,
    receptor: ExternalStream['receptor'],
    rateHz: number,
    weight: number,
  ): ExternalStream => {
    const cells = population === 0 ? constants.excitatoryCells : constants.inhibitoryCells;
    const share = receptor === 'ampa' ? 1 : ampaShare[population];
    return {
      population,
      receptor,
      weight: Math.fround(weight * share * ampaJump),
      counts: poissonTable((rateHz * cells * constants.delaySteps * stepMs) / 1000),
    };
  };

  return {
    ampa: cascade(constants.ampa),
    nmda: cascade(constants.nmda),
    gaba: cascade(constants.gaba),
    leakDrive: perPopulation((population) => leak(population) * REST),
    leakRemainder: perPopulation((population) => (1 + leak(population)) / 2 - leak(population) * REST),
    nmdaPerAmpa: perPopulation(
      (population) => ((1 - ampaShare[population]) * nmdaJump) / (ampaShare[population] * ampaJump),
    ),
    weightEE: Math.fround(value('sEE') * ampaShare[0] * ampaJump),
    weightIE: Math.fround(value('sIE') * ampaShare[1] * ampaJump),
    weightEI: Math.fround(value('sEI') * gabaJump),
    weightII: Math.fround(value('sII') * gabaJump),
    failuresBelow: Math.round(constants.failureProbability * 2 ** 16),
    streams: [
      stream(0, 'ampa', value('lgnRateE'), value('sELgn')),
      stream(1, 'ampa', value('lgnRateI'), value('sILgn')),
      stream(0, 'ampa', constants.ambientRateHz, value('sEAmb')),
      stream(1, 'ampa', constants.ambientRateHz, value('sIAmb')),
      stream(0, 'cortical', value('lateralRateE'), constants.lateralWeight[0]),
      stream(1, 'cortical', value('lateralRateI'), constants.lateralWeight[1]),
    ],
  };
}
