import type { RequestListener } from 'node:http';
import type { BaseContext } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { CortigraphError } from '../domain/errors.js';
import { logAccess } from './access-log.js';
import { answerBlob, blobFolder, type OpenBlob } from './blob-download.js';
import { allowOrigins } from './cross-origin.js';
import { pathOf, type Answer, type Exchange, type Step } from './exchange.js';
import { explorerRoutes, redirectTo } from './explorer.js';
import { openGraphQLDoor, type ContextRequest, type GraphQLLimits } from './graphql-door.js';
import { answerAlive, answerReady } from './health.js';
import { refuseForeignHosts, type HostNames } from './host-check.js';
import { HttpError } from './http-error.js';
import { limitInFlight } from './in-flight-limit.js';
import { createListener, type ListenerTimes } from './listener.js';
import type { ListSizes } from './query-cost.js';
import { answerProvenance, provenanceFolder, type ExportProvenance } from './provenance-download.js';
import { requestIdOf } from './request-id.js';
import { route } from './router.js';
import { sendError } from './send-error.js';
import { limitTime } from './time-limit.js';

/** What the HTTP door is made of; nothing of it is built here. */
export interface HttpServerParts<C extends BaseContext> {
  readonly schema: GraphQLSchema;
  /** Makes what resolvers see; what it throws is answered as an error of the request. */
  readonly createContext: (request: ContextRequest) => C;
  readonly logger: Logger;
  readonly config: GraphQLLimits &
    ListenerTimes &
    HostNames & {
      readonly corsOrigins: readonly string[];
      /** The most requests of one client that are answered at once. */
      readonly maxRequestsInFlight: number;
    };
  /** Throws when the server cannot do its work now. */
  readonly readiness: () => Promise<void>;
  /** Finds what is served below /blobs/. */
  readonly openBlob: OpenBlob;
  /** Makes what is served below /provenance/. */
  readonly exportProvenance: ExportProvenance;
  /** How lists count in the cost of a query. */
  readonly listSizes: ListSizes;
  /** What a new visitor finds in the editor of /explorer/. */
  readonly firstQuery?: string;
}

/** The HTTP door. */
export interface HttpServer {
  /** Answers requests without a port. */
  readonly handler: RequestListener;
  /**
   * Listens; port 0 takes any that is free.
   *
   * @throws CortigraphError UNAVAILABLE when the server cannot listen there
   */
  start(port: number, host: string): Promise<{ readonly url: string }>;
  /**
   * Accepts nothing more, finishes requests under way, and closes. For good: it does not start again. Calling it twice is
   * waiting twice.
   *
   * @param graceMs how long requests may take to finish before their connections are cut; 10 s by default
   */
  stop(graceMs?: number): Promise<void>;
}

/** Makes the HTTP door: GraphQL, its explorer, downloads and health, in the order in which a request meets them. */
export async function createHttpServer<C extends BaseContext>(parts: HttpServerParts<C>): Promise<HttpServer> {
  const { config, logger } = parts;
  const graphql = await openGraphQLDoor({ ...parts, limits: config, publicUrl: config.publicUrl });
  const unlessStopping =
    (answer: Answer): Answer =>
    (exchange) => {
      if (listener.isStopping()) throw new CortigraphError('UNAVAILABLE', 'The server is stopping.');
      return answer(exchange);
    };

  const answer = route([
    { path: '/graphql', methods: ['GET', 'POST'], answer: unlessStopping(graphql.answer) },
    { path: `${blobFolder}*`, methods: ['GET', 'HEAD'], answer: unlessStopping(answerBlob(parts.openBlob)) },
    {
      path: `${provenanceFolder}*`,
      methods: ['GET', 'HEAD'],
      answer: unlessStopping(answerProvenance(parts.exportProvenance)),
    },
    { path: '/healthz', methods: ['GET', 'HEAD'], answer: answerAlive },
    { path: '/readyz', methods: ['GET', 'HEAD'], answer: unlessStopping(answerReady(parts.readiness, logger)) },
    { path: '/', methods: ['GET', 'HEAD'], answer: redirectTo('explorer/') },
    ...explorerRoutes(parts.firstQuery ?? '{ __typename }'),
  ]);
  const steps: readonly Step[] = [
    setCommonHeaders,
    logAccess(logger),
    refuseExpectations,
    refuseForeignHosts(config),
    // Before the routes, so that pages of other origins can read errors too.
    ...(config.corsOrigins.length > 0 ? [allowOrigins(config.corsOrigins)] : []),
    limitInFlight(config.maxRequestsInFlight, limitTime(config.requestTimeoutMs, answer)),
  ];
  const handle: RequestListener = (request, response) => {
    const exchange = { request, response, requestId: requestIdOf(request), path: pathOf(request.url ?? '') };
    takeSteps(steps, exchange).catch((error: unknown) => sendError(exchange, error, logger));
  };
  const listener = createListener(handle, config, logger);
  const stop = async (graceMs: number): Promise<void> => {
    await listener.stop(graceMs);
    await graphql.stop();
  };
  let stopped: Promise<void> | undefined;

  return {
    handler: listener.handler,
    start: (port, host) => listener.start(port, host),
    stop: (graceMs = 10_000) => (stopped ??= stop(graceMs)),
  };
}

async function takeSteps(steps: readonly Step[], exchange: Exchange): Promise<void> {
  for (const step of steps) {
    const answered = step(exchange);
    // Most steps know at once; to wait for each would cost more than they do.
    if (answered === true || (answered !== false && (await answered))) return;
  }
}

const setCommonHeaders: Step = ({ response, requestId }) => {
  response.setHeader('x-request-id', requestId);
  response.setHeader('x-content-type-options', 'nosniff');
  return false;
};

const refuseExpectations: Step = ({ request }) => {
  const { expect } = request.headers;
  if (expect === undefined || expect.toLowerCase() === '100-continue') return false;
  throw new HttpError(417, 'BAD_USER_INPUT', 'Of the Expect header this server knows 100-continue only.');
};
