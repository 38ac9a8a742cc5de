import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql';
import { Sweep, SweepInput, toSweep } from '../schema/sweep.js';
import type { SweepRequest } from '../src/services/sweep.js';
import type { RequestContext } from './context.js';
import { responseRequest } from './response-request.js';
import { askOptions, defaultWaitMs, waitMsMeaning } from './wait.js';

@Resolver(() => Sweep)
export class SweepResolver {
  @Query(() => Sweep, {
    nullable: true,
    description:
      'How a model responds along a line or over a grid of inputs, the others fixed: each point is what `response` gives there, from the same runs.',
  })
  async sweep(
    @Arg('input', () => SweepInput) input: SweepInput,
    @Arg('waitMs', () => Int, { nullable: true, defaultValue: defaultWaitMs, description: waitMsMeaning })
    waitMs: number | null,
    @Ctx() context: RequestContext,
  ): Promise<Sweep> {
    return toSweep(await context.services.sweeps.ask(sweepRequest(input), askOptions(context, waitMs)));
  }
}

/** A sweep as the services take it. */
export const sweepRequest = ({ base, axes }: SweepInput): SweepRequest => ({ base: responseRequest(base), axes });
