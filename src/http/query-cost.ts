import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  getNullableType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql';
import { fragmentsOf, reportExcess } from './selection-measure.js';

/** How lists count. */
export interface ListSizes {
  /** A page whose size is not said, where the argument has no default of its own. */
  readonly byDefault: number;
  /** A page whose size is a variable, for documents are checked before variables are known. */
  readonly atMost: number;
  /** Lists without pages that may be long, by `Type.field`: the most that they hold. */
  readonly long?: Readonly<Record<string, number>>;
  /** Fields that are much work although they give little, by `Type.field`: what they cost beside what they give. */
  readonly work?: Readonly<Record<string, number>>;
}

/** A list of objects without pages, such as the outputs of a run: a few. */
const FEW = 4;

/** What a field of the schema's own costs: it lies in memory, and most of its lists are empty. */
const INTROSPECTION = 0.1;

/**
 * Refuses operations whose answer could hold more than `maxCost` fields. A field costs 1 and what is below it; a page
 * costs so many times what is below as it has items, and a list without pages counts as a few. So nested lists multiply,
 * and their product is bounded before anything is read. Questions about the schema count too.
 */
export function queryCost(maxCost: number, sizes: ListSizes): ValidationRule {
  return (context) => {
    const fragments = fragmentsOf(context);
    const costs = new Map<string, number>();
    const long: ListSizes['long'] = {
      ...sizes.long,
      '__Schema.types': Object.keys(context.getSchema().getTypeMap()).length,
    };
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
      const field = fieldOf(parent, node.name.value);
      if (!field) return 1; // __typename, or unknown: other rules speak of that
      const type = getNamedType(field.type);
      const name = `${parent?.name}.${field.name}`;
      const items = long[name] ?? itemsOf(node, field, sizes);
      const below = items * costOf(node.selectionSet, isCompositeType(type) ? type : undefined);
      return 1 + (sizes.work?.[name] ?? 0) + (isIntrospection(field) ? Math.ceil(below * INTROSPECTION) : below);
    };

    return {
      OperationDefinition(operation) {
        const cost = costOf(operation.selectionSet, context.getSchema().getRootType(operation.operation) ?? undefined);
        if (cost <= maxCost) return;
        reportExcess(context, operation, {
          setting: 'CORTIGRAPH_MAX_QUERY_COST',
          allowed: maxCost,
          found: cost,
          what: `The answer could hold ${cost} fields`,
          advice: 'Ask for smaller pages or fewer fields.',
        });
      },
    };
  };
}

function fieldOf(parent: GraphQLCompositeType | undefined, name: string): GraphQLField<unknown, unknown> | undefined {
  if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

const isIntrospection = (field: GraphQLField<unknown, unknown>): boolean =>
  field === SchemaMetaFieldDef || field === TypeMetaFieldDef;

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
