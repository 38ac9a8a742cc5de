import { Field, ID, InterfaceType } from 'type-graphql';
import { kindOfId } from '../src/domain/ids.js';

@InterfaceType({
  description: 'Anything that has an id. Ids are opaque and prefixed by their type; node(id) finds any.',
  resolveType: (value: { id: string }) => kindOfId(value.id),
})
export abstract class Node {
  @Field(() => ID)
  id: string;
}
