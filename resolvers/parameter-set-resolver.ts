import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Connection } from '../schema/connection.js';
import { connectionOf } from '../schema/connection.js';
import { ListOrderEnum, PageArgs } from '../schema/paging.js';
import {
  CreateParameterSetPayload,
  ParameterSet,
  ParameterSetConnection,
  ParameterSetFilterInput,
  toParameterSet,
} from '../schema/parameter-set.js';
import { ParameterValuesScalar } from '../schema/scalars.js';
import { SimulationRun, SimulationRunConnection, toSimulationRun } from '../schema/simulation-run.js';
import type { RunDocument } from '../src/domain/documents.js';
import type { List } from '../src/services/lists.js';
import type { ListOrder } from '../src/services/pages.js';
import type { RequestContext } from './context.js';
import { defaultModel } from '../src/domain/model-definition.js';

@Resolver(() => ParameterSet)
export class ParameterSetResolver {
  @Query(() => ParameterSet, { nullable: true })
  async parameterSet(@Arg('id', () => ID) id: string, @Ctx() { services }: RequestContext): Promise<ParameterSet> {
    return toParameterSet(await services.parameterSets.get(id));
  }

  @Query(() => ParameterSetConnection, { nullable: true })
  parameterSets(
    @Args() page: PageArgs,
    @Arg('filter', () => ParameterSetFilterInput, { nullable: true }) filter: ParameterSetFilterInput | undefined,
    @Arg('orderBy', () => ListOrderEnum, { nullable: true, defaultValue: 'CREATED_AT_DESC' }) orderBy: ListOrder,
    @Ctx() { services }: RequestContext,
  ): Promise<Connection<ParameterSet>> {
    return connectionOf(services.lists.parameterSets(filter ?? {}, orderBy), page, toParameterSet);
  }

  @Mutation(() => CreateParameterSetPayload, { description: 'Stores a parameter set unless it is there.' })
  async createParameterSet(
    @Arg('model', () => String, { nullable: true, defaultValue: defaultModel }) model: string | null,
    @Arg('parameters', () => ParameterValuesScalar) parameters: Readonly<Record<string, number>>,
    @Ctx() { services }: RequestContext,
  ): Promise<CreateParameterSetPayload> {
    const { parameterSet, created } = await services.parameterSets.create(model ?? defaultModel, parameters);
    return { parameterSet: toParameterSet(parameterSet), created };
  }

  @FieldResolver(() => SimulationRunConnection, { description: 'The stored runs of it, the newest first.' })
  simulationRuns(
    @Root() { id }: ParameterSet,
    @Args() page: PageArgs,
    @Ctx() { services, loaders }: RequestContext,
  ): Promise<Connection<SimulationRun>> {
    const isFirstPage = page.after == null && page.last == null && page.before == null;
    const runs: List<RunDocument> = {
      page: (request) =>
        isFirstPage
          ? loaders.firstRunsOfParameterSet(page.first).load(id)
          : services.lists.runs({ parameterSet: id }, 'CREATED_AT_DESC').page(request),
      total: () => loaders.totalRunsOfParameterSet.load(id),
    };
    return connectionOf(runs, page, (run) => toSimulationRun(services.simulate.viewOf(run)));
  }
}
