import type { ExperimentRowDocument, RowError, RunDocument } from '../domain/documents.js';
import { documentVersion } from '../domain/documents.js';
import { experimentRowId } from '../domain/identity.js';
import { completed } from '../domain/model-definition.js';
import { estimateOutputs } from '../statistics/estimator.js';
import type { Experiment } from './experiment.js';

/** Which row of an experiment it is, of what, and when it is stored. */
export type RowPlace = Pick<ExperimentRowDocument, 'point' | 'replicate' | 'parameterSetId' | 'createdAt'>;

/** The row of a run, with the figures that its sums give. */
export function rowOfRun(
  { id, model }: Pick<Experiment, 'id' | 'model'>,
  place: RowPlace,
  run: RunDocument,
): ExperimentRowDocument {
  const estimates = run.outcome === completed ? estimateOutputs(model, [{ ...run, id: run._id }], 'FIXED_NETWORK') : [];
  return {
    ...bareRow(id, place),
    runId: run._id,
    outcome: run.outcome,
    outputs: Object.fromEntries(
      estimates.map(({ name, value, standardError, degreesOfFreedom }) => [
        name,
        { value, standardError, degreesOfFreedom },
      ]),
    ),
    error: null,
  };
}

/** A row that has no run, and why. */
export function failedRow(experimentId: string, place: RowPlace, error: RowError): ExperimentRowDocument {
  return { ...bareRow(experimentId, place), runId: null, outcome: null, outputs: {}, error };
}

function bareRow(experimentId: string, { point, replicate, parameterSetId, createdAt }: RowPlace) {
  return {
    _id: experimentRowId({ experimentId, point, replicate }),
    schemaVersion: documentVersion,
    createdAt,
    experimentId,
    point,
    replicate,
    parameterSetId,
  };
}
