import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CircuitConstants } from '../../../src/models/local-circuit/constants.js';
import { circuitConstants } from '../../../src/models/local-circuit/constants.js';
import type { KernelShape, SilentCircuit } from './silent-circuit.js';
import {
  conductance,
  fire,
  firstTarget,
  kernels,
  NO_CONDUCTANCE,
  roundingBound,
  silentCircuit,
} from './silent-circuit.js';

type Conductance = 'yA' | 'yN' | 'yG';

/** A synapse: its weight, how to find one, and what a spike through it does. */
interface Synapse {
  readonly weight: number;
  readonly input: string;
  readonly presynaptic: number;
  readonly targets: (bench: SilentCircuit) => Int32Array | undefined;
  readonly effects: readonly (readonly [Conductance, KernelShape])[];
}

const synapses = {
  'E→E': {
    weight: 0.02,
    input: 'sEE',
    presynaptic: 7,
    targets: ({ network }) => network.eToE[7],
    effects: [
      ['yA', kernels.ampaOntoE],
      ['yN', kernels.nmdaOntoE],
    ],
  },
  'E→I': {
    weight: 0.015,
    input: 'sIE',
    presynaptic: 7,
    targets: ({ network }) => network.eToI[7],
    effects: [
      ['yA', kernels.ampaOntoI],
      ['yN', kernels.nmdaOntoI],
    ],
  },
  'I→E': {
    weight: 0.04,
    input: 'sEI',
    presynaptic: 302,
    targets: ({ network }) => network.iToE[2],
    effects: [['yG', kernels.gaba]],
  },
  'I→I': {
    weight: 0.1,
    input: 'sII',
    presynaptic: 302,
    targets: ({ network }) => network.iToI[2],
    effects: [['yG', kernels.gaba]],
  },
} as const satisfies Record<string, Synapse>;

const SAMPLED_MS = [1, 2, 3, 5, 10, 20, 50, 100, 200, 300];

/** Of all conductances of the target of one spike, 1 to 300 ms after its arrival: the greatest error over its bound. */
function greatestError(
  { weight, input, presynaptic, targets, effects }: Synapse,
  changes?: Partial<CircuitConstants>,
): number {
  const bench = silentCircuit({ [input]: Math.fround(weight) }, changes);
  const target = firstTarget(targets(bench), bench.constants);
  fire(bench, presynaptic);
  bench.circuit.advance();
  assert.equal(bench.circuit.spikesE + bench.circuit.spikesI, 1);
  const shapes = new Map<Conductance, KernelShape>(effects);
  let greatest = 0;
  for (let ms = 1; ms <= 300; ms += 1) {
    bench.circuit.advance();
    assert.equal(bench.circuit.spikesE + bench.circuit.spikesI, 0);
    if (!SAMPLED_MS.includes(ms)) continue;
    for (const variable of ['yA', 'yN', 'yG'] as const) {
      const held = bench.circuit.state[variable][target] ?? NaN;
      const shape = shapes.get(variable);
      if (!shape) assert.ok(held < NO_CONDUCTANCE, `${variable} of ${ms} ms`);
      else if (ms <= 20 * shape.decayMs) {
        const expected = conductance(Math.fround(weight), shape, ms);
        greatest = Math.max(greatest, Math.abs(held / expected - 1) / roundingBound(10 * ms));
      }
    }
  }
  return greatest;
}

const { ampa, nmda, gaba } = circuitConstants;
const mutations: readonly (readonly [what: string, of: keyof typeof synapses, changes: Partial<CircuitConstants>])[] = [
  ['the AMPA rise +10 %', 'E→E', { ampa: { ...ampa, riseMs: 0.55 } }],
  ['the AMPA rise −10 %', 'E→I', { ampa: { ...ampa, riseMs: 0.45 } }],
  ['the AMPA decay +10 %', 'E→E', { ampa: { ...ampa, decayMs: 3.3 } }],
  ['the AMPA decay −10 %', 'E→I', { ampa: { ...ampa, decayMs: 2.7 } }],
  ['the NMDA rise +10 %', 'E→E', { nmda: { ...nmda, riseMs: 2.2 } }],
  ['the NMDA rise −10 %', 'E→I', { nmda: { ...nmda, riseMs: 1.8 } }],
  ['the NMDA decay +10 %', 'E→E', { nmda: { ...nmda, decayMs: 88 } }],
  ['the NMDA decay −10 %', 'E→I', { nmda: { ...nmda, decayMs: 72 } }],
  ['the GABA rise +10 %', 'I→E', { gaba: { ...gaba, riseMs: 0.55 } }],
  ['the GABA rise −10 %', 'I→I', { gaba: { ...gaba, riseMs: 0.45 } }],
  ['the GABA decay +10 %', 'I→E', { gaba: { ...gaba, decayMs: 5.5 } }],
  ['the GABA decay −10 %', 'I→I', { gaba: { ...gaba, decayMs: 4.5 } }],
  ['the AMPA share onto E +10 %', 'E→E', { ampaShare: [0.88, 0.67] }],
  ['the AMPA share onto E −10 %', 'E→E', { ampaShare: [0.72, 0.67] }],
  ['the AMPA share onto I +10 %', 'E→I', { ampaShare: [0.8, 0.737] }],
  ['the AMPA share onto I −10 %', 'E→I', { ampaShare: [0.8, 0.603] }],
  ['the step +10 %', 'E→E', { stepMs: 0.11 }],
  ['the step −10 %', 'I→I', { stepMs: 0.09 }],
];

describe('the conductance after one spike', () => {
  test('is compared with a closed form of unit area', () => {
    for (const shape of Object.values(kernels)) {
      let area = 0;
      for (let step = 0; step < 400_000; step += 1) area += conductance(1, shape, (step + 0.5) * 0.01) * 0.01;
      assert.ok(Math.abs((area * 40) / shape.share - 1) < 1e-4); // (h/4)·g of h = .1
    }
  });

  for (const [name, synapse] of Object.entries(synapses))
    test(`through an ${name} synapse is the closed form within the rounding of float32, and no other one is changed`, () => {
      const error = greatestError(synapse);
      assert.ok(error <= 1, `${error} times the bound`);
    });

  for (const [what, of, changes] of mutations)
    test(`through an ${of} synapse shows ${what}, more than 100 times beyond rounding`, () => {
      const error = greatestError(synapses[of], changes);
      assert.ok(error > 100, `${error} times the bound`);
    });
});
