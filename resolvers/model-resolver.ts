import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { Model } from '../schema/model.js';
import type { RequestContext } from './context.js';

@Resolver(() => Model)
export class ModelResolver {
  @Query(() => [Model], { nullable: true, description: 'What can be simulated, the default one first.' })
  models(@Ctx() { services }: RequestContext): Promise<readonly Model[]> {
    return services.models.all();
  }

  @Query(() => Model, { nullable: true })
  model(@Arg('name', () => String) name: string, @Ctx() { services }: RequestContext): Promise<Model> {
    return services.models.get(name);
  }
}
