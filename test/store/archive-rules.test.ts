import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LineageKind } from '../../src/provenance/lineage.js';
import { lineageRules } from '../../src/provenance/lineage.js';
import type { CollectionName } from '../../src/store/archive-rules.js';
import { archivedCollections, archiveRules } from '../../src/store/archive-rules.js';
import { collectionsOf } from '../../src/store/collections.js';
import type { StoreDatabase } from '../../src/store/seam.js';

const collectionOf: Readonly<Record<LineageKind, CollectionName>> = {
  ParameterSet: 'parameterSets',
  SimulationRun: 'runs',
  Execution: 'executions',
  Recording: 'recordings',
  Response: 'responses',
  Invalidation: 'invalidations',
  Annotation: 'annotations',
  Verification: 'verifications',
  Sweep: 'sweeps',
  Experiment: 'experiments',
  ExperimentRow: 'experimentRows',
  Job: 'jobs',
};

describe('the table of what is archived', () => {
  test('names every collection, under the name that it has in the database', () => {
    const names: string[] = [];
    const database = { collection: (name: string) => names.push(name) } as unknown as StoreDatabase;
    const keys = Object.keys(collectionsOf(database));
    assert.deepEqual(names, keys, 'a collection has the name of its key');
    assert.deepEqual(Object.keys(archiveRules).sort(), keys.sort(), 'add the collection to src/store/archive-rules.ts');
  });

  test('has each collection before those that its documents refer to', () => {
    const order: readonly string[] = archivedCollections.map(([name]) => name);
    for (const { from, to } of lineageRules) {
      const [dependent, source] = [collectionOf[from], collectionOf[to]];
      assert.ok(order.indexOf(dependent) < order.indexOf(source), `${dependent} must be read before ${source}`);
    }
  });
});
