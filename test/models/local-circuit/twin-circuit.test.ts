import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seedWords } from '../../../src/models/xoshiro128.js';
import type { SilentCircuit } from './silent-circuit.js';
import { REST_W, silentCircuit, THRESHOLD_W, voltageOf } from './silent-circuit.js';
import { TwinCircuit } from './twin-circuit.js';

const weights = { sEE: 0.024, sEI: 0.04, sIE: 0.016, sII: 0.1 };

/** Voltages between rest and threshold, and slow excitation that makes the circuit fire. */
function excited(): SilentCircuit {
  const bench = silentCircuit(
    Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, Math.fround(weight)])),
  );
  const { w, yN, yA, rA } = bench.circuit.state;
  const uniform = Array.from(seedWords('noise', 77, 4 * w.length), (word) => word / 2 ** 32);
  for (let cell = 0; cell < w.length; cell += 1) {
    const [a = 0, b = 0, c = 0, d = 0] = uniform.slice(4 * cell, 4 * cell + 4);
    w[cell] = REST_W + a * (THRESHOLD_W - REST_W);
    yN[cell] = 0.0008 * b;
    yA[cell] = 0.001 * c;
    rA[cell] = 0.0003 * d;
  }
  return bench;
}

describe('the circuit without noise, against a second implementation in float64 and natural units,', () => {
  const bench = excited();
  const twin = new TwinCircuit(bench, weights);
  const { circuit } = bench;
  const spikes: string[] = [];
  const twinSpikes: string[] = [];
  let greatestDifference = 0;
  const firing = new Map<number, number>();
  for (let block = 0; block < 40; block += 1) {
    circuit.advance();
    for (let i = 0; i < circuit.spikesE + circuit.spikesI; i += 1)
      spikes.push(`${circuit.spikeCells[i]} at ${10 * block + (circuit.spikeSteps[i] ?? NaN)}`);
    for (let step = 0; step < 10; step += 1)
      for (const cell of twin.advance()) {
        twinSpikes.push(`${cell} at ${10 * block + step}`);
        firing.set(cell, (firing.get(cell) ?? 0) + 1);
      }
    twin.cells.forEach(({ voltage }, cell) => {
      greatestDifference = Math.max(greatestDifference, Math.abs(voltageOf(circuit.state.w[cell] ?? NaN) - voltage));
    });
  }

  test('fires the same spikes at the same steps for 40 ms', () => {
    assert.deepEqual(spikes.sort(), twinSpikes.sort());
  });

  test('does so with enough spikes to matter, of E and I, and of cells that fire again', () => {
    const counts = [...firing];
    assert.ok(counts.filter(([cell]) => cell < 300).length > 100, 'E');
    assert.ok(counts.filter(([cell]) => cell >= 300).length > 50, 'I');
    assert.ok(counts.filter(([, times]) => times > 1).length > 50, 'again');
  });

  test('has the same voltages within 1e-4, what float32 may add up to over a leak time', () => {
    assert.ok(greatestDifference < 1e-4, `${greatestDifference}`);
  });
});
