import type { Migration } from '../src/store/migrate.js';

/** The counts of lists are kept by time as well: all of them can be asked for a range of it. */
export const countsByTime: Migration = {
  id: '005-counts-by-time',
  description: 'Kept counts of lists by time',
  async up(database) {
    await database.keepCounts?.('runs', ['model', 'outcome', 'numericsDigest'], 'createdAt');
    await database.keepCounts?.('parameterSets', ['model'], 'createdAt');
    await database.keepCounts?.('jobs', ['kind', 'status'], 'createdAt');
  },
};
