import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { circuitConstants } from '../../../../src/models/local-circuit/constants.js';
import { KernelCircuit } from '../../../../src/models/local-circuit/kernel/kernel-circuit.js';
import { kernelSimulator } from '../../../../src/models/local-circuit/kernel/kernel.js';
import { localCircuit } from '../../../../src/models/local-circuit/local-circuit.js';
import { compileKernel, kernelSource, mutated } from '../../../support/compile-kernel.js';
import { simulatorOf } from '../../../support/simulator-of.js';

const digestOf = async (source: string): Promise<string> =>
  kernelSimulator(await compileKernel(source, ['-O1'])).numericsDigest();

/** Each changes the bits of some runs, if only of those in which a cell comes to lie exactly at the threshold. */
const mutations: readonly (readonly [what: string, text: string, by: string])[] = [
  [
    'a group is searched above the threshold only',
    'f32x4.ge(highest, f32x4.splat(THRESHOLD))',
    'f32x4.gt(highest, f32x4.splat(THRESHOLD))',
  ],
  ['a cell crosses above the threshold only', 'f32x4.ge(highest, threshold)', 'f32x4.gt(highest, threshold)'],
  ['a step is one above the threshold only', ') >= THRESHOLD)', ') > THRESHOLD)'],
  ['inputs are cleared to another number', 'TINY: f32 = 1e-30', 'TINY: f32 = 1.001e-30'],
  [
    'failures are drawn from the other side',
    'i16x8.ge_u(i32x4.add(a, d), least)',
    'i16x8.gt_u(i32x4.add(a, d), least)',
  ],
  ['a cell is held a step less', 'holdUntil(step, ', 'holdUntil(step - 1, '],
  [
    'a sum has another order',
    'f32x4.add(f32x4.add(v128.load(at, ts), remainder), yg0)',
    'f32x4.add(v128.load(at, ts), f32x4.add(remainder, yg0))',
  ],
];

describe('the numerics digest of a kernel', () => {
  test('is that of the source, whatever the compiler makes of it', async () => {
    assert.equal(await digestOf(kernelSource), simulatorOf(localCircuit).numericsDigest());
  });

  for (const [what, text, by] of mutations)
    test(`is another where ${what}`, async () => {
      assert.notEqual(await digestOf(mutated(kernelSource, text, by)), simulatorOf(localCircuit).numericsDigest());
    });
});

describe('a kernel', () => {
  test('refuses constants that it was not built for', async () => {
    const module = new WebAssembly.Module(await compileKernel(kernelSource, ['-O1']));
    for (const change of [{ heldSteps: 21 }, { delaySteps: 9 }, { excitatoryCells: 320 }, { inhibitoryCells: 96 }])
      assert.throws(
        () => new KernelCircuit({ ...circuitConstants, ...change }, module),
        /the kernel has [A-Z_]+ \d+, not/,
      );
  });
});
