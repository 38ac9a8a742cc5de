import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CircuitConstants } from '../../../src/models/local-circuit/constants.js';
import { circuitConstants } from '../../../src/models/local-circuit/constants.js';
import { localCircuitDefinition } from '../../../src/models/local-circuit/definition.js';
import { goldenTraces, numericsDigestOf } from '../../../src/models/local-circuit/golden-traces.js';
import type { BlockObserver } from '../../../src/models/local-circuit/simulator.js';
import { CircuitSimulator } from '../../../src/models/local-circuit/simulator.js';
import { OracleEngine, oracleSimulator } from '../../../src/models/local-circuit/oracle.js';
import type { SimulationResult } from '../../../src/models/model.js';
import { placeOf } from '../../../src/models/local-circuit/network.js';

type Trace = (typeof goldenTraces)[number];

interface Spike {
  readonly cell: number;
  readonly step: number;
}

function trace(beginning: string): Trace {
  const found = goldenTraces.find(({ covers }) => covers.startsWith(beginning));
  assert.ok(found, `there is a trace of ${beginning}`);
  return found;
}

/** Runs a trace; its spikes, with the steps counted from the start. */
function follow({ values, protocol }: Trace): { result: SimulationResult | null; spikes: Spike[]; blocks: number } {
  const spikes: Spike[] = [];
  let blocks = 0;
  const observe: BlockObserver = (circuit, block) => {
    blocks += 1;
    for (let i = 0; i < circuit.spikesE + circuit.spikesI; i += 1)
      spikes.push({ cell: circuit.spikeCells[i] ?? NaN, step: 10 * block + (circuit.spikeSteps[i] ?? NaN) });
  };
  const result = oracleSimulator().trace(values, protocol, () => false, observe);
  return { result, spikes, blocks };
}

describe('the golden traces cover what they say:', () => {
  test('background fills a second bin in part, after a warm-up that is no whole bin', () => {
    const { warmupMs, durationMs } = trace('background').protocol;
    assert.ok((warmupMs ?? 0) % 250 !== 0);
    assert.ok((durationMs ?? 0) > 250 && (durationMs ?? 0) < 500);
    const { result } = follow(trace('background'));
    assert.equal(result?.outcome, 'COMPLETED');
    for (const sums of Object.values(result?.sums.outputs ?? {})) {
      assert.equal(sums.length, 2);
      assert.ok(sums.every((sum) => sum > 0));
    }
  });

  test('driven fires densely, at every step of a block, again as soon as a cell is free, of each lane', () => {
    const { spikes, blocks } = follow(trace('driven'));
    assert.ok(spikes.length / blocks > 8);
    assert.equal(new Set(spikes.map(({ step }) => step % 10)).size, 10);
    assert.equal(new Set(spikes.map(({ cell }) => cell % 4)).size, 4);
    assert.ok(spikes.some(({ cell }) => cell < 300) && spikes.some(({ cell }) => cell >= 300));
    const intervals = spikes.flatMap(({ cell, step }, k) => {
      const next = spikes.slice(k + 1).find((later) => later.cell === cell);
      return next ? [next.step - step] : [];
    });
    assert.ok(intervals.length > 50);
    assert.ok(
      intervals.every((interval) => interval > 20),
      'no cell fires while it is held',
    );
  });

  test('background has spikes that fail at some E→E synapses and arrive at others', () => {
    const { values, protocol } = trace('background');
    let [arrived, failed] = [0, 0];
    oracleSimulator().trace(
      values,
      protocol,
      () => false,
      (circuit) => {
        if (circuit.spikesE !== 1) return; // then whatever arrives at E is of one cell
        const step = circuit.spikeSteps[0] ?? NaN;
        for (let cell = 0; cell < 300; cell += 1)
          if ((circuit.inputs.cortical[placeOf(cell, 10) + 4 * step] ?? NaN) > 1e-20) arrived += 1;
        failed += 45; // on average a cell has 45 targets
      },
    );
    assert.ok(arrived > 0 && arrived < 0.95 * failed, `${arrived} of about ${failed}`);
  });

  test('the bounds have cells that fire again after 21 steps, from every step of a block', () => {
    const { spikes } = follow(trace('the bounds'));
    const last = new Map<number, number>();
    const from = new Set<number>();
    for (const { cell, step } of spikes) {
      const before = last.get(cell);
      if (before !== undefined && step - before === 21) from.add(before % 10);
      last.set(cell, step);
    }
    assert.equal(from.size, 10);
  });

  test('the bounds put every input to the greatest value that it may have', () => {
    for (const { name, bounds } of localCircuitDefinition.inputs)
      assert.equal(trace('the bounds').values[name], bounds.max, name);
  });

  test('a runaway aborts within a bin, after sums of E and I', () => {
    const { result, blocks } = follow(trace('a runaway'));
    assert.equal(result?.outcome, 'runaway');
    assert.ok(blocks % 250 !== 0 && blocks < 500);
    for (const sums of Object.values(result?.sums.outputs ?? {})) assert.ok(sums.length === 1 && (sums[0] ?? 0) > 0);
  });

  test('silence has no spike', () => {
    const { result, spikes } = follow(trace('silence'));
    assert.equal(result?.outcome, 'COMPLETED');
    assert.deepEqual(spikes, []);
  });

  test('the least, the greatest and other seeds of network and noise', () => {
    const seedsOf = (field: 'networkSeed' | 'noiseSeed'): Set<number | null> =>
      new Set(goldenTraces.map(({ protocol }) => protocol[field]));
    for (const seeds of [seedsOf('networkSeed'), seedsOf('noiseSeed')]) {
      assert.ok(seeds.has(0) && seeds.has(2 ** 31 - 1));
      assert.ok(seeds.size >= 4);
    }
  });
});

/** A simulator that takes an input to be greater than it is, by a factor. */
class Perturbed extends CircuitSimulator {
  constructor(
    private readonly input: string,
    private readonly factor: number,
  ) {
    super(new OracleEngine());
  }

  override trace(...[values, ...rest]: Parameters<CircuitSimulator['trace']>): SimulationResult | null {
    return super.trace({ ...values, [this.input]: (values[this.input] ?? NaN) * this.factor }, ...rest);
  }
}

describe('the golden traces', () => {
  const { inDegreeFromE, inDegreeFromI, leakMs, ampa, nmda, gaba, ampaShare, lateralWeight } = circuitConstants;
  const mutations: Readonly<Record<keyof CircuitConstants, readonly Partial<CircuitConstants>[]>> = {
    excitatoryCells: [{ excitatoryCells: 304 }],
    inhibitoryCells: [{ inhibitoryCells: 104 }],
    inDegreeFromE: [{ inDegreeFromE: [46, inDegreeFromE[1]] }, { inDegreeFromE: [inDegreeFromE[0], 151] }],
    inDegreeFromI: [{ inDegreeFromI: [51, inDegreeFromI[1]] }, { inDegreeFromI: [inDegreeFromI[0], 41] }],
    stepMs: [{ stepMs: 0.1001 }],
    delaySteps: [{ delaySteps: 9 }, { delaySteps: 11 }],
    heldSteps: [{ heldSteps: 19 }, { heldSteps: 21 }],
    leakMs: [{ leakMs: [20.01, leakMs[1]] }, { leakMs: [leakMs[0], 15.01] }],
    ampa: [{ ampa: { ...ampa, riseMs: 0.5001 } }, { ampa: { ...ampa, decayMs: 3.001 } }],
    nmda: [{ nmda: { ...nmda, riseMs: 2.001 } }, { nmda: { ...nmda, decayMs: 80.01 } }],
    gaba: [{ gaba: { ...gaba, riseMs: 0.5001 } }, { gaba: { ...gaba, decayMs: 5.001 } }],
    ampaShare: [{ ampaShare: [0.8001, ampaShare[1]] }, { ampaShare: [ampaShare[0], 0.6701] }],
    failureProbability: [{ failureProbability: 0.21 }],
    ambientRateHz: [{ ambientRateHz: 501 }],
    lateralWeight: [{ lateralWeight: [0.010001, lateralWeight[1]] }, { lateralWeight: [lateralWeight[0], 0.008001] }],
  };
  const digest = numericsDigestOf(oracleSimulator());

  for (const [constant, changes] of Object.entries(mutations))
    test(`change with every constant: ${constant}`, () => {
      for (const change of changes) {
        const mutated = numericsDigestOf(oracleSimulator({ ...circuitConstants, ...change }));
        assert.notEqual(mutated, digest, JSON.stringify(change));
      }
    });

  for (const { name, unit } of localCircuitDefinition.inputs) {
    const [factor, change] = unit === '1' ? [1 + 2 ** -23, 'one unit in the last place of float32'] : [1.01, '1 %'];
    test(`change with every input: ${name} by ${change}`, () => {
      assert.notEqual(numericsDigestOf(new Perturbed(name, factor)), digest);
    });
  }
});
