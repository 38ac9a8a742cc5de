import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Ids that can be logged, echoed and searched for without a second thought. */
const saneId = /^[A-Za-z0-9._-]{1,64}$/;

/** The client's X-Request-Id when it is sane, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && saneId.test(given) ? given : randomUUID();
}
