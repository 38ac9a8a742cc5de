import { setImmediate } from 'node:timers/promises';
import type { Extent } from '../domain/documents.js';
import { groupedBy } from '../domain/grouped-by.js';
import { experimentRowId, parameterSetIdentity, runIdentity } from '../domain/identity.js';
import { closedSeeds } from './closed-keys.js';
import type { PlannedExperiment } from './experiment.js';
import { experimentOfPlan } from './experiment.js';
import type { Lab } from './lab.js';

/** The most runs of an experiment that are looked for one by one. */
const MOST_LOOKED_AT = 10_000;
const RUNS_A_CALL = 500;

/**
 * How many replicates of an experiment need no more runs: those whose row has one, and those whose run is stored, whoever
 * had it computed. Of an experiment of more than 10,000 runs: the first alone.
 */
export async function storedRunsOf(
  lab: Lab,
  planned: PlannedExperiment,
  { size, replicates }: Extent,
): Promise<number> {
  const { runs, invalidations, experimentRows } = lab.collections;
  const { id: experimentId } = planned;
  if (size * replicates > MOST_LOOKED_AT) {
    const place = { point: { $lt: size }, replicate: { $lt: replicates } }; // it may have grown since
    return experimentRows.countDocuments({ experimentId, outcome: { $ne: null }, ...place });
  }
  const experiment = experimentOfPlan(lab, planned);
  const { numericsDigest } = experiment;
  const { name: model } = experiment.model;
  let stored = 0;
  for (const { firstPoint, points, firstReplicate, replicates: count } of blocksOf(size, replicates)) {
    const sets = Array.from({ length: points }, (_, i) => {
      const values = experiment.valuesAt(firstPoint + i);
      return { values, point: firstPoint + i, parameterSetId: parameterSetIdentity(model, values).id };
    });
    const parameterSetId = { $in: sets.map((set) => set.parameterSetId) };
    const closed = groupedBy(
      await invalidations.find({ parameterSetId }).toArray(),
      (each) => each.parameterSetId ?? '',
    );
    const places = sets.flatMap(({ values, point, parameterSetId: set }) =>
      experiment
        .protocolsOf(values, firstReplicate, count, closedSeeds(experiment, closed.get(set) ?? []))
        .map((protocol, k) => ({
          rowId: experimentRowId({ experimentId, point, replicate: firstReplicate + k }),
          runId: runIdentity({ model, numericsDigest, values, protocol }).id,
        })),
    );
    const ids = { $in: [...new Set(places.map(({ runId }) => runId))] };
    const rows = { $in: places.map(({ rowId }) => rowId) };
    const projection = { projection: { model: 1 } } as const;
    const [found, filled] = await Promise.all([
      runs.find<{ readonly _id: string }>({ _id: ids }, projection).toArray(),
      experimentRows.find<{ readonly _id: string }>({ _id: rows, outcome: { $ne: null } }, { projection: { point: 1 } }).toArray(), // prettier-ignore
    ]);
    const known = new Set([...found, ...filled].map(({ _id }) => _id));
    stored += places.filter(({ rowId, runId }) => known.has(rowId) || known.has(runId)).length;
    await setImmediate(); // others have their turn
  }
  return stored;
}

/** All places of an experiment, some hundred at a time. */
function* blocksOf(size: number, replicates: number) {
  const points = Math.max(Math.floor(RUNS_A_CALL / replicates), 1);
  for (let firstPoint = 0; firstPoint < size; firstPoint += points) {
    for (let firstReplicate = 0; firstReplicate < replicates; firstReplicate += RUNS_A_CALL) {
      const count = Math.min(RUNS_A_CALL, replicates - firstReplicate);
      yield { firstPoint, points: Math.min(points, size - firstPoint), firstReplicate, replicates: count };
    }
  }
}
