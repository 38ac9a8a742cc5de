import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, test } from 'node:test';
import { buildSchema, parse, validate } from 'graphql';
import { overEachStore } from '../support/each-store.js';
import { ended } from '../support/experiments.js';
import { blocks, documentAt, documents, root } from './documents.js';

describe('GraphQL in documents', () => {
  const schema = buildSchema(readFileSync(join(root, 'schema/schema.graphql'), 'utf8'));
  for (const document of documents) {
    blocks(document, 'graphql').forEach((block, i) => {
      it(`can be asked as it stands: ${document.path}, block ${i + 1}`, () => {
        assert.deepEqual(validate(schema, parse(block)), []);
      });
    });
  }
});

overEachStore('the designs of docs/experiments.md', (door) => {
  test('are made, and changed, as shown', async () => {
    const [make = '', change = ''] = blocks(documentAt('docs/experiments.md'), 'graphql');
    type Made = Record<'grid' | 'list', { experiment: { id: string; size: number }; job: { id: string } }>;
    const { grid, list } = await door().data<Made>(make);
    assert.deepEqual([grid.experiment.size, list.experiment.size], [15, 2]);
    type Changed = { extendExperiment: { experiment: { size: number; replicates: number } } };
    const changed = await door().data<Changed>(change, { job: list.job.id, experiment: list.experiment.id });
    assert.deepEqual(changed.extendExperiment.experiment, { size: 2, replicates: 5 });
    assert.equal((await ended(door(), list.experiment.id)).progress.done, 10);
    assert.equal((await ended(door(), grid.experiment.id)).progress.done, 15);
  });
});
