import { GraphQLError, Kind, type FragmentDefinitionNode, type SelectionSetNode, type ValidationRule } from 'graphql';

/**
 * Refuses operations that nest fields deeper than `maxDepth`; a field at the root has depth 1, introspection fields have
 * none (graphql-js limits those itself). Each fragment is measured once, however often it is spread.
 */
export function depthLimit(maxDepth: number): ValidationRule {
  return (context) => {
    const fragments = new Map<string, FragmentDefinitionNode>();
    const depths = new Map<string, number>();
    for (const definition of context.getDocument().definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    }

    const depthOfFragment = (name: string): number => {
      const known = depths.get(name);
      if (known !== undefined) return known;
      // A fragment within itself counts as flat: the rule against cycles refuses the document.
      depths.set(name, 0);
      const depth = depthOf(fragments.get(name)?.selectionSet);
      depths.set(name, depth);
      return depth;
    };
    const depthOf = (set: SelectionSetNode | undefined): number => {
      let deepest = 0;
      for (const selection of set?.selections ?? []) {
        let depth: number;
        if (selection.kind === Kind.FRAGMENT_SPREAD) depth = depthOfFragment(selection.name.value);
        else if (selection.kind === Kind.INLINE_FRAGMENT) depth = depthOf(selection.selectionSet);
        else depth = selection.name.value.startsWith('__') ? 0 : 1 + depthOf(selection.selectionSet);
        deepest = Math.max(deepest, depth);
      }
      return deepest;
    };

    return {
      OperationDefinition(operation) {
        const depth = depthOf(operation.selectionSet);
        if (depth <= maxDepth) return;
        const message = `The operation nests ${depth} levels of fields; at most ${maxDepth} are allowed.`;
        context.reportError(new GraphQLError(message, { nodes: operation, extensions: { depth, allowed: maxDepth } }));
      },
    };
  };
}
