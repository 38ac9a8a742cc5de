import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request and its response, with what every step of handling needs to know about them. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Names the exchange in the response, in errors and in the log. */
  readonly requestId: string;
  /** The path as it was sent, without the query string. */
  readonly path: string;
  /** What the access log is to say beside the usual. */
  logged?: object;
}

/** One step of handling; true means that the exchange is answered and no later step may touch it. */
export type Step = (exchange: Exchange) => boolean | Promise<boolean>;

/** Answers an exchange that was routed to it. */
export type Answer = (exchange: Exchange) => void | Promise<void>;

/** The path of a request's target, without its query string. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

/** Answers with a JSON body. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
    'cache-control': 'no-store',
  });
  response.end(bytes);
}
