import type { Migration } from '../src/store/migrate.js';

/** Recordings are read by their runs. */
export const recordingIndexes: Migration = {
  id: '002-recordings',
  description: 'Index of recordings',
  async up(database) {
    await database.collection('recordings').createIndex({ runId: 1, kind: 1 }, { name: 'byRun' });
  },
};
