import 'reflect-metadata';
import { coerceInputValue, graphql, isInputType } from 'graphql';
import type { RequestContext } from '../resolvers/context.js';
import { createLoaders } from '../resolvers/context.js';
import { experimentRequest } from '../resolvers/experiment-resolver.js';
import type { CreateExperimentInput } from '../schema/experiment.js';
import { buildGraphQLSchema } from './http/graphql-schema.js';
import type { GraphQLAnswer, GraphQLQuestion } from './cli/shell.js';
import { isFault, publicError, rootCause } from './http/public-error.js';
import { badUserInput } from './domain/errors.js';
import type { ExperimentRequest } from './services/experiment.js';
import type { Log } from './services/lab.js';
import type { Services } from './services/services.js';

/**
 * Opens GraphQL to a lab in this process, without HTTP and its limits.
 * @param origin what links begin with
 */
export function openGraphQL(
  services: Services,
  log: Log,
  origin: string,
): (question: GraphQLQuestion, begun: (jobId: string) => void) => Promise<GraphQLAnswer> {
  const schema = buildGraphQLSchema();
  return async ({ source, variables, operationName }, begun) => {
    const loaders = createLoaders(services);
    const contextValue: RequestContext = { services, loaders, mayCompute: true, origin, begun };
    const { data, errors } = await graphql({ schema, source, variableValues: variables, operationName, contextValue });
    return {
      ...(data === undefined ? {} : { data }),
      ...(errors === undefined
        ? {}
        : {
            errors: errors.map((error) => {
              if (isFault(error)) log.error({ err: rootCause(error) }, 'a field failed');
              const { message, extensions } = publicError(error, undefined);
              const { locations, path } = error.toJSON();
              return { message, ...(locations ? { locations } : {}), ...(path ? { path } : {}), extensions };
            }),
          }),
    };
  };
}

/**
 * An experiment of a JSON document, checked as the API checks its input.
 * @throws CortigraphError BAD_USER_INPUT, with the field, for one that is unknown, missing, or of another type
 */
export function readExperiment(document: unknown): ExperimentRequest {
  const type = buildGraphQLSchema().getType('CreateExperimentInput');
  if (!isInputType(type)) throw new TypeError('the schema has no CreateExperimentInput');
  const faults: { readonly field: string; readonly message: string }[] = [];
  const input = coerceInputValue(document, type, (path, _value, { message }) => {
    const field = path.join('.');
    faults.push({ field, message: field === '' ? message : `${field}: ${message}` });
  });
  const [first] = faults;
  if (first) throw badUserInput(faults.map(({ message }) => message).join(' '), { field: first.field });
  return experimentRequest(input as CreateExperimentInput); // as its type has it
}
