import type { Migration } from '../src/store/migrate.js';

/** Experiments are found by name, their chunks by state, their rows by point, by outcome, and by run. */
export const experimentIndexes: Migration = {
  id: '006-experiments',
  description: 'Indexes of experiments, their chunks and rows; kept counts of experiments',
  async up(database) {
    const byTime = { createdAt: 1, _id: 1 } as const;
    const experiments = database.collection('experiments');
    await experiments.createIndex({ name: 1 }, { name: 'byName', unique: true });
    await experiments.createIndex(byTime, { name: 'byTime' });
    await experiments.createIndex({ model: 1, ...byTime }, { name: 'byModel' });
    await database.keepCounts?.('experiments', ['model']);

    const chunks = database.collection('chunks');
    await chunks.createIndex({ experimentId: 1, state: 1, firstReplicate: 1, firstPoint: 1 }, { name: 'byState' });

    const rows = database.collection('experimentRows');
    await rows.createIndex({ experimentId: 1, point: 1, replicate: 1 }, { name: 'byPoint' });
    await rows.createIndex({ experimentId: 1, outcome: 1, point: 1, replicate: 1 }, { name: 'byOutcome' });
    await rows.createIndex({ runId: 1 }, { name: 'byRun' });
  },
};
