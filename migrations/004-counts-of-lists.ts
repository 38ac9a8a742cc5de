import type { Migration } from '../src/store/migrate.js';
import { firstIndexes } from './001-first-indexes.js';

/**
 * Two filters of the list of runs get their indexes. The first indexes are asked for again: where they are made the
 * embedded store keeps the counts of the lists that they serve, and those that are there have none yet.
 */
export const countsOfLists: Migration = {
  id: '004-counts-of-lists',
  description: 'Indexes of runs by numerics, and by model and outcome; kept counts of lists',
  async up(database) {
    await firstIndexes.up(database);
    const byTime = { createdAt: 1, _id: 1 } as const;
    const runs = database.collection('runs');
    await runs.createIndex({ numericsDigest: 1, ...byTime }, { name: 'byNumerics' });
    await runs.createIndex({ model: 1, outcome: 1, ...byTime }, { name: 'byModelAndOutcome' });
  },
};
