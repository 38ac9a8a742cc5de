import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { CostEstimate, EstimateCostInput } from '../schema/cost.js';
import type { RequestContext } from './context.js';
import { experimentRequest } from './experiment-resolver.js';
import { responseRequest } from './response-request.js';
import { sweepRequest } from './sweep-resolver.js';

@Resolver()
export class CostResolver {
  @Query(() => CostEstimate, {
    nullable: true,
    description:
      'What a response, a sweep or an experiment would cost, before it is asked for. Nothing is stored; short simulations are timed, and over HTTP GET not even those.',
  })
  estimateCost(
    @Arg('input', () => EstimateCostInput) { response, sweep, experiment }: EstimateCostInput,
    @Ctx() { services, mayCompute }: RequestContext,
  ): Promise<CostEstimate> {
    return services.costs.estimate(
      {
        response: response && responseRequest(response),
        sweep: sweep && sweepRequest(sweep),
        experiment: experiment && experimentRequest(experiment),
      },
      mayCompute,
    );
  }
}
