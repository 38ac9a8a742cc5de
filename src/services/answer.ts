import type { JobDocument, ResponseDocument } from '../domain/documents.js';
import type { Estimand, Estimate, OutcomeCount } from '../domain/estimate.js';
import type { ModelDefinition } from '../domain/model-definition.js';
import { raisedFlags } from '../statistics/estimator.js';

/** A response as it stands: finished, or what is known while it is not. */
export interface Answer {
  readonly id: string;
  readonly status: 'READY' | 'PENDING';
  readonly job: JobDocument | null;
  readonly parameterSetId: string;
  readonly model: string;
  readonly origin: 'SIMULATION' | null;
  readonly cached: boolean;
  readonly reason: string;
  readonly estimand: Estimand;
  readonly estimates: readonly Estimate[];
  readonly outcomes: readonly OutcomeCount[];
  readonly flags: readonly string[];
  readonly runIds: readonly string[];
  readonly reusedRuns: number;
  readonly computedRuns: number;
}

/** A finished answer, as it is stored. */
export function answerOf(
  response: Pick<ResponseDocument, '_id' | 'parameterSetId' | 'model' | 'estimand' | 'outputs' | 'outcomes' | 'runIds'>,
  model: ModelDefinition,
  how: Pick<Answer, 'cached' | 'reason' | 'reusedRuns' | 'computedRuns' | 'job'>,
): Answer {
  return {
    ...how,
    id: response._id,
    status: 'READY',
    parameterSetId: response.parameterSetId,
    model: response.model,
    origin: 'SIMULATION',
    estimand: response.estimand,
    estimates: response.outputs,
    outcomes: response.outcomes,
    flags: raisedFlags(model, response.outputs),
    runIds: response.runIds,
  };
}
