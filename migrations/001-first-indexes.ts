import type { Migration } from '../src/store/migrate.js';

/**
 * The indexes of the first collections. Lists are read by (filter, createdAt, _id); pools by parameter set and the parts
 * of the key that a question fixes.
 */
export const firstIndexes: Migration = {
  id: '001-first-indexes',
  description: 'Indexes of parameter sets, runs, executions, responses and jobs',
  async up(database) {
    const byTime = { createdAt: 1, _id: 1 } as const;
    const parameterSets = database.collection('parameterSets');
    await parameterSets.createIndex(byTime, { name: 'byTime' });
    await parameterSets.createIndex({ model: 1, ...byTime }, { name: 'byModel' });

    const runs = database.collection('runs');
    await runs.createIndex(byTime, { name: 'byTime' });
    await runs.createIndex({ model: 1, ...byTime }, { name: 'byModel' });
    await runs.createIndex({ outcome: 1, ...byTime }, { name: 'byOutcome' });
    await runs.createIndex({ parameterSetId: 1, ...byTime }, { name: 'byParameterSet' });
    await runs.createIndex(
      { parameterSetId: 1, numericsDigest: 1, 'protocol.warmupMs': 1, 'protocol.networkSeed': 1 },
      { name: 'byPool' },
    );

    const executions = database.collection('executions');
    await executions.createIndex({ runId: 1, startedAt: 1 }, { name: 'byRun' });
    await executions.createIndex({ parameterSetId: 1, ...byTime }, { name: 'byParameterSet' });

    await database.collection('responses').createIndex({ parameterSetId: 1, ...byTime }, { name: 'byParameterSet' });

    const jobs = database.collection('jobs');
    await jobs.createIndex(byTime, { name: 'byTime' });
    await jobs.createIndex({ status: 1, ...byTime }, { name: 'byStatus' });
    await jobs.createIndex({ kind: 1, ...byTime }, { name: 'byKind' });
    await jobs.createIndex({ key: 1, ordinal: 1 }, { name: 'byKey', unique: true });
    await jobs.createIndex({ active: 1, ...byTime }, { name: 'byActive' });
  },
};
