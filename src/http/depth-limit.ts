import type { ValidationRule } from 'graphql';
import { measureSelections, reportExcess } from './selection-measure.js';

/**
 * Refuses operations that nest fields deeper than `maxDepth`; a field at the root has depth 1, introspection fields have
 * none (graphql-js limits those itself).
 */
export function depthLimit(maxDepth: number): ValidationRule {
  return (context) => {
    const depthOf = measureSelections(context, {
      ofField: (field, below) => (field.name.value.startsWith('__') ? 0 : 1 + below()),
      join: Math.max,
    });
    return {
      OperationDefinition(operation) {
        const depth = depthOf(operation.selectionSet);
        if (depth <= maxDepth) return;
        reportExcess(context, operation, {
          setting: 'CORTIGRAPH_MAX_QUERY_DEPTH',
          allowed: maxDepth,
          found: depth,
          what: `The operation nests ${depth} levels of fields`,
          advice: 'Ask for what lies deeper by its id, in a request of its own.',
        });
      },
    };
  };
}
