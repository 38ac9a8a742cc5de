import type { ModelDefinition, ModelInput } from '../../domain/model-definition.js';
import { completed } from '../../domain/model-definition.js';
import { maxSeed } from '../../domain/protocol.js';
import { circuitConstants } from './constants.js';
import { recorders } from './recordings/recorders.js';

/** The outcome of a run that was aborted because its excitatory population ran away. */
export const runaway = 'runaway';

/** A run is aborted when E exceeds this rate, in Hz, in one bin of {@link BIN_MS} since the start. */
export const RUNAWAY_HZ = 250;

/** The length of a bin of spike counts, in ms. */
export const BIN_MS = 250;

const input = (
  name: string,
  kind: 'weight' | 'rate',
  meaning: string,
  [min, byDefault, max]: readonly [number, number, number],
): ModelInput => ({
  name,
  unit: kind === 'weight' ? '1' : 'spikes/s',
  meaning,
  default: byDefault,
  domain: { min, max },
  bounds: { min: 0, max: kind === 'weight' ? 0.5 : 5000 },
});

/**
 * The local cortical circuit of Zhang & Young (Sci. Rep. 10:20139, 2020) in the family of Chariker, Shapley & Young
 * (J. Neurosci. 36:12368, 2016): conductance-based integrate-and-fire neurons of a patch of V1 layer 4Cα. The ranges
 * were found by search on a prototype of this size and checked against Brian2.
 */
export const localCircuitDefinition: ModelDefinition = {
  name: 'local-circuit',
  version: '1',
  title: 'Local cortical circuit of 300 excitatory and 100 inhibitory integrate-and-fire neurons',
  precision: 'float32',
  inputs: [
    input('sEE', 'weight', 'coupling onto E from E', [0.016, 0.024, 0.029]),
    input('sEI', 'weight', 'coupling onto E from I', [0.032, 0.04, 0.05]),
    input('sIE', 'weight', 'coupling onto I from E', [0.012, 0.016, 0.021]),
    input('sII', 'weight', 'coupling onto I from I', [0.075, 0.1, 0.125]),
    input('sELgn', 'weight', 'coupling onto E from the LGN', [0.048, 0.06, 0.072]),
    input('sILgn', 'weight', 'coupling onto I from the LGN', [0.07, 0.09, 0.11]),
    input('sEAmb', 'weight', 'coupling onto E of ambient input', [0.008, 0.01, 0.012]),
    input('sIAmb', 'weight', 'coupling onto I of ambient input', [0.008, 0.01, 0.012]),
    input('lgnRateE', 'rate', 'LGN rate onto each E cell; 80 is background, 480 is driven', [30, 80, 530]),
    input('lgnRateI', 'rate', 'LGN rate onto each I cell; 80 is background, 480 is driven', [30, 80, 530]),
    input('lateralRateE', 'rate', 'lateral and layer-6 rate onto each E cell', [400, 500, 900]),
    input('lateralRateI', 'rate', 'lateral and layer-6 rate onto each I cell', [200, 1600, 4000]),
  ],
  outputs: [
    {
      name: 'rateE',
      unit: 'Hz',
      meaning: 'mean firing rate of the excitatory population',
      sum: { kind: 'rate', sources: circuitConstants.excitatoryCells },
      typicalNoise: { min: 0.15, max: 0.35 },
    },
    {
      name: 'rateI',
      unit: 'Hz',
      meaning: 'mean firing rate of the inhibitory population',
      sum: { kind: 'rate', sources: circuitConstants.inhibitoryCells },
      typicalNoise: { min: 0.15, max: 0.35 },
    },
  ],
  outcomes: [
    { code: completed, meaning: 'The run went to its end.' },
    { code: runaway, meaning: `Aborted: the E population exceeded ${RUNAWAY_HZ} Hz in a bin of ${BIN_MS} ms.` },
  ],
  regions: [
    {
      name: 'physiological',
      meaning: 'rateE between 2 and 6 Hz and rateI 2.5 to 5 times that: the background state of layer 4Cα',
      contains: ({ rateE = 0, rateI = 0 }) => rateE >= 2 && rateE <= 6 && rateI >= 2.5 * rateE && rateI <= 5 * rateE,
    },
  ],
  flags: [
    {
      name: 'intermittent',
      meaning: 'The network switches between a low and a high state: a mean over seconds says little.',
      output: 'rateE',
      fanoFactorAbove: 20,
    },
  ],
  recordings: recorders.map(({ kind, version, meaning, maxDurationMs, events }) => ({
    ...{ kind, version, meaning, maxDurationMs },
    ...(events && { events }),
  })),
  protocol: {
    warmupMs: { default: 500, min: 0, max: 60_000 },
    durationMs: { default: 4000, min: 1, max: 600_000 },
    networkSeed: { default: 1, min: 0, max: maxSeed },
    noiseSeed: { default: null, min: 0, max: maxSeed },
  },
};
