import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { circuitParameters } from '../../../src/models/local-circuit/circuit-parameters.js';
import { circuitConstants } from '../../../src/models/local-circuit/constants.js';
import { localCircuitDefinition } from '../../../src/models/local-circuit/definition.js';

const values = fc.record(
  Object.fromEntries(
    localCircuitDefinition.inputs.map(({ name, bounds }) => [name, fc.double({ ...bounds, noNaN: true })]),
  ),
);

describe('the parameters of a circuit', () => {
  test('follow from the float32 of each input', () => {
    fc.assert(
      fc.property(values, (given) => {
        const rounded = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, Math.fround(value)]));
        assert.deepEqual(circuitParameters(circuitConstants, given), circuitParameters(circuitConstants, rounded));
      }),
      { seed: 12, numRuns: 50 },
    );
  });

  test('are float32 numbers, each rounded once', () => {
    fc.assert(
      fc.property(values, (given) => {
        const { streams, failuresBelow, ampa, nmda, gaba, ...numbers } = circuitParameters(circuitConstants, given);
        const all = [ampa, nmda, gaba].flatMap(({ rise, decay }) => [rise, decay]);
        for (const number of [...all, ...Object.values(numbers).flat(), ...streams.map(({ weight }) => weight)])
          assert.equal(number, Math.fround(number));
        assert.equal(failuresBelow, Math.round(0.2 * 2 ** 16));
      }),
      { seed: 13, numRuns: 20 },
    );
  });
});
