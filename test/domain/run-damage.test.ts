import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunDocument } from '../../src/domain/documents.js';
import { runIdentity } from '../../src/domain/identity.js';
import { damageOf } from '../../src/domain/run-damage.js';

const values = { x1: 1, x2: 0.5 };
const key = {
  model: 'ishigami',
  numericsDigest: 'a'.repeat(64),
  protocol: { warmupMs: null, durationMs: null, networkSeed: null, noiseSeed: 3 },
};
const identity = runIdentity({ ...key, values });
const run: RunDocument = {
  ...key,
  _id: identity.id,
  digest: identity.digest,
  preimage: identity.preimage,
  schemaVersion: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  parameterSetId: 'ps_1',
  outcome: 'COMPLETED',
  sums: { batchMs: null, outputs: { y: [1] } },
  executionId: 'exec_1',
};

describe('the damage of a stored run', () => {
  it('is none where its fields, its preimage, its digest and its id are of each other', () => {
    assert.deepEqual(damageOf(run, values), []);
  });

  it('is told by the field that is not what the preimage has', () => {
    const protocol = { ...run.protocol, noiseSeed: 4 };
    assert.deepEqual(damageOf({ ...run, protocol }, values), ['protocol.noiseSeed: 4 is stored, the preimage has 3']);
    assert.deepEqual(damageOf({ ...run, model: 'other' }, { x1: 1 }), [
      'model: other is stored, the preimage has ishigami',
      'values.x2: nothing is stored, the preimage has 0.5',
    ]);
    const { numericsDigest, ...without } = run;
    assert.deepEqual(damageOf(without as RunDocument, values), [
      `numericsDigest: nothing is stored, the preimage has ${numericsDigest}`,
    ]);
  });

  it('is told of the digest, the preimage and the id, whichever the others contradict', () => {
    assert.deepEqual(damageOf({ ...run, digest: 'f' }, values), [
      `digest: f is stored, the preimage hashes to ${identity.digest}`,
    ]);
    assert.match(
      damageOf({ ...run, preimage: `${run.preimage} ` }, values).join(),
      /^preimage: it hashes to [0-9a-f]{64}$/,
    );
    assert.deepEqual(damageOf({ ...run, _id: `run_${'0'.repeat(32)}` }, values), [
      `_id: digest and preimage are of ${identity.id}`,
    ]);
  });
});
