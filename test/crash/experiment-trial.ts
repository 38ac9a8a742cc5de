import assert from 'node:assert/strict';
import type { Collections } from '../../src/store/collections.js';
import { collectionsOf } from '../../src/store/collections.js';
import type { Store } from '../../src/store/store.js';
import type { ExperimentView } from '../support/experiments.js';
import { createMutation, experimentFields } from '../support/experiments.js';
import { dataOf, eventually } from '../support/front-door.js';
import { isFull } from './counts.js';
import type { RunningServer } from './served-store.js';

/** An experiment that goes on while something happens to its server: a second or two of work for two workers. */
const input = {
  name: 'overnight',
  design: 'SOBOL',
  size: isFull ? 600 : 200,
  replicates: 2,
  space: { inputs: [{ name: 'lgnRateE', min: 80, max: 480 }] },
  protocol: { warmupMs: 0, durationMs: 1000 },
};

export const rowsInAll = input.size * input.replicates;

export const createOvernight = async (server: RunningServer): Promise<void> => {
  dataOf(await server.ask(createMutation, { input }));
};

/** The experiment, as a server tells it. */
export const overnight = async (server: RunningServer): Promise<ExperimentView> => {
  const query = `{ experiment(name: "${input.name}") { ${experimentFields} } }`;
  return dataOf(await server.ask<{ experiment: ExperimentView }>(query)).experiment;
};

/** Waits until more rows are stored than there were, or all are. */
export async function moreRows({ experimentRows }: Collections, before: number): Promise<number> {
  const stored = (): Promise<number> => experimentRows.countDocuments({});
  return eventually(stored, (rows) => rows > before || rows === rowsInAll, 60_000);
}

/** Waits for its end, and requires that every row is done and counted once. */
export async function requireCompleted(server: RunningServer): Promise<void> {
  const look = (): Promise<ExperimentView> => overnight(server);
  const { progress, outcomes } = await eventually(look, ({ status }) => status === 'COMPLETED', 60_000);
  assert.deepEqual(progress, { total: rowsInAll, done: rowsInAll, failed: 0 });
  const counted = outcomes.reduce((sum, { count }) => sum + count, 0);
  assert.equal(counted, rowsInAll);
}

/** Every row has its run, none is there twice, and chunks that have ended count what is stored; returns the rows. */
export async function requireWhole(store: Store): Promise<number> {
  const { experimentRows, runs, chunks } = collectionsOf(store.database);
  const rows = await experimentRows.find({}).toArray();
  const found = await runs.find<{ _id: string }>({}, { projection: { model: 1 } }).toArray();
  const stored = new Set(found.map(({ _id }) => _id));
  const withoutRun = rows.filter(({ runId }) => runId === null || !stored.has(runId));
  assert.deepEqual(withoutRun, []);
  const places = new Set(rows.map(({ point, replicate }) => `${point}/${replicate}`));
  assert.equal(places.size, rows.length);
  for (const { state, done, firstPoint, points } of await chunks.find({}).toArray()) {
    const own = rows.filter(({ point }) => point >= firstPoint && point < firstPoint + points).length;
    if (state === 'DONE') assert.equal(done, own, 'a chunk counts what is stored of it');
  }
  return rows.length;
}

/** Requires that all of it is stored and nothing is claimed any more; returns how many runs were computed in vain. */
export async function requireAllStored(store: Store): Promise<number> {
  assert.equal(await requireWhole(store), rowsInAll);
  const { executions, runs, claims } = collectionsOf(store.database);
  const [attempts, all] = [await executions.countDocuments({}), await runs.countDocuments({})];
  assert.deepEqual([all, await claims.countDocuments({})], [rowsInAll, 0]);
  return attempts - all;
}
