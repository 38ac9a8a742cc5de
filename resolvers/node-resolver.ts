import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { toAnnotation } from '../schema/annotation.js';
import { toExperiment, toExperimentRow } from '../schema/experiment.js';
import { toExecution } from '../schema/execution.js';
import { toInvalidation } from '../schema/invalidation.js';
import { toJob } from '../schema/job.js';
import { Node } from '../schema/node.js';
import { toParameterSet } from '../schema/parameter-set.js';
import { toRecording } from '../schema/recording.js';
import { toResponse } from '../schema/response.js';
import { toSimulationRun } from '../schema/simulation-run.js';
import { toSweep } from '../schema/sweep.js';
import { toVerification } from '../schema/verification.js';
import type { NodeKind } from '../src/domain/ids.js';
import { requireId } from '../src/domain/ids.js';
import type { Services } from '../src/services/services.js';
import type { RequestContext } from './context.js';

/** How each kind of node is found. */
const find: { readonly [K in NodeKind]: (services: Services, id: string) => Promise<Node> } = {
  ParameterSet: async ({ parameterSets }, id) => toParameterSet(await parameterSets.get(id)),
  SimulationRun: async ({ simulate }, id) => toSimulationRun(await simulate.get(id)),
  Execution: async ({ lookups }, id) => toExecution(await lookups.execution(id)),
  Recording: async ({ recordings }, id) => toRecording(await recordings.get(id)),
  Response: async ({ respond }, id) => toResponse(await respond.get(id)),
  Sweep: async ({ sweeps }, id) => toSweep(await sweeps.get(id)),
  Experiment: async ({ experiments }, id) => toExperiment(await experiments.get(id)),
  ExperimentRow: async ({ experimentResults }, id) => toExperimentRow(await experimentResults.row(id)),
  Job: async ({ jobs }, id) => toJob(await jobs.get(id)),
  Invalidation: async ({ invalidations }, id) => toInvalidation(await invalidations.get(id)),
  Annotation: async ({ annotations }, id) => toAnnotation(await annotations.get(id)),
  Verification: async ({ verifications }, id) => toVerification(await verifications.get(id)),
};

/**
 * Anything, by its id.
 * @throws CortigraphError BAD_USER_INPUT, NOT_FOUND
 */
export async function nodeOf(services: Services, id: string): Promise<Node> {
  return find[requireId(id)](services, id);
}

@Resolver()
export class NodeResolver {
  @Query(() => Node, { nullable: true, description: 'Anything, by its id.' })
  node(@Arg('id', () => ID) id: string, @Ctx() { services }: RequestContext): Promise<Node> {
    return nodeOf(services, id);
  }
}
