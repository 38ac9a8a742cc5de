import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Connection } from '../schema/connection.js';
import { connectionOf } from '../schema/connection.js';
import { Estimate } from '../schema/estimate.js';
import { Execution, toExecution } from '../schema/execution.js';
import { toJob } from '../schema/job.js';
import { ListOrderEnum, PageArgs } from '../schema/paging.js';
import { ParameterSet, toParameterSet } from '../schema/parameter-set.js';
import { Recording, toRecording } from '../schema/recording.js';
import {
  RunSimulationInput,
  RunSimulationPayload,
  SimulationRun,
  SimulationRunConnection,
  SimulationRunFilterInput,
  toSimulationRun,
} from '../schema/simulation-run.js';
import type { ListOrder } from '../src/services/pages.js';
import type { RequestContext } from './context.js';
import { outputNamed } from './output-named.js';
import { askOptions, defaultWaitMs, waitMsMeaning } from './wait.js';
import { defaultModel } from '../src/domain/model-definition.js';

@Resolver(() => SimulationRun)
export class SimulationRunResolver {
  @Query(() => SimulationRun, { nullable: true, description: 'A run, stored or on its way.' })
  async simulationRun(@Arg('id', () => ID) id: string, @Ctx() { services }: RequestContext): Promise<SimulationRun> {
    return toSimulationRun(await services.simulate.get(id));
  }

  @Query(() => SimulationRunConnection, { nullable: true, description: 'The stored runs.' })
  simulationRuns(
    @Args() page: PageArgs,
    @Arg('filter', () => SimulationRunFilterInput, { nullable: true }) filter: SimulationRunFilterInput | undefined,
    @Arg('orderBy', () => ListOrderEnum, { nullable: true, defaultValue: 'CREATED_AT_DESC' }) orderBy: ListOrder,
    @Ctx() { services }: RequestContext,
  ): Promise<Connection<SimulationRun>> {
    const list = services.lists.runs(filter ?? {}, orderBy);
    return connectionOf(list, page, (run) => toSimulationRun(services.simulate.viewOf(run)));
  }

  @Mutation(() => RunSimulationPayload, { description: 'Runs a simulation unless it is stored already.' })
  async runSimulation(
    @Arg('input', () => RunSimulationInput) input: RunSimulationInput,
    @Arg('waitMs', () => Int, { nullable: true, defaultValue: defaultWaitMs, description: waitMsMeaning })
    waitMs: number | null,
    @Ctx() context: RequestContext,
  ): Promise<RunSimulationPayload> {
    const { run, job, created } = await context.services.simulate.simulate(
      { ...input, model: input.model ?? defaultModel },
      askOptions(context, waitMs),
    );
    return { simulationRun: toSimulationRun(run), job: job && toJob(job), created };
  }

  @FieldResolver(() => ParameterSet)
  async parameterSet(@Root() run: SimulationRun, @Ctx() { loaders }: RequestContext): Promise<ParameterSet> {
    return toParameterSet(await loaders.parameterSet.load(run.parameterSetId));
  }

  @FieldResolver(() => [Execution], {
    description: 'The attempts that gave it or failed, the first one first; one that was stopped or lost leaves none.',
  })
  async executions(@Root() { id }: SimulationRun, @Ctx() { loaders }: RequestContext): Promise<readonly Execution[]> {
    return (await loaders.executionsOfRun.load(id)).map(toExecution);
  }

  @FieldResolver(() => [Recording], {
    description: 'What was recorded of it, because somebody asked for it: give `recordings` to runSimulation.',
  })
  async recordings(@Root() { id }: SimulationRun, @Ctx() { loaders }: RequestContext): Promise<readonly Recording[]> {
    return (await loaders.recordingsOfRun.load(id)).map(toRecording);
  }

  @FieldResolver(() => Estimate, { nullable: true })
  output(@Root() { outputs }: SimulationRun, @Arg('name', () => String) name: string): Estimate | null {
    return outputNamed(outputs, name);
  }
}
