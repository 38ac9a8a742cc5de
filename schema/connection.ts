import type { ClassType } from 'type-graphql';
import { Field, Int, ObjectType } from 'type-graphql';
import type { List } from '../src/services/lists.js';
import type { Page, PageRequest } from '../src/services/pages.js';

@ObjectType({ description: 'Where a page lies in its list (Relay).' })
export class PageInfo {
  @Field()
  hasNextPage: boolean;

  @Field()
  hasPreviousPage: boolean;

  @Field(() => String, { nullable: true })
  startCursor: string | null;

  @Field(() => String, { nullable: true })
  endCursor: string | null;
}

/** A page as its connection type shows it. */
export interface Connection<N> {
  readonly edges: readonly { readonly cursor: string; readonly node: N }[];
  readonly nodes: readonly N[];
  readonly pageInfo: PageInfo;
  totalCount(): Promise<number>;
}

/** The Relay connection type of a node type: `<name>Connection` with `<name>Edge`. */
export function connectionType<N extends object>(name: string, nodeType: () => ClassType<N>): ClassType<Connection<N>> {
  @ObjectType(`${name}Edge`)
  class Edge {
    @Field({ description: 'Stands for this place in the list.' })
    cursor: string;

    @Field(() => nodeType())
    node: N;
  }

  @ObjectType(`${name}Connection`)
  class ConnectionClass {
    @Field(() => [Edge])
    edges: Edge[];

    @Field(() => [nodeType()])
    nodes: N[];

    @Field(() => PageInfo)
    pageInfo: PageInfo;

    @Field(() => Int, { nullable: true, description: 'How many the whole list has; null where no counter answers.' })
    totalCount(): Promise<number> {
      throw new Error('connectionOf gives the count');
    }
  }
  return ConnectionClass;
}

/** An edge whose cursor is made when it is asked for. */
class LazyEdge<N> {
  constructor(
    private readonly item: { readonly cursor: string },
    readonly node: N,
  ) {}

  get cursor(): string {
    return this.item.cursor;
  }
}

/** Reads a page of a list; the total is only counted when it is asked for. */
export async function connectionOf<D, N>(
  list: List<D>,
  request: PageRequest,
  toNode: (document: D) => N,
): Promise<Connection<N>> {
  const page: Page<D> = await list.page(request);
  const edges = page.items.map((item) => new LazyEdge(item, toNode(item.document)));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: page.hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: () => list.total(),
  };
}
