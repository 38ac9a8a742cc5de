import { setImmediate } from 'node:timers/promises';
import type { Extent } from '../domain/documents.js';
import { groupedBy } from '../domain/grouped-by.js';
import { parameterSetIdentity, runIdentity } from '../domain/identity.js';
import { closedSeeds } from './closed-keys.js';
import type { PlannedExperiment } from './experiment.js';
import { experimentOfPlan } from './experiment.js';
import type { Lab } from './lab.js';

/** The most runs of an experiment that are looked for one by one. */
const MOST_LOOKED_AT = 10_000;
const RUNS_A_CALL = 500;

/**
 * How many runs of an experiment are stored, whoever had them computed. Of one of more than 10,000 runs: how many of its
 * own rows have one.
 */
export async function storedRunsOf(
  lab: Lab,
  planned: PlannedExperiment,
  { size, replicates }: Extent,
): Promise<number> {
  const { runs, invalidations, experimentRows } = lab.collections;
  if (size * replicates > MOST_LOOKED_AT) {
    const place = { point: { $lt: size }, replicate: { $lt: replicates } }; // it may have grown since
    return experimentRows.countDocuments({ experimentId: planned.id, outcome: { $ne: null }, ...place });
  }
  const experiment = experimentOfPlan(lab, planned);
  const { numericsDigest } = experiment;
  const { name: model } = experiment.model;
  const pointsACall = Math.max(Math.floor(RUNS_A_CALL / replicates), 1);
  let stored = 0;
  for (let first = 0; first < size; first += pointsACall) {
    const points = Array.from({ length: Math.min(pointsACall, size - first) }, (_, i) => {
      const values = experiment.valuesAt(first + i);
      return { values, parameterSetId: parameterSetIdentity(model, values).id };
    });
    const parameterSetId = { $in: points.map((point) => point.parameterSetId) };
    const closed = groupedBy(
      await invalidations.find({ parameterSetId }).toArray(),
      (each) => each.parameterSetId ?? '',
    );
    const ids = points.flatMap((point) => {
      const seeds = closedSeeds(experiment, closed.get(point.parameterSetId) ?? []);
      const protocols = experiment.protocolsOf(point.values, 0, replicates, seeds);
      return protocols.map((protocol) => runIdentity({ model, numericsDigest, values: point.values, protocol }).id);
    });
    // Points that the model reads as one share their runs.
    const filter = { _id: { $in: [...new Set(ids)] } };
    const found = await runs.find<{ readonly _id: string }>(filter, { projection: { model: 1 } }).toArray();
    const isStored = new Set(found.map(({ _id }) => _id));
    stored += ids.filter((id) => isStored.has(id)).length;
    await setImmediate(); // others have their turn
  }
  return stored;
}
