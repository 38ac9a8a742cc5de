import type { ValidationRule } from 'graphql';
import { measureSelections, reportExcess } from './selection-measure.js';

/**
 * Refuses operations with more than `maxAliases` aliases, those of a fragment counted wherever it is spread. One operation
 * can ask the same field twice only by an alias, so this bounds how often it is asked.
 */
export function aliasLimit(maxAliases: number): ValidationRule {
  return (context) => {
    const aliasesOf = measureSelections(context, {
      ofField: ({ alias }, below) => (alias === undefined ? 0 : 1) + below(),
      join: (one, other) => one + other,
    });
    return {
      OperationDefinition(operation) {
        const aliases = aliasesOf(operation.selectionSet);
        if (aliases <= maxAliases) return;
        reportExcess(context, operation, {
          setting: 'CORTIGRAPH_MAX_ALIASES',
          allowed: maxAliases,
          found: aliases,
          what: `The operation has ${aliases} aliases`,
          advice: 'Ask for many points by one sweep, or share the fields out among requests.',
        });
      },
    };
  };
}
