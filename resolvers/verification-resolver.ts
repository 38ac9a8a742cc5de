import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Resolver, Root } from 'type-graphql';
import { SimulationRun } from '../schema/simulation-run.js';
import { toVerification, toVerifyRunPayload, Verification, VerifyRunPayload } from '../schema/verification.js';
import type { RequestContext } from './context.js';
import { askOptions, defaultWaitMs, waitMsMeaning } from './wait.js';

@Resolver(() => SimulationRun)
export class VerificationResolver {
  @Mutation(() => VerifyRunPayload, {
    description:
      'Runs a stored run again, and what is recorded of it: the same bits, or which figures differ. UNAVAILABLE for a run of other numerics than this server computes, with the version that can.',
  })
  async verifyRun(
    @Arg('id', () => ID) id: string,
    @Arg('waitMs', () => Int, { nullable: true, defaultValue: defaultWaitMs, description: waitMsMeaning })
    waitMs: number | null,
    @Ctx() context: RequestContext,
  ): Promise<VerifyRunPayload> {
    return toVerifyRunPayload(await context.services.verifications.verify(id, askOptions(context, waitMs)));
  }

  @FieldResolver(() => [Verification], { description: 'Each time that it was run again, the first one first.' })
  async verifications(
    @Root() { id }: SimulationRun,
    @Ctx() { loaders }: RequestContext,
  ): Promise<readonly Verification[]> {
    return (await loaders.verificationsOfRun.load(id)).map(toVerification);
  }
}
