import { Arg, FieldResolver, Float, Resolver, Root } from 'type-graphql';
import { Estimate, Interval } from '../schema/estimate.js';
import { defaultLevel } from '../src/domain/estimate.js';
import { checkedLevel } from '../src/services/question.js';
import { halfWidth } from '../src/statistics/estimator.js';

@Resolver(() => Estimate)
export class EstimateResolver {
  @FieldResolver(() => Interval, { nullable: true, description: 'Null where the standard error is.' })
  interval(
    @Root() estimate: Estimate,
    @Arg('level', () => Float, { nullable: true, defaultValue: defaultLevel }) given: number | null,
  ): Interval | null {
    const level = checkedLevel(given ?? defaultLevel);
    const half = halfWidth(estimate, level);
    return half === null ? null : { level, lower: estimate.value - half, upper: estimate.value + half };
  }
}
