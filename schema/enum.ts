import { registerEnumType } from 'type-graphql';

/** Registers a GraphQL enum of these names, each of which is its own value; `meanings` describe single members. */
export function graphqlEnum<N extends string>(
  name: string,
  names: readonly N[],
  description: string,
  meanings: { readonly [K in N]?: string } = {},
): Readonly<Record<N, N>> {
  const members = Object.fromEntries(names.map((member) => [member, member])) as Record<N, N>;
  const valuesConfig: Partial<Record<N, { description?: string }>> = {};
  for (const member of names) valuesConfig[member] = { description: meanings[member] };
  registerEnumType(members, { name, description, valuesConfig });
  return members;
}
