import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CircuitConstants } from '../../../src/models/local-circuit/constants.js';
import type { SilentCircuit } from './silent-circuit.js';
import { conductance, fire, firstTarget, kernels, NO_CONDUCTANCE, REST_W, roundingBound } from './silent-circuit.js';
import { silentCircuit, THRESHOLD_W } from './silent-circuit.js';

const E_CELL = 7;
const I_CELL = 302;
const WEIGHT = Math.fround(0.001);

/** A cell with so much excitation for 60 ms that it fires at every step at which it is not held. */
function drive({ circuit }: SilentCircuit, cell: number): void {
  circuit.state.yN[cell] = 2;
}

/** The steps since the start at which a cell fires within a number of blocks. */
function spikesOf(bench: SilentCircuit, cell: number, blocks: number): number[] {
  const { circuit, constants } = bench;
  const steps: number[] = [];
  for (let block = 0; block < blocks; block += 1) {
    circuit.advance();
    for (let spike = 0; spike < circuit.spikesE + circuit.spikesI; spike += 1)
      if (circuit.spikeCells[spike] === cell)
        steps.push(block * constants.delaySteps + (circuit.spikeSteps[spike] ?? NaN));
  }
  return steps;
}

/**
 * A cell that fires at steps 0, 21, 42 … has its spikes arrive at the start of steps 10, 31, 52 …: the greatest error
 * of its target's conductance over the bound, at the end of each block of 60 ms. Infinite where nothing should be yet.
 */
function greatestError(changes?: Partial<CircuitConstants>): number {
  const bench = silentCircuit({ sIE: WEIGHT }, changes);
  const { circuit, constants, network } = bench;
  const target = firstTarget(network.eToI[E_CELL], constants);
  drive(bench, E_CELL);
  let greatest = 0;
  for (let steps = constants.delaySteps; steps <= 600; steps += constants.delaySteps) {
    circuit.advance();
    let expected = 0;
    for (let arrival = 10; arrival < steps; arrival += 21)
      expected += conductance(WEIGHT, kernels.ampaOntoI, (steps - arrival) * 0.1);
    const held = circuit.state.yA[target] ?? NaN;
    if (expected > 0) greatest = Math.max(greatest, Math.abs(held / expected - 1) / roundingBound(steps));
    else if (held > NO_CONDUCTANCE) return Infinity;
  }
  return greatest;
}

describe('the timing of spikes', () => {
  test('holds a cell for exactly 20 updates after a spike: under strong drive it fires every 21 steps', () => {
    for (const cell of [E_CELL, I_CELL]) {
      const bench = silentCircuit({});
      drive(bench, cell);
      const expected = Array.from({ length: 29 }, (_, i) => 21 * i);
      assert.deepEqual(spikesOf(bench, cell, 60), expected);
    }
  });

  test('puts a cell to rest when it fires, and leaves it there bit for bit while it is held', () => {
    for (const cell of [E_CELL, I_CELL]) {
      const bench = silentCircuit({});
      drive(bench, cell);
      bench.circuit.advance(); // fires at step 0, is held at steps 1 to 20
      assert.equal(bench.circuit.state.w[cell], REST_W);
      bench.circuit.advance();
      assert.equal(bench.circuit.state.w[cell], REST_W);
      bench.circuit.state.yN[cell] = 0.001; // not enough to fire at once
      bench.circuit.advance();
      assert.ok((bench.circuit.state.w[cell] ?? NaN) > REST_W, 'is updated again at step 21');
    }
  });

  test('lets conductances of a held cell go on, and takes up what arrives there', () => {
    const bench = silentCircuit({ sIE: WEIGHT });
    const { circuit, network, constants } = bench;
    const target = firstTarget(network.eToI[E_CELL], constants);
    fire(bench, E_CELL);
    fire(bench, target);
    for (let block = 0; block < 3; block += 1) circuit.advance(); // the spike arrives at step 10, of 1 to 20 held
    const expected = conductance(WEIGHT, kernels.ampaOntoI, 2);
    assert.ok(Math.abs((circuit.state.yA[target] ?? NaN) / expected - 1) < roundingBound(20));
  });

  test('fires at the threshold 1: 1e-5 above it a cell does, 1e-5 below it does not', () => {
    for (const [cell, leakMs] of [
      [E_CELL, 20],
      [I_CELL, 15],
    ] as const)
      for (const [distance, spikes] of [
        [1e-5, [0]],
        [-1e-5, []],
      ] as const) {
        const bench = silentCircuit({});
        const leak = 0.1 / 2 / leakMs; // the voltage one step before, by Crank–Nicolson
        const before = ((1 + distance) * (1 + leak)) / (1 - leak);
        bench.circuit.state.w[cell] = (3 / 32) * (before + 2 / 3);
        assert.deepEqual(spikesOf(bench, cell, 1), spikes);
      }
  });

  test('fires at exactly the threshold', () => {
    const { fround } = Math;
    const leak = 0.1 / 2 / 20;
    const drive = fround(leak * REST_W);
    const reciprocal = fround(1 / fround(drive + fround((1 + leak) / 2 - leak * REST_W)));
    const after = (w: number): number => fround(fround(fround(w + drive) * reciprocal) - w);
    const candidates = Array.from({ length: 4000 }, (_, n) => fround(0.1567 + n * 2 ** -26));
    const exact = candidates.filter((w) => after(w) === THRESHOLD_W);
    assert.ok(exact.length > 0, 'there is a voltage whose next is the threshold');
    for (const w of exact) {
      const bench = silentCircuit({});
      bench.circuit.state.w[E_CELL] = w;
      assert.deepEqual(spikesOf(bench, E_CELL, 1), [0]);
    }
  });

  test('lists spikes in the order of cells, E first', () => {
    const bench = silentCircuit({});
    for (const cell of [399, 8, 301, 9, 0, 299]) fire(bench, cell);
    bench.circuit.advance();
    assert.deepEqual([...bench.circuit.spikeCells.subarray(0, 6)], [0, 8, 9, 299, 301, 399]);
    assert.deepEqual([bench.circuit.spikesE, bench.circuit.spikesI], [4, 2]);
  });

  test('has a spike of step k arrive at the start of step k + 10, for every step of a block', () => {
    const error = greatestError();
    assert.ok(error <= 1, `${error} times the bound of rounding`);
  });

  for (const [what, changes] of [
    ['delay one step short', { delaySteps: 9 }],
    ['delay one step long', { delaySteps: 11 }],
    ['refractory time one step short', { heldSteps: 19 }],
    ['refractory time one step long', { heldSteps: 21 }],
  ] as const)
    test(`shows a ${what} in the arrivals`, () => {
      const error = greatestError(changes);
      assert.ok(error > 100, `${error} times the bound of rounding`);
    });
});
