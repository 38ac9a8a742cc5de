import { Field, ID, ObjectType } from 'type-graphql';
import type { AnnotationDocument } from '../src/domain/documents.js';
import { Node } from './node.js';
import { DateTime } from './scalars.js';

@ObjectType({ implements: Node, description: 'A tag or a note that somebody put on something.' })
export class Annotation extends Node {
  @Field(() => ID, { description: 'What it is on.' })
  target: string;

  @Field(() => String, { nullable: true, description: 'Null for a note.' })
  tag: string | null;

  @Field(() => String, { nullable: true, description: 'Null for a tag.' })
  note: string | null;

  @Field()
  createdBy: string;

  @Field(() => DateTime)
  createdAt: string;
}

@ObjectType()
export class AnnotatePayload {
  @Field()
  node: Node;
}

/** A stored annotation as its GraphQL type. */
export function toAnnotation({ _id, target, tag, note, createdBy, createdAt }: AnnotationDocument): Annotation {
  return Object.assign(new Annotation(), { id: _id, target, tag, note, createdBy, createdAt });
}
