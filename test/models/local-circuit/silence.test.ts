import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { OracleCircuit } from '../../../src/models/local-circuit/oracle-circuit.js';
import { circuitParameters } from '../../../src/models/local-circuit/circuit-parameters.js';
import { circuitConstants } from '../../../src/models/local-circuit/constants.js';
import { localCircuitDefinition } from '../../../src/models/local-circuit/definition.js';
import { buildNetwork } from '../../../src/models/local-circuit/network.js';
import { oracleSimulator } from '../../../src/models/local-circuit/oracle.js';
import type { ParameterValues } from '../../../src/domain/identity.js';
import { voltageOf, zeroValues } from './silent-circuit.js';

const network = buildNetwork(circuitConstants, 1);
const circuitOf = (values: ParameterValues, noiseSeed: number): OracleCircuit =>
  new OracleCircuit(circuitConstants, circuitParameters(circuitConstants, values), network, noiseSeed);

const LEAST_NORMAL = 2 ** -126;

/** The first denormal number of a circuit, if any: where it is, and at which block. */
function denormalOf({ state, inputs }: OracleCircuit): string | undefined {
  for (const [name, numbers] of Object.entries({ ...state, ...inputs }))
    for (const number of numbers) if (number !== 0 && Math.abs(number) < LEAST_NORMAL) return `${name} ${number}`;
  return undefined;
}

describe('a silent circuit', () => {
  test('falls to a fixed point, at rest within the rounding of float32, and stays there bit for bit', () => {
    const circuit = circuitOf(zeroValues, 3);
    for (let block = 0; block < 1000; block += 1) circuit.advance();
    const before = Float32Array.from(circuit.state.w);
    for (let block = 0; block < 100; block += 1) {
      circuit.advance();
      assert.equal(circuit.spikesE + circuit.spikesI, 0);
      assert.deepEqual(circuit.state.w, before);
    }
    // A step rounds (w + t), q, the product and t by 5·2^−27 together; the leak takes back h/τ of a deviation.
    before.forEach((w, cell) => {
      const bound = ((32 / 3) * 5 * 2 ** -27) / (0.1 / (cell < 300 ? 20 : 15));
      assert.ok(Math.abs(voltageOf(w)) <= bound, `cell ${cell} rests at ${voltageOf(w)}`);
    });
  });

  test('only falls towards rest: no cell ever fires, from any start', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (noiseSeed) => {
        const result = oracleSimulator().simulate(
          zeroValues,
          { warmupMs: 0, durationMs: 30, networkSeed: 1, noiseSeed },
          () => false,
        );
        assert.deepEqual(result?.sums.outputs, { rateE: [0], rateI: [0] });
      }),
      { seed: 2, numRuns: 30 },
    );
  });
});

describe('denormal numbers', () => {
  const weight = fc.oneof(
    fc.constant(0),
    fc.constantFrom(2 ** -149, 2 ** -130, 1e-30, 1e-20),
    fc.double({ min: 0, max: 0.5, noNaN: true }),
  );
  const rate = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1500, noNaN: true }));
  const values = fc.record(
    Object.fromEntries(localCircuitDefinition.inputs.map(({ name, unit }) => [name, unit === '1' ? weight : rate])),
  );

  test('never occur in the state or the inputs, with any weights and rates', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 1000 }), (given, noiseSeed) => {
        const circuit = circuitOf(given, noiseSeed);
        for (let block = 0; block < 40; block += 1) {
          circuit.advance();
          assert.equal(denormalOf(circuit), undefined);
        }
      }),
      { seed: 3, numRuns: 40 },
    );
  });

  test('never occur while the conductances of a burst decay for 10 s of silence', () => {
    const circuit = circuitOf(zeroValues, 5);
    for (const variable of Object.values(circuit.state)) variable.fill(0.1);
    for (let block = 0; block < 10_000; block += 1) {
      circuit.advance();
      if (block % 50 === 0) assert.equal(denormalOf(circuit), undefined, `block ${block}`);
    }
    assert.equal(denormalOf(circuit), undefined);
  });

  test('are seen where there are any', () => {
    const circuit = circuitOf(zeroValues, 5);
    circuit.state.yG[399] = 2 ** -127;
    assert.equal(denormalOf(circuit), `yG ${2 ** -127}`);
  });
});
