import { GraphQLError } from 'graphql';
import { badUserInput, type CortigraphError } from '../domain/errors.js';
import { beyondLimit } from './beyond-limit.js';

/**
 * What to say where graphql-js itself gave up on a document: for its tokens, or because fields of one name are so many
 * that to compare them takes too long. It gives such errors no code, only a text.
 */
export function limitOfGraphQL(error: unknown, maxTokens: number): CortigraphError | undefined {
  if (!(error instanceof GraphQLError)) return undefined;
  if (/^Syntax Error: Document contains more that \d+ tokens/.test(error.message)) {
    return beyondLimit({
      setting: 'CORTIGRAPH_MAX_TOKENS',
      allowed: maxTokens,
      what: `The document has more than ${maxTokens} tokens`,
      advice: 'Give values as variables and repeated fields as a fragment, or share the fields out among requests.',
    });
  }
  if (error.message === 'Validation aborted.') {
    return badUserInput('The document has too many fields of the same name to compare them: ask for each once.');
  }
  return undefined;
}
