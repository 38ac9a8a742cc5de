import { Field, ID, ObjectType } from 'type-graphql';
import type { InvalidationDocument } from '../src/domain/documents.js';
import { Node } from './node.js';
import { DateTime } from './scalars.js';

@ObjectType({
  implements: Node,
  description:
    'Says that a run, recording or response is invalid: it stays readable by its id, and nothing new is made of it.',
})
export class Invalidation extends Node {
  @Field(() => ID, { description: 'What is invalid.' })
  target: string;

  @Field()
  reason: string;

  @Field({ description: 'Who said so.' })
  createdBy: string;

  @Field()
  softwareVersion: string;

  @Field(() => DateTime)
  createdAt: string;
}

@ObjectType()
export class InvalidateResultPayload {
  @Field({ description: 'What is invalid from now on.' })
  node: Node;

  @Field()
  invalidation: Invalidation;
}

/** A stored invalidation as its GraphQL type. */
export function toInvalidation(document: InvalidationDocument): Invalidation {
  const { _id, target, reason, createdBy, softwareVersion, createdAt } = document;
  return Object.assign(new Invalidation(), { id: _id, target, reason, createdBy, softwareVersion, createdAt });
}
