import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { ParameterValues } from '../../../../src/domain/identity.js';
import type { Protocol } from '../../../../src/domain/protocol.js';
import { maxSeed } from '../../../../src/domain/protocol.js';
import { localCircuitDefinition } from '../../../../src/models/local-circuit/definition.js';
import { numericsDigestOf } from '../../../../src/models/local-circuit/golden-traces.js';
import { oracleSimulator } from '../../../../src/models/local-circuit/oracle.js';
import { localCircuit } from '../../../../src/models/local-circuit/local-circuit.js';
import { simulatorOf } from '../../../support/simulator-of.js';
import { assertSameSpikes, assertSameState, assertTwins, defaults, twins } from './twins.js';

const { inputs } = localCircuitDefinition;
const seeds: Protocol = { warmupMs: 0, durationMs: 0, networkSeed: 3, noiseSeed: 4 };
const anySeeds = fc.record({
  warmupMs: fc.constant(0),
  durationMs: fc.constant(0),
  networkSeed: fc.integer({ min: 0, max: 40 }), // few, so that networks are met again
  noiseSeed: fc.integer({ min: 0, max: maxSeed }),
});

/** Values within the domain, or within the bounds, as float32, with the ends among them. */
const valuesWithin = (box: 'domain' | 'bounds'): fc.Arbitrary<ParameterValues> =>
  fc.record(
    Object.fromEntries(
      inputs.map(({ name, [box]: { min, max } }) => [
        name,
        fc.oneof(
          { weight: 8, arbitrary: fc.double({ min, max, noNaN: true }).map(Math.fround) },
          { weight: 1, arbitrary: fc.constantFrom(min, max) },
        ),
      ]),
    ),
  );

describe('the kernel and the oracle have the same bits', () => {
  for (const [name, lgnRate] of [
    ['background', 80],
    ['mid', 240],
    ['driven', 480],
  ] as const)
    test(`in every block of 500 ms of the ${name} state`, () => {
      assert.ok(assertTwins({ ...defaults, lgnRateE: lgnRate, lgnRateI: lgnRate }, seeds, 500, 1) > 1000);
    });

  test('for random values of the domain, seeds and durations', () => {
    fc.assert(
      fc.property(valuesWithin('domain'), anySeeds, fc.integer({ min: 1, max: 400 }), (values, protocol, blocks) => {
        assertTwins(values, protocol, blocks);
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  test('for random values within the bounds, most of them saturated or running away', () => {
    fc.assert(
      fc.property(valuesWithin('bounds'), anySeeds, fc.integer({ min: 1, max: 150 }), (values, protocol, blocks) => {
        assertTwins(values, protocol, blocks);
      }),
      { seed: 2, numRuns: 150 },
    );
  });

  test('for a runaway, past the spike that would abort it', () => {
    const spikes = assertTwins({ ...defaults, sEI: 0, sII: 0, sELgn: 0.5, lgnRateE: 5000 }, seeds, 300, 10);
    assert.ok(spikes > 300 * 300 * 0.3, 'E fires at more than 300 Hz');
  });

  test('with all inputs at their greatest: 1,500 events a block and stream', () => {
    assertTwins(Object.fromEntries(inputs.map(({ name, bounds }) => [name, bounds.max])), seeds, 300, 10);
  });

  test('with all inputs silent, for long enough that conductances would have become denormal', () => {
    assert.equal(assertTwins(Object.fromEntries(inputs.map(({ name }) => [name, 0])), seeds, 3000, 100), 0);
  });

  test('where all that once came in has died away: nothing becomes denormal', () => {
    const [circuit] = twins(Object.fromEntries(inputs.map(({ name }) => [name, 0])), seeds);
    for (const name of ['rA', 'yA', 'rN', 'yN', 'rG', 'yG'] as const) circuit.state[name].fill(0.01);
    circuit.advance(10_000);
    const least = 2 ** -126;
    for (const variable of Object.values(circuit.state)) assert.ok(variable.every((value) => Math.abs(value) >= least));
  });

  test('for a run of 60 s', () => {
    const protocol = { warmupMs: 500, durationMs: 60_000, networkSeed: 7, noiseSeed: maxSeed };
    const [one, other] = twins(defaults, protocol);
    for (let second = 0; second < 60; second += 1) {
      one.advance(1000);
      other.advance(1000);
      assertSameState(one, other, `after ${second + 1} s`);
      assert.deepEqual([one.spikesE, one.spikesI], [other.spikesE, other.spikesI]);
    }
  });

  test('whether blocks come one by one or many at a time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 12 }), anySeeds, (lengths, protocol) => {
        const [one, other] = twins({ ...defaults, lgnRateE: 480 }, protocol);
        for (const length of lengths) {
          assert.equal(one.advance(length), length);
          let spikes = 0;
          for (let block = 0; block < length; block += 1) {
            other.advance();
            spikes += other.spikesE;
          }
          assert.equal(one.spikesE, spikes);
          assertSameState(one, other, `after ${length} blocks`);
        }
      }),
      { seed: 3, numRuns: 20 },
    );
  });

  test('where a run ends for too many spikes of E', () => {
    const values = { ...defaults, lgnRateE: 480, lgnRateI: 480 };
    for (const most of [0, 1, 50, 300, 900]) {
      const [one, other] = twins(values, seeds);
      assert.equal(one.advance(200, most), other.advance(200, most));
      assert.ok(one.spikesE > most);
      assertSameState(one, other, `at more than ${most} spikes`);
      assertSameSpikesOfOneBlock(most);
    }

    function assertSameSpikesOfOneBlock(most: number): void {
      const [one, other] = twins(values, seeds);
      one.advance(200, most);
      other.advance(200, most);
      one.advance();
      other.advance();
      assertSameSpikes(one, other, `in the block after more than ${most} spikes`);
    }
  });

  test('in the golden traces, and so in the numerics digest', () => {
    assert.equal(simulatorOf(localCircuit).numericsDigest(), numericsDigestOf(oracleSimulator()));
  });
});
