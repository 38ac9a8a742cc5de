import type { ApolloServerPlugin, BaseContext, GraphQLRequestListener } from '@apollo/server';
import { isFault } from './public-error.js';

/**
 * The status of an operation that was refused before it ran, as GraphQL over HTTP has it: 200 for clients of
 * application/json, who could not tell such a 400 from one of a proxy, 400 for clients of
 * application/graphql-response+json, and 500 when the fault is the server's.
 *
 * See https://graphql.github.io/graphql-over-http/draft/#sec-Processing-the-response
 */
export const statusOfRequestErrors: ApolloServerPlugin = {
  requestDidStart: () => Promise.resolve(listener),
};

const listener: GraphQLRequestListener<BaseContext> = {
  willSendResponse({ request, response, errors, source }) {
    const { body, http } = response;
    const wasRefused = body.kind === 'single' && body.singleResult.data === undefined && errors !== undefined;
    // A status other than these two was chosen on purpose, such as 405 for a mutation by GET.
    if (!wasRefused || (http.status !== 400 && http.status !== 500)) return Promise.resolve();
    const isJsonClient = !request.http?.headers.get('accept')?.includes('application/graphql-response+json');
    if (errors.some(isFault)) http.status = 500;
    else http.status = isJsonClient && source !== undefined ? 200 : 400;
    return Promise.resolve();
  },
};
