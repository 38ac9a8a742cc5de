import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sha256 } from '../../src/domain/digest.js';
import type { RunKey } from '../../src/domain/identity.js';
import { derivedNoiseSeed, parameterSetIdentity, responseIdentity, runIdentity } from '../../src/domain/identity.js';
import { idOf, kindOfId, requireId } from '../../src/domain/ids.js';
import { maxSeed } from '../../src/domain/protocol.js';
import { isBadUserInput } from './is-bad-user-input.js';

const protocol = { warmupMs: 500, durationMs: 4000, networkSeed: 1, noiseSeed: 7 };
const key: RunKey = { model: 'local-circuit', numericsDigest: 'd'.repeat(64), values: { a: 0.024, b: 1 }, protocol };

describe('identities', () => {
  it('are the SHA-256 of a preimage that can be shown', () => {
    const { id, digest, preimage } = runIdentity(key);
    assert.equal(sha256(preimage), digest);
    assert.equal(id, `run_${digest.slice(0, 32)}`);
    assert.deepEqual(JSON.parse(preimage), { identityVersion: 1, noun: 'simulationRun', ...key });
  });

  it('do not change from one release to the next: what is stored stays found', () => {
    assert.equal(parameterSetIdentity('m', { b: 2, a: 0.024 }).id, 'ps_3044bbe8f194b07db14013edc4302599');
    assert.equal(runIdentity(key).id, 'run_21f44c0e7efc2acb38fc47da341bc3d4');
    assert.equal(derivedNoiseSeed('m', { a: 1 }, protocol, 1), 1280057403);
  });

  it('change with every ingredient of a run', () => {
    const others: RunKey[] = [
      { ...key, model: 'ishigami' },
      { ...key, numericsDigest: 'e'.repeat(64) },
      { ...key, values: { ...key.values, a: 0.025 } },
      ...(Object.keys(protocol) as (keyof typeof protocol)[]).flatMap((field) => [
        { ...key, protocol: { ...protocol, [field]: protocol[field] + 1 } },
        { ...key, protocol: { ...protocol, [field]: null } },
      ]),
    ];
    const ids = [key, ...others].map((each) => runIdentity(each).id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('of a response do not depend on the order of its runs', () => {
    const response = { model: 'm', numericsDigest: 'd', parameterSetId: 'p', estimand: 'E', estimator: 'e/1' };
    assert.equal(
      responseIdentity({ ...response, runIds: ['run_a', 'run_b'] }).id,
      responseIdentity({ ...response, runIds: ['run_b', 'run_a'] }).id,
    );
  });
});

describe('derivedNoiseSeed', () => {
  it('is a 31-bit integer that differs between replicates, protocols and parameter sets', () => {
    const seeds = new Set<number>();
    for (let replicate = 1; replicate <= 100; replicate += 1) {
      seeds.add(derivedNoiseSeed('m', { a: 1 }, protocol, replicate));
      seeds.add(derivedNoiseSeed('m', { a: 2 }, protocol, replicate));
      seeds.add(derivedNoiseSeed('m', { a: 1 }, { ...protocol, networkSeed: 2 }, replicate));
    }
    assert.equal(seeds.size, 300);
    for (const seed of seeds) assert.ok(Number.isInteger(seed) && seed >= 0 && seed <= maxSeed);
  });
});

describe('ids', () => {
  it('tell their kind', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{64}$/), (hex) => {
        assert.equal(kindOfId(idOf('Response', hex)), 'Response');
        assert.equal(requireId(idOf('Job', hex), 'Job', 'Response'), 'Job');
      }),
    );
  });

  it('refuse what is no id, or one of another kind', () => {
    const run = idOf('SimulationRun', 'a'.repeat(64));
    for (const text of ['', 'run_', `${run}0`, run.toUpperCase(), ` ${run}`, `${run}\n`, 'x'.repeat(1e5)]) {
      assert.throws(() => requireId(text), isBadUserInput);
    }
    assert.throws(() => requireId(run, 'Job'), isBadUserInput);
  });
});
