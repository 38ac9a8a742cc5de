import { Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import { CreateExperimentInput } from './experiment.js';
import { ResponseInput } from './response.js';
import { SweepInput } from './sweep.js';

@InputType({ description: 'Exactly one of these.' })
export class EstimateCostInput {
  @Field(() => ResponseInput, { nullable: true })
  response?: ResponseInput;

  @Field(() => SweepInput, { nullable: true })
  sweep?: SweepInput;

  @Field(() => CreateExperimentInput, { nullable: true })
  experiment?: CreateExperimentInput;
}

@ObjectType({ description: 'What it would take to answer now. What is stored costs nothing; warm-ups are counted.' })
export class CostEstimate {
  @Field(() => Int)
  points: number;

  @Field(() => Int, {
    description:
      'Those that would be refused by themselves; a sweep goes on without them, and its cost is that of the others.',
  })
  refusedPoints: number;

  @Field(() => Int, {
    description:
      'Runs to add to those that are stored. Exact without tolerances; with them as far as the noise tells, and often fewer than it takes. 2^31 − 1 stands for more, too.',
  })
  runsNeeded: number;

  @Field(() => Int, { description: 'Runs that are reused.' })
  runsStored: number;

  @Field(() => Float, { description: 'Simulated time; 0 for a model without time.' })
  biologicalSeconds: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'How long the simulations take on this server while it does nothing else; null when no worker was free to measure that.',
  })
  wallSeconds: number | null;

  @Field(() => Float, { nullable: true, description: 'Of all workers together.' })
  cpuSeconds: number | null;

  @Field(() => Float, { description: 'The most biological seconds that one such request may simulate.' })
  limitSeconds: number;

  @Field({ description: 'Whether the request as a whole would be TOO_COSTLY.' })
  wouldBeRefused: boolean;

  @Field(() => String, { nullable: true, description: 'Why it, or points of it, would be refused.' })
  reason: string | null;

  @Field({ description: 'How wallSeconds was obtained, in a sentence.' })
  basis: string;
}
