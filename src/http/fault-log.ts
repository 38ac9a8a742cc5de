import type { ApolloServerPlugin, BaseContext, GraphQLRequestContext, GraphQLRequestListener } from '@apollo/server';
import type { Logger } from 'pino';
import { hidesDetails, isFault, rootCause } from './public-error.js';

/** Which request met an error: Apollo formats errors without saying for whom. */
export type RequestIds = WeakMap<object, string>;

/** Logs what clients do not see of errors, and remembers the request ids that they see instead. */
export function logFaults(requestIds: RequestIds, logger: Logger): ApolloServerPlugin {
  const log = (context: GraphQLRequestContext<BaseContext>, error: unknown, path?: readonly (string | number)[]) =>
    logger[isFault(error) ? 'error' : 'warn'](
      { requestId: requestIdOf(context), operation: context.operationName, path, err: rootCause(error) },
      'GraphQL failed',
    );
  const listener: GraphQLRequestListener<BaseContext> = {
    didEncounterErrors(context) {
      const requestId = requestIdOf(context);
      for (const error of context.errors) {
        if (requestId !== undefined) requestIds.set(error, requestId);
        if (hidesDetails(error)) log(context, error, error.path);
      }
      return Promise.resolve();
    },
  };
  return {
    requestDidStart: () => Promise.resolve(listener),
    unexpectedErrorProcessingRequest({ requestContext, error }) {
      log(requestContext, error);
      return Promise.resolve();
    },
  };
}

function requestIdOf(context: GraphQLRequestContext<BaseContext>): string | undefined {
  return context.request.http?.headers.get('x-request-id');
}
