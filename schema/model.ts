import { Field, Float, Int, ObjectType } from 'type-graphql';
import { Protocol } from './protocol.js';

@ObjectType({ description: 'A closed range.' })
export class Range {
  @Field(() => Float)
  min: number;

  @Field(() => Float)
  max: number;
}

@ObjectType({ description: 'A scalar that a parameter set gives a value to.' })
export class ModelInput {
  @Field()
  name: string;

  @Field()
  unit: string;

  @Field()
  meaning: string;

  @Field(() => Float)
  default: number;

  @Field({ description: 'The box in which surrogates are trained and statistics are drawn.' })
  domain: Range;

  @Field({ description: 'What a simulation may be asked for.' })
  bounds: Range;
}

@ObjectType({ description: 'A figure that a run gives.' })
export class ModelOutput {
  @Field()
  name: string;

  @Field()
  unit: string;

  @Field()
  meaning: string;
}

@ObjectType({ description: "How a run may end: COMPLETED, or aborted with the model's own code." })
export class ModelOutcome {
  @Field()
  code: string;

  @Field()
  meaning: string;
}

@ObjectType({ description: 'A named part of the space of outputs.' })
export class ModelRegion {
  @Field()
  name: string;

  @Field()
  meaning: string;
}

@ObjectType({ description: 'A warning that figures may carry.' })
export class ModelFlag {
  @Field()
  name: string;

  @Field()
  meaning: string;
}

@ObjectType({ description: 'Something that a run can record beside its figures, when it is asked to.' })
export class ModelRecording {
  @Field({ description: 'What to ask for.' })
  kind: string;

  @Field({ description: 'Of the code that records it: the same run, kind and version are the same bytes.' })
  version: string;

  @Field()
  meaning: string;

  @Field(() => Int, {
    nullable: true,
    description: 'The longest run that it can be recorded of, after the warm-up; null without a limit.',
  })
  maxDurationMs: number | null;
}

@ObjectType({ description: 'What can be simulated.' })
export class Model {
  @Field()
  name: string;

  @Field()
  version: string;

  @Field()
  title: string;

  @Field({ description: 'Whoever computes under this digest gives the same bits.' })
  numericsDigest: string;

  @Field()
  protocolDefaults: Protocol;

  @Field(() => [ModelInput])
  inputs: readonly ModelInput[];

  @Field(() => [ModelOutput])
  outputs: readonly ModelOutput[];

  @Field(() => [ModelOutcome])
  outcomes: readonly ModelOutcome[];

  @Field(() => [ModelRegion])
  regions: readonly ModelRegion[];

  @Field(() => [ModelFlag])
  flags: readonly ModelFlag[];

  @Field(() => [ModelRecording])
  recordings: readonly ModelRecording[];
}
