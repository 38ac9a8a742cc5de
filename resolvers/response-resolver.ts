import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { Estimate } from '../schema/estimate.js';
import { Explanation, toExplanation } from '../schema/explanation.js';
import { ParameterSet, toParameterSet } from '../schema/parameter-set.js';
import { Response, ResponseInput, toResponse } from '../schema/response.js';
import { SimulationRun, toSimulationRun } from '../schema/simulation-run.js';
import { checkedPageSize, maxPageSize } from '../src/services/pages.js';
import type { RequestContext } from './context.js';
import { outputNamed } from './output-named.js';
import { responseRequest } from './response-request.js';
import { askOptions, defaultWaitMs, waitMsMeaning } from './wait.js';

@Resolver(() => Response)
export class ResponseResolver {
  @Query(() => Response, {
    nullable: true,
    description: 'How a model responds at a parameter set: from the store, or by simulating what the store lacks.',
  })
  async response(
    @Arg('input', () => ResponseInput) input: ResponseInput,
    @Arg('waitMs', () => Int, { nullable: true, defaultValue: defaultWaitMs, description: waitMsMeaning })
    waitMs: number | null,
    @Ctx() context: RequestContext,
  ): Promise<Response> {
    return toResponse(await context.services.respond.ask(responseRequest(input), askOptions(context, waitMs)));
  }

  @Query(() => Explanation, { nullable: true, description: 'How that question would be answered now, and why.' })
  async explain(
    @Arg('input', () => ResponseInput) input: ResponseInput,
    @Ctx() { services }: RequestContext,
  ): Promise<Explanation> {
    return toExplanation(await services.explain.explain(responseRequest(input)));
  }

  @FieldResolver(() => ParameterSet)
  async parameterSet(@Root() response: Response, @Ctx() { loaders }: RequestContext): Promise<ParameterSet> {
    return toParameterSet(await loaders.parameterSet.load(response.parameterSetId));
  }

  @FieldResolver(() => [SimulationRun], {
    description: 'The runs behind it, in the order of their ids; while PENDING those that are there.',
  })
  async runs(
    @Root() { runIds }: Response,
    @Arg('first', () => Int, { nullable: true, defaultValue: maxPageSize }) first: number | null,
    @Ctx() { loaders }: RequestContext,
  ): Promise<readonly SimulationRun[]> {
    const shown = runIds.slice(0, checkedPageSize(first ?? maxPageSize));
    return Promise.all(shown.map(async (id) => toSimulationRun(await loaders.run.load(id))));
  }

  @FieldResolver(() => Estimate, { nullable: true })
  output(@Root() { outputs }: Response, @Arg('name', () => String) name: string): Estimate | null {
    return outputNamed(outputs, name);
  }
}
