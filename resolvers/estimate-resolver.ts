import { Arg, FieldResolver, Float, Resolver, Root } from 'type-graphql';
import { Estimate, Interval } from '../schema/estimate.js';
import { defaultLevel } from '../src/domain/estimate.js';
import { intervalOf } from '../src/services/intervals.js';

@Resolver(() => Estimate)
export class EstimateResolver {
  @FieldResolver(() => Interval, { nullable: true, description: 'Null where the standard error is.' })
  interval(
    @Root() estimate: Estimate,
    @Arg('level', () => Float, { nullable: true, defaultValue: defaultLevel }) given: number | null,
  ): Interval | null {
    return intervalOf(estimate, given ?? defaultLevel);
  }
}
