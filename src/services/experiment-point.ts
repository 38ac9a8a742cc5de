import type { ExperimentRowDocument } from '../domain/documents.js';
import type { Estimate, OutcomeCount } from '../domain/estimate.js';
import type { ParameterValues } from '../domain/identity.js';
import { parameterSetIdentity } from '../domain/identity.js';
import type { ModelOutput } from '../domain/model-definition.js';
import { completed } from '../domain/model-definition.js';
import { outcomeCounts } from '../domain/outcome-counts.js';
import { mean, variance } from '../statistics/moments.js';
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
  const isWhole = valid.length > 0 && outcomes.every(({ outcome }) => outcome === completed);
  return {
    experimentId,
    point,
    values,
    parameterSetId: rows[0]?.parameterSetId ?? parameterSetIdentity(model.name, values).id,
    replicates,
    rows,
    outcomes,
    estimates: isWhole ? model.outputs.flatMap((output) => estimateOver(output, valid)) : [],
    invalid: rows.filter(({ runId }) => runId !== null && invalid.has(runId)).length,
  };
}

/**
 * The mean of an output over replicates, which have seeds of their own: its standard error is their standard deviation
 * over √n, n − 1 degrees of freedom. A single replicate has the error that the batches of its run give.
 */
function estimateOver({ name, unit, sum }: ModelOutput, rows: readonly Row[]): readonly Estimate[] {
  const figures = rows.flatMap(({ outputs }) => outputs[name] ?? []);
  const [single] = figures;
  if (!single) return [];
  const values = figures.map(({ value }) => value);
  const spread = variance(values);
  const n = values.length;
  return [
    {
      name,
      unit,
      value: mean(values),
      standardError: spread === null ? single.standardError : Math.sqrt(spread / n),
      degreesOfFreedom: spread === null ? single.degreesOfFreedom : n - 1,
      least: sum.kind === 'rate' ? 0 : null,
      n,
      standardDeviation: spread === null ? null : Math.sqrt(spread),
      fanoFactor: null,
    },
  ];
}
