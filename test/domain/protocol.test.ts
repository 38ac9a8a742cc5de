import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { completeProtocol, maxSeed } from '../../src/domain/protocol.js';
import { ishigami } from '../../src/models/ishigami/ishigami.js';
import { localCircuitDefinition } from '../../src/models/local-circuit/definition.js';
import { isBadUserInput } from './is-bad-user-input.js';

const complete = (given: object): object => completeProtocol('local-circuit', localCircuitDefinition.protocol, given);

describe('completeProtocol', () => {
  it("takes the model's defaults and leaves the noise seed to be derived", () => {
    assert.deepEqual(complete({}), { warmupMs: 500, durationMs: 4000, networkSeed: 1, noiseSeed: null });
    assert.deepEqual(complete({ durationMs: 1000, noiseSeed: null }), {
      warmupMs: 500,
      durationMs: 1000,
      networkSeed: 1,
      noiseSeed: null,
    });
  });

  it('refuses what is not a whole number in the range of the field', () => {
    for (const given of [
      { durationMs: 0 },
      { durationMs: 1.5 },
      { durationMs: NaN },
      { warmupMs: -1 },
      { warmupMs: 1e9 },
      { networkSeed: maxSeed + 1 },
      { noiseSeed: -1 },
    ]) {
      assert.throws(() => complete(given), isBadUserInput);
    }
  });

  it('gives null for what a model does not read, and refuses it when it is given', () => {
    const { protocol } = ishigami().definition;
    assert.deepEqual(completeProtocol('ishigami', protocol, { durationMs: null }), {
      warmupMs: null,
      durationMs: null,
      networkSeed: null,
      noiseSeed: null,
    });
    assert.throws(() => completeProtocol('ishigami', protocol, { durationMs: 1000 }), isBadUserInput);
  });

  it('writes −0 as 0, so that no key holds it', () => {
    assert.ok(Object.is((complete({ warmupMs: -0 }) as { warmupMs: number }).warmupMs, 0));
  });
});
