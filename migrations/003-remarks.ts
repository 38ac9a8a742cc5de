import type { Migration } from '../src/store/migrate.js';

/** Invalidations are read by parameter set, annotations by target and by tag, verifications by run, jobs by result. */
export const remarkIndexes: Migration = {
  id: '003-remarks',
  description: 'Indexes of invalidations, annotations, verifications and results of jobs',
  async up(database) {
    await database.collection('invalidations').createIndex({ parameterSetId: 1 }, { name: 'byParameterSet' });
    const annotations = database.collection('annotations');
    await annotations.createIndex({ target: 1, createdAt: 1, _id: 1 }, { name: 'byTarget' });
    await annotations.createIndex({ tag: 1, targetKind: 1, target: 1 }, { name: 'byTag' });
    await database.collection('jobs').createIndex({ result: 1 }, { name: 'byResult' });
    await database.collection('verifications').createIndex({ runId: 1, finishedAt: 1, _id: 1 }, { name: 'byRun' });
  },
};
