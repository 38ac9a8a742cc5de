import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { HttpError, httpErrorBeyond } from './http-error.js';
import { publicError } from './public-error.js';
import { noticeMs } from './send-error.js';

/** The most bytes of a request's head: of its line and its headers. */
export const maxHeadBytes = 16 * 1024;

/** Why node:http gave a connection no request. */
export type ClientError = Error & { readonly code?: string };

/** What to answer to what is not HTTP, is too long for it, or does not arrive. */
export function errorOfClient({ code }: ClientError, receiveTimeoutMs: number): HttpError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return httpErrorBeyond(431, 'BAD_USER_INPUT', {
        allowed: maxHeadBytes,
        what: `The head of the request has more than ${maxHeadBytes} bytes`,
        advice: 'Send long questions by POST.',
      });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return httpErrorBeyond(408, 'TIMEOUT', {
        setting: 'CORTIGRAPH_RECEIVE_TIMEOUT_MS',
        allowed: receiveTimeoutMs,
        what: `The request took more than ${receiveTimeoutMs} ms to arrive`,
        advice: 'Send it again.',
      });
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new HttpError(413, 'BAD_USER_INPUT', 'The request has too many chunk extensions.');
    default:
      return new HttpError(400, 'BAD_USER_INPUT', 'The request is not valid HTTP.');
  }
}

/** Answers a connection without a request in the one shape of errors, and ends it. */
export function answerConnection(socket: Duplex, error: HttpError, logger: Logger): void {
  const requestId = randomUUID();
  const body = JSON.stringify({ errors: [publicError(error, requestId)] });
  const headers = {
    ...error.headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  logger.info({ requestId, status: error.status }, 'malformed request');
  // node:http takes its own listener off a socket that asks for a tunnel; a reset, unheard, would end the process.
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${head.join('')}\r\n${body}`);
  // A client that goes on sending holds the connection open; cut at once, it would not see the answer.
  const timer = setTimeout(() => socket.destroy(), noticeMs);
  socket.once('close', () => clearTimeout(timer)).resume();
}
