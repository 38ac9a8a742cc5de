import { Field, ID, InputType, ObjectType } from 'type-graphql';
import type { RunView } from '../src/services/simulate-service.js';
import { runStatuses } from '../src/services/simulate-service.js';
import { connectionType } from './connection.js';
import { graphqlEnum } from './enum.js';
import { Estimate, toEstimate } from './estimate.js';
import { Job } from './job.js';
import { Node } from './node.js';
import { ListFilterInput } from './paging.js';
import { Protocol, ProtocolInput } from './protocol.js';
import { DateTime, ParameterValuesScalar } from './scalars.js';
import { defaultModel } from '../src/domain/model-definition.js';

export const RunStatusEnum = graphqlEnum('RunStatus', runStatuses, 'Where a run stands.', {
  COMPLETED: 'It went to its end and has estimates.',
  ABORTED: 'The model ended it early; the outcome says why, and there are no estimates.',
  FAILED: 'The last attempt at it failed; asking again makes another.',
});

@ObjectType({
  implements: Node,
  description: 'The result of one model, parameter set and protocol. Same key, same bits; computed once.',
})
export class SimulationRun extends Node {
  @Field({ description: 'SHA-256 of the key: identity version, model, numerics digest, values, protocol.' })
  digest: string;

  @Field(() => RunStatusEnum)
  status: keyof typeof RunStatusEnum;

  @Field(() => String, { nullable: true, description: "COMPLETED, or the model's code; null while it is on its way." })
  outcome: string | null;

  @Field()
  numericsDigest: string;

  @Field()
  protocol: Protocol;

  @Field(() => [Estimate], { description: 'From the raw sums of this run alone; empty unless it completed.' })
  outputs: readonly Estimate[];

  @Field(() => [String], { description: "Names of the model's flags that its figures raise." })
  flags: readonly string[];

  @Field(() => String, { nullable: true, description: 'Why it failed.' })
  error: string | null;

  @Field(() => DateTime, { description: 'When it was stored, or asked for while it is on its way.' })
  createdAt: string;

  /** Not a field: the resolver makes `parameterSet` of it. */
  parameterSetId: string;
}

export const SimulationRunConnection = connectionType('SimulationRun', () => SimulationRun);

@InputType()
export class SimulationRunFilterInput extends ListFilterInput {
  @Field(() => String, { nullable: true })
  model?: string;

  @Field(() => ID, { nullable: true })
  parameterSet?: string;

  @Field(() => String, { nullable: true, description: "COMPLETED, or a code of the model's own." })
  outcome?: string;

  @Field(() => String, { nullable: true })
  numericsDigest?: string;
}

@InputType()
export class RunSimulationInput {
  @Field(() => String, { nullable: true, defaultValue: defaultModel })
  model?: string;

  @Field(() => ParameterValuesScalar)
  parameters: Readonly<Record<string, number>>;

  @Field(() => ProtocolInput, { nullable: true })
  protocol?: ProtocolInput;

  @Field(() => [String], {
    nullable: true,
    description:
      "Kinds of the model's recordings that the run is to have, beside those that it has. They do not change its key; a stored run that lacks one is run again, and must come out the same.",
  })
  recordings?: readonly string[];
}

@ObjectType()
export class RunSimulationPayload {
  @Field()
  simulationRun: SimulationRun;

  @Field(() => Job, { nullable: true, description: 'The work, if there was any to do.' })
  job: Job | null;

  @Field({ description: 'False when the run was stored already, also where it was run again to record it.' })
  created: boolean;
}

/** A run as its GraphQL type. */
export function toSimulationRun(view: RunView): SimulationRun {
  const { id, digest, status, outcome, numericsDigest, protocol, estimates, flags, error, createdAt, parameterSetId } =
    view;
  return Object.assign(new SimulationRun(), {
    id,
    digest,
    status,
    outcome,
    numericsDigest,
    protocol,
    outputs: estimates.map(toEstimate),
    flags,
    error,
    createdAt,
    parameterSetId,
  });
}
