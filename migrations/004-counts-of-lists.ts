import type { Migration } from '../src/store/migrate.js';

/** Two filters of the list of runs get their indexes; the counts of lists are kept by what they are filtered by. */
export const countsOfLists: Migration = {
  id: '004-counts-of-lists',
  description: 'Indexes of runs by numerics, and by model and outcome; kept counts of lists',
  async up(database) {
    const byTime = { createdAt: 1, _id: 1 } as const;
    const runs = database.collection('runs');
    await runs.createIndex({ numericsDigest: 1, ...byTime }, { name: 'byNumerics' });
    await runs.createIndex({ model: 1, outcome: 1, ...byTime }, { name: 'byModelAndOutcome' });
    await database.keepCounts?.('runs', ['model', 'outcome', 'numericsDigest']);
    await database.keepCounts?.('parameterSets', ['model']);
    await database.keepCounts?.('jobs', ['kind', 'status']);
  },
};
