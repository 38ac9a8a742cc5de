import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { CortigraphError } from '../domain/errors.js';
import { HttpError } from './http-error.js';
import { answerConnection, errorOfClient, maxHeadBytes, type ClientError } from './malformed-request.js';

/** How long connections may take. */
export interface ListenerTimes {
  /** Within so many ms a request arrives whole. */
  readonly receiveTimeoutMs: number;
  /** Within so many ms an answer begins. */
  readonly requestTimeoutMs: number;
}

/** A port that requests come in by. */
export interface Listener {
  /** What to call for each request; tests call it without a port. */
  readonly handler: RequestListener;
  /** Whether no new work may begin. */
  isStopping(): boolean;
  /** @throws CortigraphError UNAVAILABLE when the server cannot listen there */
  start(port: number, host: string): Promise<{ readonly url: string }>;
  /** Accepts nothing more, lets requests under way finish within `graceMs`, then closes every connection. */
  stop(graceMs: number): Promise<void>;
}

/** Makes the listener of a handler. */
export function createListener(
  handle: RequestListener,
  { receiveTimeoutMs, requestTimeoutMs }: ListenerTimes,
  logger: Logger,
): Listener {
  const underWay = new Set<ServerResponse>();
  let isStopping = false;
  let whenIdle = (): void => undefined;

  const handler: RequestListener = (request, response) => {
    underWay.add(response);
    if (isStopping) response.setHeader('connection', 'close');
    response.once('close', () => {
      underWay.delete(response);
      if (underWay.size === 0) whenIdle();
    });
    handle(request, response);
  };
  const server = createServer(
    {
      maxHeaderSize: maxHeadBytes,
      // Refused by a step, in the one shape of errors.
      requireHostHeader: false,
      requestTimeout: receiveTimeoutMs,
      headersTimeout: receiveTimeoutMs,
      connectionsCheckingInterval: Math.ceil(receiveTimeoutMs / 4),
    },
    handler,
  );
  // A connection on which nothing moves, where no answer can still be awaited: its client does not read.
  server.timeout = receiveTimeoutMs + requestTimeoutMs;
  server.on('checkExpectation', handler);
  server.on('connect', (_request, socket) => answerConnection(socket, noTunnel(), logger));
  server.on('clientError', (error: ClientError, socket) => {
    const isAnswering = [...underWay].some((response) => response.socket === socket && response.headersSent);
    // Within an answer, another would pass for part of it.
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) socket.destroy();
    else answerConnection(socket, errorOfClient(error, receiveTimeoutMs), logger);
  });

  return {
    handler,
    isStopping: () => isStopping,
    async start(port, host) {
      server.listen(port, host);
      try {
        await once(server, 'listening');
      } catch (error) {
        throw cannotListen(error, port, host);
      }
      // Such as too many open files at the next connection; unheard, it would end the process.
      server.on('error', (error) => logger.error({ err: error }, 'listening failed'));
      // A server that listens on a port has an address object, never a string or null.
      const address = server.address() as AddressInfo;
      return { url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}/` };
    },
    async stop(graceMs) {
      isStopping = true;
      for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close');
      const closed = server.listening ? once(server, 'close') : Promise.resolve();
      server.close();
      const idle = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        whenIdle = () => {
          clearTimeout(timer);
          resolve();
        };
        if (underWay.size === 0) whenIdle();
      });
      await idle;
      // What is left has sent no request, or has had its time.
      server.closeAllConnections();
      await closed;
    },
  };
}

const noTunnel = (): HttpError =>
  new HttpError(405, 'BAD_USER_INPUT', 'This server is no proxy.', { allow: 'GET, HEAD, POST' });

function cannotListen(error: unknown, port: number, host: string): CortigraphError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'something else listens there; stop it or set PORT',
    EACCES: 'this user may not listen there; set PORT to 1024 or more',
    EADDRNOTAVAIL: 'this machine has no such address; set HOST',
    ENOTFOUND: 'the name has no address; set HOST',
  };
  const reason = reasons[code] ?? code;
  return new CortigraphError(
    'UNAVAILABLE',
    `Cannot listen on port ${port} of ${host}: ${reason}.`,
    { port, host, cause: code },
    { cause: error },
  );
}
