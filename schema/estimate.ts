import { Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import type { Estimate as EstimateFigures } from '../src/domain/estimate.js';

@ObjectType({ description: 'A figure and how sure it is. What cannot be told is null, never 0.' })
export class Estimate {
  @Field({ description: "The output's name." })
  name: string;

  @Field()
  unit: string;

  @Field(() => Float)
  value: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Of the value, as an estimate of the long-run mean; null while there are too few batches to tell.',
  })
  standardError: number | null;

  @Field(() => Int, {
    description:
      'Distinct replicates behind the value: runs, or networks for NETWORK_AVERAGE. Each pair of seeds counts once.',
  })
  n: number;

  @Field(() => Float, { nullable: true, description: 'Over replicates; null at n = 1.' })
  standardDeviation: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Variance over mean of the counts of a batch, where it counts events.',
  })
  fanoFactor: number | null;

  /** Not fields: what `interval` needs beside the standard error. */
  degreesOfFreedom: number | null;
  least: number | null;
}

@ObjectType({ description: 'A confidence interval for the long-run mean, by Student’s t.' })
export class Interval {
  @Field(() => Float)
  level: number;

  @Field(() => Float)
  lower: number;

  @Field(() => Float)
  upper: number;
}

@ObjectType({ description: 'How many runs ended in one way.' })
export class OutcomeCount {
  @Field({ description: "COMPLETED, or a code of the model's own." })
  outcome: string;

  @Field(() => Int)
  count: number;
}

@InputType({ description: 'How narrow the interval for an output’s long-run mean has to be.' })
export class ToleranceInput {
  @Field()
  output: string;

  @Field(() => Float, { description: 'Half the width that the interval may have at most, in the unit of the output.' })
  halfWidth: number;

  @Field(() => Float, { nullable: true, defaultValue: 0.95 })
  level?: number;
}

/** The figures as their GraphQL type. */
export function toEstimate(figures: EstimateFigures): Estimate {
  return Object.assign(new Estimate(), figures);
}
