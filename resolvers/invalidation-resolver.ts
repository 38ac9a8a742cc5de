import type { ClassType } from 'type-graphql';
import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import { InvalidateResultPayload, Invalidation, toInvalidation } from '../schema/invalidation.js';
import type { Node } from '../schema/node.js';
import { Recording } from '../schema/recording.js';
import { Response } from '../schema/response.js';
import { SimulationRun } from '../schema/simulation-run.js';
import type { RequestContext } from './context.js';
import { nodeOf } from './node-resolver.js';

@Resolver()
export class InvalidationResolver {
  @Mutation(() => InvalidateResultPayload, {
    description:
      'Says for good that a stored run, recording or response is invalid. It stays readable by its id; to ask for it is a CONFLICT, pools leave it out, derived seeds skip it, and what was made of it is tainted. Saying it again changes nothing.',
  })
  async invalidateResult(
    @Arg('id', () => ID) id: string,
    @Arg('reason', () => String, { description: 'In a sentence; at most 1,000 characters.' }) reason: string,
    @Ctx() { services }: RequestContext,
  ): Promise<InvalidateResultPayload> {
    const invalidation = await services.invalidations.invalidate(id, reason);
    return { node: await nodeOf(services, id), invalidation: toInvalidation(invalidation) };
  }
}

/**
 * The fields that show whether a type's things are valid.
 * @param sourcesOf what of a thing taints it, beside itself
 */
function validityFields<T extends Node>(type: () => ClassType<T>, sourcesOf: (of: T) => readonly string[]): ClassType {
  @Resolver(type)
  class ValidityFields {
    @FieldResolver(() => Invalidation, { nullable: true, description: 'Why it is invalid; null while it is valid.' })
    async invalidation(@Root() { id }: Node, @Ctx() { loaders }: RequestContext): Promise<Invalidation | null> {
      const invalidation = await loaders.invalidation.load(id);
      return invalidation && toInvalidation(invalidation);
    }

    @FieldResolver(() => Boolean, { description: 'Whether it, or a run that it rests on, was invalidated.' })
    async tainted(@Root() of: T, @Ctx() { loaders }: RequestContext): Promise<boolean> {
      const found = await Promise.all([of.id, ...sourcesOf(of)].map((id) => loaders.invalidation.load(id)));
      return found.some((invalidation) => invalidation !== null);
    }
  }
  return ValidityFields;
}

/** One class a type whose things can be invalid. */
export const validityFieldResolvers: readonly ClassType[] = [
  validityFields(
    () => SimulationRun,
    () => [],
  ),
  validityFields(
    () => Recording,
    ({ runId }) => [runId],
  ),
  validityFields(
    () => Response,
    ({ runIds }) => runIds,
  ),
];
