import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { localCircuit } from '../../src/models/local-circuit/local-circuit.js';
import { collectionsOf } from '../../src/store/collections.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { Store } from '../../src/store/store.js';
import { openEmbedded, temporaryFolder } from '../store/stores.js';
import { archivesOf, danglingReferences } from '../support/archives.js';
import { forEachStore, withServers } from '../support/each-store.js';
import { dataOf } from '../support/front-door.js';
import { simulatorOf } from '../support/simulator-of.js';
import { startServer } from './server-process.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const fixtures = join(root, 'fixtures', 'local-circuit');
const document = readFileSync(join(root, 'fixtures', 'local-circuit.graphql'), 'utf8');
const toMakeAnew = 'Where that is meant, make the fixtures anew and commit them: npm run fixtures:make';

/** Every run of a store with what was recorded of it, by what decides its bits. */
async function contentOf(store: Store): Promise<unknown> {
  const { runs, recordings } = collectionsOf(store.database);
  return {
    runs: (await runs.find({}, { sort: { _id: 1 } }).toArray()).map(({ _id, outcome, sums }) => ({
      _id,
      outcome,
      sums,
    })),
    recordings: (await recordings.find({}, { sort: { _id: 1 } }).toArray()).map(({ _id, blob }) => ({ _id, blob })),
  };
}

describe('the fixtures', () => {
  it('are of the numerics of today, so that they answer', () =>
    withServers(openEmbedded, async (_, store) => {
      await archivesOf(store).load(fixtures);
      const digests = (await collectionsOf(store.database).runs.find({}).toArray()).map(({ numericsDigest }) => numericsDigest); // prettier-ignore
      const today = simulatorOf(localCircuit).numericsDigest();
      assert.deepEqual([...new Set(digests)], [today], `The fixtures are of other numerics. ${toMakeAnew}`);
    }));

  it('come out the same, bit for bit, of the command that made them', async () => {
    const folder = await temporaryFolder();
    const stores: Store[] = [];
    try {
      const again = join(folder.path, 'again');
      await promisify(execFile)(process.execPath, [join(root, 'scripts', 'make-fixtures.mjs'), again]);
      const contents: unknown[] = [];
      for (const each of [again, fixtures]) {
        const store = await openEmbedded();
        stores.push(store);
        await archivesOf(store).load(each);
        contents.push(await contentOf(store));
      }
      assert.deepEqual(contents[1], contents[0], `The fixtures cannot be made again. ${toMakeAnew}`);
    } finally {
      await Promise.all(stores.map((store) => store.close()));
      await folder.remove();
    }
  });

  it('are offered by a server on an empty store, and by no other', async () => {
    const first = await startServer();
    try {
      await first.line('npm run fixtures');
      const store = await openEmbeddedStore(first.dataDir);
      await archivesOf(store).load(fixtures);
      await store.close();
      const second = await startServer({ DATA_DIR: first.dataDir });
      second.child.kill('SIGTERM');
      await second.ended;
      assert.doesNotMatch(second.output(), /npm run fixtures/);
      await second.dispose();
    } finally {
      await first.dispose();
    }
  });
});

forEachStore('loaded fixtures', (open) => {
  it('answer every named point from the store, also when they are loaded twice', () =>
    withServers(open, async (openDoor, store) => {
      await archivesOf(store).load(fixtures);
      await archivesOf(store).load(fixtures);
      assert.deepEqual(await danglingReferences(store), []);
      const door = await openDoor();
      const ask = async <T>(operationName: string): Promise<T> => {
        const reply = await door.agent.post('/graphql').send({ query: document, operationName });
        return dataOf<T>(JSON.parse(reply.text) as { data: T });
      };
      const before = await door.counts();
      const points = await ask<Record<string, { cached: boolean; status: string }>>('Points');
      assert.ok(Object.keys(points).length >= 6);
      for (const [name, { cached, status }] of Object.entries(points)) {
        assert.deepEqual({ name, cached, status }, { name, cached: true, status: 'READY' });
      }
      const { runSimulation } = await ask<{ runSimulation: { created: boolean } }>('Raster');
      assert.equal(runSimulation.created, false);
      assert.deepEqual(await door.counts(), before, 'nothing was computed or stored');
    }));
});
