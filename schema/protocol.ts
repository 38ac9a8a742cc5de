import { Field, InputType, Int, ObjectType } from 'type-graphql';
import type { Protocol as ProtocolFields } from '../src/domain/protocol.js';

@ObjectType({ description: 'How a run is done. A field that the model does not read is null.' })
export class Protocol implements ProtocolFields {
  @Field(() => Int, { nullable: true, description: 'Simulated before anything is counted.' })
  warmupMs: number | null;

  @Field(() => Int, { nullable: true, description: 'Simulated and counted.' })
  durationMs: number | null;

  @Field(() => Int, { nullable: true, description: 'Who is connected to whom.' })
  networkSeed: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Everything else that is random; in defaults null, for it is derived for each replicate.',
  })
  noiseSeed: number | null;
}

@InputType({
  description: "What is left out takes the model's default; a field that the model does not read is an error.",
})
export class ProtocolInput {
  @Field(() => Int, { nullable: true })
  warmupMs?: number;

  @Field(() => Int, { nullable: true })
  durationMs?: number;

  @Field(() => Int, { nullable: true })
  networkSeed?: number;

  @Field(() => Int, { nullable: true })
  noiseSeed?: number;
}
