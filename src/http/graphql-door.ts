import type { IncomingMessage } from 'node:http';
import {
  ApolloServer,
  HeaderMap,
  type ApolloServerPlugin,
  type BaseContext,
  type HTTPGraphQLRequest,
} from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { aliasLimit } from './alias-limit.js';
import { depthLimit } from './depth-limit.js';
import type { Answer } from './exchange.js';
import { logFaults, type RequestIds } from './fault-log.js';
import { limitOfGraphQL } from './graphql-limits.js';
import { HttpError } from './http-error.js';
import { OperationNotes } from './operation-notes.js';
import { isFault, publicError, rootCause } from './public-error.js';
import { queryCost, type ListSizes } from './query-cost.js';
import { readJsonBody } from './request-body.js';
import { statusOfRequestErrors } from './request-error-status.js';

/** What a resolver's context is made from. */
export interface ContextRequest {
  readonly requestId: string;
  /** False for HTTP GET, which must change and compute nothing. */
  readonly mayCompute: boolean;
  /** The public URL, else the address that the request was sent to; without a slash at its end. Empty if not known. */
  readonly origin: string;
}

/** Bounds on one GraphQL request. */
export interface GraphQLLimits {
  readonly maxBodyBytes: number;
  readonly maxTokens: number;
  readonly maxAliases: number;
  readonly maxQueryDepth: number;
  readonly maxQueryCost: number;
}

/** The GraphQL server behind a path. */
export interface GraphQLDoor {
  readonly answer: Answer;
  stop(): Promise<void>;
}

/** The headers that Apollo reads, for the media type and against forged requests; copying all costs more than a query. */
const headersOfApollo = ['accept', 'content-type', 'x-apollo-operation-name', 'apollo-require-preflight'];

/**
 * Starts Apollo without an HTTP server of its own.
 *
 * Each execution gets a shallow copy of the context (Apollo makes it), so a context must not be a class with #fields.
 */
export async function openGraphQLDoor<C extends BaseContext>(parts: {
  readonly schema: GraphQLSchema;
  readonly createContext: (request: ContextRequest) => C;
  readonly logger: Logger;
  readonly limits: GraphQLLimits;
  readonly listSizes: ListSizes;
  readonly publicUrl: string | undefined;
}): Promise<GraphQLDoor> {
  const { limits, logger } = parts;
  const requestIds: RequestIds = new WeakMap();
  const notes = new OperationNotes();
  const apollo = new ApolloServer<C>({
    schema: parts.schema,
    logger,
    // Apollo guesses from NODE_ENV what is not said here.
    nodeEnv: 'production',
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    parseOptions: { maxTokens: limits.maxTokens },
    // Each error repeats the whole value, and searches it for names that are like the known ones.
    executionOptions: { maxCoercionErrors: 5 },
    validationRules: [
      depthLimit(limits.maxQueryDepth),
      aliasLimit(limits.maxAliases),
      queryCost(limits.maxQueryCost, parts.listSizes),
    ],
    formatError: (formatted, error) => {
      const limit = limitOfGraphQL(error, limits.maxTokens);
      if (limit !== undefined) return { ...formatted, ...publicError(limit, undefined) };
      const requestId = error instanceof GraphQLError ? requestIds.get(error) : undefined;
      // What breaks after the operation, such as writing a reply, reaches no listener: this is the only place to tell.
      if (requestId === undefined && isFault(error)) logger.error({ err: rootCause(error) }, 'GraphQL failed');
      return { ...formatted, ...publicError(error, requestId) };
    },
    plugins: [logFaults(requestIds, logger), notes.plugin, statusOfRequestErrors, ...nothingFromOutside()],
  });
  await apollo.start();

  const answer: Answer = async (exchange) => {
    const { request, response, requestId } = exchange;
    const method = request.method ?? '';
    if (isVisitOfBrowser(request)) {
      response.writeHead(302, { location: 'explorer/', 'content-length': 0 }).end();
      return;
    }
    refuseUnlessJsonIsAccepted(request);
    const mayCompute = method === 'POST';
    const body = mayCompute ? await readJsonBody(request, limits.maxBodyBytes) : undefined;
    if (Array.isArray(body)) throw batchRefusal();
    const context = parts.createContext({ requestId, mayCompute, origin: parts.publicUrl ?? originOf(request) });
    const httpGraphQLRequest = { method, headers: headersFor(request, requestId), search: searchOf(request), body };
    const result = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest,
      context: () => Promise.resolve(context),
    });
    if (response.headersSent) return; // it took too long, and was answered so
    exchange.logged = notes.of(httpGraphQLRequest);
    // Only @defer and @stream come in chunks, and graphql 16 has neither.
    if (result.body.kind === 'chunked') throw new Error('Apollo answered in chunks');
    const bytes = Buffer.from(result.body.string);
    for (const [name, value] of result.headers) response.setHeader(name, value);
    response.writeHead(result.status ?? 200, { 'content-length': bytes.length, 'cache-control': 'no-store' });
    response.end(bytes);
  };
  return { answer, stop: () => apollo.stop() };
}

/** Keeps Apollo from loading a page from its CDN and from reporting to its cloud, whatever the environment says. */
function nothingFromOutside(): ApolloServerPlugin[] {
  return [
    ApolloServerPluginCacheControlDisabled(),
    ApolloServerPluginInlineTraceDisabled(),
    ApolloServerPluginLandingPageDisabled(),
    ApolloServerPluginSchemaReportingDisabled(),
    ApolloServerPluginUsageReportingDisabled(),
  ];
}

const batchRefusal = (): HttpError =>
  new HttpError(
    400,
    'BAD_USER_INPUT',
    'The body is a list: a request holds one operation, as an object. Ask several fields in it, or send several requests at once.',
  );

/** Before anything is done: Apollo looks only once there is an answer to send. */
function refuseUnlessJsonIsAccepted({ headers: { accept } }: IncomingMessage): void {
  if (accept === undefined || /\*\/\*|application\/(\*|json|graphql-response\+json)/i.test(accept)) return;
  throw new HttpError(
    406,
    'BAD_USER_INPUT',
    'Answers are application/json or application/graphql-response+json: the Accept header has to allow one of them.',
  );
}

/** Whether a person opened the address in a browser, without a question. */
function isVisitOfBrowser({ method, headers, url = '' }: IncomingMessage): boolean {
  return method === 'GET' && !url.includes('?') && (headers.accept?.includes('text/html') ?? false);
}

function headersFor(request: IncomingMessage, requestId: string): HTTPGraphQLRequest['headers'] {
  const headers = new HeaderMap([['x-request-id', requestId]]);
  for (const name of headersOfApollo) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  return headers;
}

/** Where the one who asked reached us. The name was checked; whoever makes one up gets links that lead nowhere. */
function originOf({ headers: { host } }: IncomingMessage): string {
  return host === undefined ? '' : `http://${host}`;
}

function searchOf({ url = '' }: IncomingMessage): string {
  const start = url.indexOf('?');
  return start === -1 ? '' : url.slice(start);
}
