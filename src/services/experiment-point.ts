import type { ExperimentRowDocument } from '../domain/documents.js';
import type { Estimate, OutcomeCount } from '../domain/estimate.js';
import type { ParameterValues } from '../domain/identity.js';
import { parameterSetIdentity } from '../domain/identity.js';
import type { ModelOutput } from '../domain/model-definition.js';
import { completed } from '../domain/model-definition.js';
import { outcomeCounts } from '../domain/outcome-counts.js';
import { estimateOverReplicates } from '../statistics/replicates.js';
import type { Experiment } from './experiment.js';

type Row = ExperimentRowDocument;

/** What became of a point: its figures over replicates. */
export interface PointResult {
  readonly experimentId: string;
  readonly point: number;
  readonly values: ParameterValues;
  readonly parameterSetId: string;
  /** How many rows it is to have. */
  readonly replicates: number;
  /** Those that are stored, in the order of replicates. */
  readonly rows: readonly Row[];
  /** Of its rows that have a valid run. */
  readonly outcomes: readonly OutcomeCount[];
  /** None while it has no run, and where one aborted. */
  readonly estimates: readonly Estimate[];
  /** Rows whose run was invalidated: they do not count. */
  readonly invalid: number;
}

/** @param invalid the ids of runs that were invalidated */
export function pointResult(
  experiment: Experiment,
  replicates: number,
  point: number,
  rows: readonly Row[],
  invalid: ReadonlySet<string>,
): PointResult {
  const { id: experimentId, model } = experiment;
  const values = experiment.valuesAt(point);
  const valid = rows.filter(({ runId }) => runId !== null && !invalid.has(runId));
  const outcomes = outcomeCounts(valid.flatMap(({ outcome }) => (outcome === null ? [] : [outcome])));
  const isCompleted = valid.length > 0 && outcomes.every(({ outcome }) => outcome === completed);
  return {
    experimentId,
    point,
    values,
    parameterSetId: rows[0]?.parameterSetId ?? parameterSetIdentity(model.name, values).id,
    replicates,
    rows,
    outcomes,
    estimates: isCompleted ? model.outputs.flatMap((output) => estimateOver(output, experiment, valid)) : [],
    invalid: rows.filter(({ runId }) => runId !== null && invalid.has(runId)).length,
  };
}

function estimateOver(output: ModelOutput, { protocol }: Experiment, rows: readonly Row[]): readonly Estimate[] {
  const [first, ...others] = rows.flatMap(({ outputs }) => outputs[output.name] ?? []);
  return first ? [estimateOverReplicates(output, protocol, [first, ...others])] : [];
}
