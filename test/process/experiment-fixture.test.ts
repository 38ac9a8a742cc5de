import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { localCircuit } from '../../src/models/local-circuit/local-circuit.js';
import { collectionsOf } from '../../src/store/collections.js';
import { openEmbedded } from '../store/stores.js';
import { archivesOf } from '../support/archives.js';
import { withServers } from '../support/each-store.js';
import { simulatorOf } from '../support/simulator-of.js';

const name = 'local-circuit-sobol-8192';
const file = fileURLToPath(new URL(`../../../fixtures/${name}.arrow.br`, import.meta.url));
const toMakeAnew = 'Where that is meant, make it anew and commit it: npm run fixtures:experiment';

const ask = `query ($name: String!) { experiment(name: $name) { status progress { total done failed } rows(first: 1) { totalCount } } }`;
const respond = `query ($parameters: ParameterValues!) { response(input: { parameters: $parameters }) { cached } }`;
const verify = `mutation ($id: ID!) { verifyRun(id: $id, waitMs: 60000) { verification { identical } } }`;
const trace = `query ($id: ID!) { provenance(id: $id) { nodes { id kind } } }`;

describe('the experiment of the fixtures', () => {
  it('loads in seconds, is whole, answers, and its runs come out the same today', () =>
    withServers(openEmbedded, async (openDoor, store) => {
      const begun = performance.now();
      const { documents } = await archivesOf(store).load(file);
      const seconds = (performance.now() - begun) / 1000;
      assert.ok(seconds < 60, `it took ${seconds} s`); // 3 s where nothing else runs
      assert.ok(documents > 4 * 8192);
      const { runs, parameterSets } = collectionsOf(store.database);
      const some = await runs.find({}, { sort: { _id: 1 }, limit: 3 }).toArray();
      const today = simulatorOf(localCircuit).numericsDigest();
      assert.equal(some[0]?.numericsDigest, today, `The experiment is of other numerics. ${toMakeAnew}`);

      const door = await openDoor();
      assert.deepEqual(await door.data(ask, { name }), {
        experiment: {
          status: 'COMPLETED',
          progress: { total: 8192, done: 8192, failed: 0 },
          rows: { totalCount: 8192 },
        },
      });
      for (const { _id: id, parameterSetId, executionId } of some) {
        const { verifyRun } = await door.data<{ verifyRun: { verification: unknown } }>(verify, { id });
        assert.deepEqual(verifyRun.verification, { identical: true }, toMakeAnew);
        const set = await parameterSets.findOne({ _id: parameterSetId });
        assert.deepEqual(await door.data(respond, { parameters: set?.values }), { response: { cached: true } });
        const { provenance } = await door.data<{ provenance: { nodes: { id: string; kind: string }[] } }>(trace, {
          id,
        });
        assert.ok(provenance.nodes.some((node) => node.id === executionId));
      }
    }));
});
