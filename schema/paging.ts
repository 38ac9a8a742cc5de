import { ArgsType, Field, InputType, Int } from 'type-graphql';
import { listOrders } from '../src/services/pages.js';
import { graphqlEnum } from './enum.js';
import { DateTime } from './scalars.js';

export const ListOrderEnum = graphqlEnum('ListOrder', listOrders, 'By time of creation, then by id.');

@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, description: 'At most so many from the beginning; 20 by default, 100 at most.' })
  first?: number;

  @Field(() => String, { nullable: true, description: 'Only what comes after this cursor.' })
  after?: string;

  @Field(() => Int, { nullable: true, description: 'At most so many from the end.' })
  last?: number;

  @Field(() => String, { nullable: true, description: 'Only what comes before this cursor.' })
  before?: string;
}

@InputType()
export abstract class ListFilterInput {
  @Field(() => DateTime, { nullable: true, description: 'Created then or later.' })
  createdAfter?: Date;

  @Field(() => DateTime, { nullable: true, description: 'Created then or earlier.' })
  createdBefore?: Date;

  @Field(() => String, { nullable: true, description: 'With this tag, which annotate gives.' })
  tag?: string;
}
