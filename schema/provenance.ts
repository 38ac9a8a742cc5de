import { Field, ID, ObjectType } from 'type-graphql';
import { provTypes } from '../src/provenance/graph.js';
import { provenanceDirections } from '../src/services/trace-service.js';
import { graphqlEnum } from './enum.js';
import { DateTime } from './scalars.js';

export const ProvenanceDirectionEnum = graphqlEnum('ProvenanceDirection', provenanceDirections, 'Which way to look.', {
  UPSTREAM: 'What it came from.',
  DOWNSTREAM: 'What came from it.',
});
export const ProvTypeEnum = graphqlEnum('ProvType', provTypes, 'What a node is in W3C PROV.');

@ObjectType()
export class ProvenanceAttribute {
  @Field()
  name: string;

  @Field()
  value: string;
}

@ObjectType({ description: 'A thing, a piece of work, or who did it.' })
export class ProvenanceNode {
  @Field(() => ID)
  id: string;

  @Field()
  kind: string;

  @Field(() => ProvTypeEnum)
  type: keyof typeof ProvTypeEnum;

  @Field()
  label: string;

  @Field(() => DateTime, { nullable: true })
  at: string | null;

  @Field(() => [ProvenanceAttribute])
  attributes: readonly ProvenanceAttribute[];
}

@ObjectType({ description: 'From what came later to what it came from.' })
export class ProvenanceEdge {
  @Field(() => ID)
  from: string;

  @Field(() => ID)
  to: string;

  @Field({ description: 'A relation of PROV-DM, such as wasDerivedFrom.' })
  relation: string;
}

@ObjectType({ description: 'Where something came from, and what came from it (W3C PROV).' })
export class ProvenanceGraph {
  @Field(() => [ProvenanceNode])
  nodes: readonly ProvenanceNode[];

  @Field(() => [ProvenanceEdge])
  edges: readonly ProvenanceEdge[];

  @Field({ description: 'Where the same can be had as W3C PROV-JSON.' })
  url: string;

  @Field({ description: 'True when there is more than one graph may show.' })
  truncated: boolean;
}
