import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { estimands } from '../src/domain/estimate.js';
import type { Answer } from '../src/services/answer.js';
import { responseSources } from '../src/services/question.js';
import { graphqlEnum } from './enum.js';
import { Estimate, OutcomeCount, toEstimate, ToleranceInput } from './estimate.js';
import { Job, toJob } from './job.js';
import { Node } from './node.js';
import { ProtocolInput } from './protocol.js';
import { ParameterValuesScalar } from './scalars.js';
import { defaultModel } from '../src/domain/model-definition.js';

export const ResponseSourceEnum = graphqlEnum('ResponseSource', responseSources, 'What may answer.', {
  AUTO: 'Whatever answers with the least work.',
  SIMULATION: 'Stored runs, and new ones where they do not suffice.',
});
export const ResponseOriginEnum = graphqlEnum('ResponseOrigin', ['SURROGATE', 'SIMULATION'], 'What gave the figures.');
export const ResponseStatusEnum = graphqlEnum('ResponseStatus', ['READY', 'PENDING'], 'Whether the figures are there.');
export const EstimandEnum = graphqlEnum('Estimand', estimands, 'What the figures are about.', {
  FIXED_NETWORK: 'The network of one seed; the error is that of a finite simulation.',
  NETWORK_AVERAGE: 'The average over networks 1, 2, … (4 at least); the error is that between networks.',
});

@ObjectType({ implements: Node, description: 'An answer for one parameter set, and what it rests on.' })
export class Response extends Node {
  @Field(() => ID, {
    description:
      'While PENDING it stands for the question, afterwards for this very answer, whatever is computed later: cite that.',
  })
  declare id: string;

  @Field(() => ResponseStatusEnum)
  status: keyof typeof ResponseStatusEnum;

  @Field(() => Job, { nullable: true, description: 'The work that computes it, or computed it for this request.' })
  job: Job | null;

  @Field(() => ResponseOriginEnum, { nullable: true, description: 'What gave the figures; null while PENDING.' })
  origin: keyof typeof ResponseOriginEnum | null;

  @Field({ description: 'True when nothing had to be computed for it.' })
  cached: boolean;

  @Field({ description: 'Why it is what it is, in a sentence.' })
  reason: string;

  @Field(() => [Estimate], { description: 'Empty while PENDING, and when a run of the pool aborted.' })
  outputs: readonly Estimate[];

  @Field(() => [OutcomeCount], { description: 'How the runs of the pool ended.' })
  outcomes: readonly OutcomeCount[];

  @Field(() => [String], { description: "Names of the model's flags that its figures raise." })
  flags: readonly string[];

  @Field(() => Int)
  reusedRuns: number;

  @Field(() => Int, { description: 'Runs that were simulated for it, by the last attempt of its job.' })
  computedRuns: number;

  @Field(() => EstimandEnum)
  estimand: keyof typeof EstimandEnum;

  /** Not fields: the resolver makes `parameterSet` and `runs` of them. */
  parameterSetId: string;
  runIds: readonly string[];
}

@InputType()
export class ResponseInput {
  @Field(() => String, { nullable: true, defaultValue: defaultModel })
  model?: string;

  @Field(() => ParameterValuesScalar)
  parameters: Readonly<Record<string, number>>;

  @Field(() => ResponseSourceEnum, { nullable: true, defaultValue: 'AUTO' })
  source?: keyof typeof ResponseSourceEnum;

  @Field(() => [ToleranceInput], {
    nullable: true,
    description: 'Replicates are added until every one of these is met, up to the limit of the server.',
  })
  tolerances?: ToleranceInput[];

  @Field(() => Int, {
    nullable: true,
    description:
      'At least so many replicates of the protocol, 10,000 at most; networks for NETWORK_AVERAGE. 1 by default.',
  })
  replicates?: number;

  @Field(() => ProtocolInput, {
    nullable: true,
    description: 'What one replicate is. With a noise seed the response is about exactly that run.',
  })
  protocol?: ProtocolInput;

  @Field(() => EstimandEnum, { nullable: true, defaultValue: 'FIXED_NETWORK' })
  estimand?: keyof typeof EstimandEnum;
}

/** An answer as its GraphQL type. */
export function toResponse(answer: Answer): Response {
  const { id, status, job, origin, cached, reason, estimates, outcomes, flags, reusedRuns, computedRuns } = answer;
  return Object.assign(new Response(), {
    id,
    status,
    job: job && toJob(job),
    origin,
    cached,
    reason,
    outputs: estimates.map(toEstimate),
    outcomes,
    flags,
    reusedRuns,
    computedRuns,
    estimand: answer.estimand,
    parameterSetId: answer.parameterSetId,
    runIds: answer.runIds,
  });
}
