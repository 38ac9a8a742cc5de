import { Field, InputType, ObjectType } from 'type-graphql';
import type { ParameterSetDocument } from '../src/domain/documents.js';
import { connectionType } from './connection.js';
import { Node } from './node.js';
import { ListFilterInput } from './paging.js';
import { DateTime, ParameterValuesScalar } from './scalars.js';

@ObjectType({
  implements: Node,
  description: 'Values of the inputs of one model. Same values, same set, whoever asks.',
})
export class ParameterSet extends Node {
  @Field({ description: 'SHA-256 of the preimage.' })
  digest: string;

  @Field({ description: 'The canonical JSON (RFC 8785) that the digest is of.' })
  preimage: string;

  @Field()
  model: string;

  @Field(() => ParameterValuesScalar, {
    description: 'All of them, as the shortest decimals of the model’s precision.',
  })
  values: Readonly<Record<string, number>>;

  @Field(() => DateTime)
  createdAt: string;
}

export const ParameterSetConnection = connectionType('ParameterSet', () => ParameterSet);

@InputType()
export class ParameterSetFilterInput extends ListFilterInput {
  @Field(() => String, { nullable: true })
  model?: string;
}

@ObjectType()
export class CreateParameterSetPayload {
  @Field()
  parameterSet: ParameterSet;

  @Field({ description: 'False when it was there already.' })
  created: boolean;
}

/** A stored parameter set as its GraphQL type. */
export function toParameterSet({
  _id,
  digest,
  preimage,
  model,
  values,
  createdAt,
}: ParameterSetDocument): ParameterSet {
  return Object.assign(new ParameterSet(), { id: _id, digest, preimage, model, values, createdAt });
}
