import type { Migration } from '../src/store/migrate.js';

/**
 * The counts of runs and parameter sets are kept by time as well, for their lists can be asked for a range of it. Jobs are
 * fewer and change: theirs are counted along an index.
 */
export const countsByTime: Migration = {
  id: '005-counts-by-time',
  description: 'Kept counts of runs and parameter sets by time',
  async up(database) {
    await database.keepCounts?.('runs', ['model', 'outcome', 'numericsDigest'], 'createdAt');
    await database.keepCounts?.('parameterSets', ['model'], 'createdAt');
  },
};
