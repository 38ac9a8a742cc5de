import { graphql } from 'graphql';
import type { RequestContext } from '../resolvers/context.js';
import { createLoaders } from '../resolvers/context.js';
import { buildGraphQLSchema } from './http/graphql-schema.js';
import type { GraphQLAnswer, GraphQLQuestion } from './cli/shell.js';
import { isFault, publicError, rootCause } from './http/public-error.js';
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
