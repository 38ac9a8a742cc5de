import {
  getNamedType,
  GraphQLError,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  getNullableType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql';

/** How lists count. */
export interface ListSizes {
  /** A page whose size is not said, where the argument has no default of its own. */
  readonly byDefault: number;
  /** A page whose size is a variable, for documents are checked before variables are known. */
  readonly atMost: number;
  /** Lists without pages that may be long, by `Type.field`: the most that they hold. */
  readonly long?: Readonly<Record<string, number>>;
}

/** A list of objects without pages, such as the outputs of a run: a few. */
const FEW = 4;

/**
 * Refuses operations whose answer could hold more than `maxCost` fields. A field costs 1 and what is below it; a page
 * costs so many times what is below as it has items, and a list without pages counts as a few. So nested lists multiply,
 * and their product is bounded before anything is read.
 */
export function queryCost(maxCost: number, sizes: ListSizes): ValidationRule {
  return (context) => {
    const fragments = new Map<string, FragmentDefinitionNode>();
    const costs = new Map<string, number>();
    for (const definition of context.getDocument().definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    }
    const compositeOf = (name: string | undefined): GraphQLCompositeType | undefined => {
      const type = name === undefined ? undefined : context.getSchema().getType(name);
      return isCompositeType(type) ? type : undefined;
    };

    const costOfFragment = (name: string): number => {
      const known = costs.get(name);
      if (known !== undefined) return known;
      costs.set(name, 0); // a fragment within itself: the rule against cycles refuses the document
      const fragment = fragments.get(name);
      const cost = costOf(fragment?.selectionSet, compositeOf(fragment?.typeCondition.name.value));
      costs.set(name, cost);
      return cost;
    };
    const costOf = (set: SelectionSetNode | undefined, parent: GraphQLCompositeType | undefined): number => {
      let cost = 0;
      for (const selection of set?.selections ?? []) {
        if (selection.kind === Kind.FRAGMENT_SPREAD) cost += costOfFragment(selection.name.value);
        else if (selection.kind === Kind.INLINE_FRAGMENT) {
          cost += costOf(selection.selectionSet, compositeOf(selection.typeCondition?.name.value) ?? parent);
        } else cost += costOfField(selection, parent);
      }
      return cost;
    };
    const costOfField = (node: FieldNode, parent: GraphQLCompositeType | undefined): number => {
      const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
      if (!field) return 1; // introspection, or unknown: other rules speak of that
      const type = getNamedType(field.type);
      const most = sizes.long?.[`${parent?.name}.${field.name}`];
      return (
        1 + (most ?? itemsOf(node, field, sizes)) * costOf(node.selectionSet, isCompositeType(type) ? type : undefined)
      );
    };

    return {
      OperationDefinition(operation) {
        const cost = costOf(operation.selectionSet, context.getSchema().getRootType(operation.operation) ?? undefined);
        if (cost <= maxCost) return;
        const message = `The answer could hold ${cost} fields; at most ${maxCost} are allowed. Ask for smaller pages.`;
        const extensions = { cost: { fields: cost }, limit: { fields: maxCost } };
        context.reportError(new GraphQLError(message, { nodes: operation, extensions }));
      },
    };
  };
}

/** How many items of what is below a field its answer may hold. */
function itemsOf(node: FieldNode, field: GraphQLField<unknown, unknown>, sizes: ListSizes): number {
  const first = field.args.find(({ name }) => name === 'first');
  if (first) {
    const given = node.arguments?.filter(({ name }) => name.value === 'first' || name.value === 'last') ?? [];
    const said = given.flatMap(({ value }) => {
      if (value.kind === Kind.INT) return [Math.max(Number(value.value), 1)];
      return value.kind === Kind.VARIABLE ? [sizes.atMost] : [];
    });
    if (said.length > 0) return Math.max(...said);
    return typeof first.defaultValue === 'number' ? first.defaultValue : sizes.byDefault;
  }
  const type = getNullableType(field.type);
  return isListType(type) && isObjectType(getNamedType(type)) ? FEW : 1;
}
