import {
  GraphQLError,
  Kind,
  type ASTNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';
import { beyondLimit, type Excess } from './beyond-limit.js';

/** How a selection of fields is measured. */
export interface SelectionMeasure {
  /** The measure of one field, given that of what is below it. */
  readonly ofField: (field: FieldNode, below: () => number) => number;
  /** The measure of two selections that stand beside one another. */
  readonly join: (one: number, other: number) => number;
}

/** The fragments of a document by their names. */
export function fragmentsOf(context: ValidationContext): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of context.getDocument().definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return fragments;
}

/**
 * Measures selections of a document, through fragments. Each fragment is measured once, however often it is spread; one
 * within itself counts as nothing there, for the rule against cycles refuses the document.
 */
export function measureSelections(
  context: ValidationContext,
  { ofField, join }: SelectionMeasure,
): (set: SelectionSetNode) => number {
  const fragments = fragmentsOf(context);
  const known = new Map<string, number>();
  const ofFragment = (name: string): number => {
    const before = known.get(name);
    if (before !== undefined) return before;
    known.set(name, 0);
    const measured = ofSet(fragments.get(name)?.selectionSet);
    known.set(name, measured);
    return measured;
  };
  const ofSet = (set: SelectionSetNode | undefined): number => {
    let measured = 0;
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) measured = join(measured, ofFragment(selection.name.value));
      else if (selection.kind === Kind.INLINE_FRAGMENT) measured = join(measured, ofSet(selection.selectionSet));
      else
        measured = join(
          measured,
          ofField(selection, () => ofSet(selection.selectionSet)),
        );
    }
    return measured;
  };
  return ofSet;
}

/** Refuses a document for what goes beyond a limit there. */
export function reportExcess(context: ValidationContext, node: ASTNode, excess: Excess): void {
  const originalError = beyondLimit(excess);
  context.reportError(new GraphQLError(originalError.message, { nodes: node, originalError }));
}
