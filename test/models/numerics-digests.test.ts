import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { models } from '../../src/models/registry.js';
import { readTestData } from './test-data.js';
import { simulatorOf } from '../support/simulator-of.js';

const committed = readTestData('models/numerics-digests.json') as Readonly<Record<string, string>>;

describe('the committed numerics digests (on a deliberate change of bits write the new ones to numerics-digests.json)', () => {
  for (const model of models) {
    const { definition } = model;

    test(`${definition.name} still has its digest: stored runs keep answering, on every Node and machine`, () => {
      const now = simulatorOf(model).numericsDigest();
      const before = committed[definition.name];
      assert.notEqual(
        before,
        undefined,
        `No digest of ${definition.name} is committed. If it is a new model, write its digest to test/models/numerics-digests.json: ${now}`,
      );
      assert.equal(
        now,
        before,
        [
          `${definition.name} gives other bits than those committed: no stored run of it would be found again.`,
          'If nothing should have changed: undo it. If the change is deliberate: check that the agreement with Brian2 and',
          'the mutation tests pass, say in the commit what changed, and write the actual digest to',
          'test/models/numerics-digests.json. Raise REVISION beside the golden traces for a change that they do not see.',
        ].join('\n'),
      );
    });
  }

  test('are of the registered models, no more', () => {
    assert.deepEqual(Object.keys(committed).sort(), models.map(({ definition }) => definition.name).sort());
  });
});
