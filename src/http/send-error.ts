import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { CortigraphError } from '../domain/errors.js';
import type { Exchange } from './exchange.js';
import { sendJson } from './exchange.js';
import { HttpError, statusOfCode } from './http-error.js';
import { hidesDetails, isFault, publicError } from './public-error.js';

/** How long a client that still sends may take to notice that it was answered, in ms. */
export const noticeMs = 500;

/** Answers an exchange with an error in the one shape, and logs what the answer does not show. */
export function sendError({ request, response, requestId }: Exchange, error: unknown, logger: Logger): void {
  if (hidesDetails(error)) logger[isFault(error) ? 'error' : 'warn']({ requestId, err: error }, 'request failed');
  if (response.headersSent) {
    // Half an answer must not look like a whole one.
    response.destroy();
    return;
  }
  if (error instanceof HttpError) {
    for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
  }
  response.once('finish', () => giveUpOnBody(request));
  sendJson(response, statusOf(error), { errors: [publicError(error, requestId)] });
}

/**
 * Throws away what is left of the body for a moment, then closes the connection. Closing at once would reset it, and
 * the client would see the reset instead of the answer.
 */
function giveUpOnBody(request: IncomingMessage): void {
  if (request.complete) return;
  const timer = setTimeout(() => request.destroy(), noticeMs);
  request.once('close', () => clearTimeout(timer)).resume();
}

function statusOf(error: unknown): number {
  if (error instanceof HttpError) return error.status;
  return error instanceof CortigraphError ? statusOfCode[error.code] : 500;
}
