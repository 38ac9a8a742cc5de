import type { Step } from './exchange.js';
import { httpErrorBeyond } from './http-error.js';

/** What monitors ask; they must be answered above all where much is asked. */
const uncounted = new Set(['/healthz', '/readyz']);

/**
 * Refuses a request while its client has `maxInFlight` others. A client is the address at the other end of the connection:
 * anyone can write any address into X-Forwarded-For. A request is in flight until it is answered, also when the client has
 * left before, and until the client has taken the answer.
 */
export function limitInFlight(maxInFlight: number, step: Step): Step {
  const inFlight = new Map<string, number>();
  return async (exchange) => {
    if (uncounted.has(exchange.path)) return step(exchange);
    const client = exchange.request.socket.remoteAddress ?? '';
    const found = (inFlight.get(client) ?? 0) + 1;
    if (found > maxInFlight) throw refusal(maxInFlight, found);
    inFlight.set(client, found);
    let ends = 0;
    const end = (): void => {
      ends += 1;
      if (ends < 2) return;
      const left = (inFlight.get(client) ?? 0) - 1;
      if (left > 0) inFlight.set(client, left);
      else inFlight.delete(client);
    };
    exchange.response.once('close', end);
    try {
      return await step(exchange);
    } finally {
      end();
    }
  };
}

const refusal = (allowed: number, found: number): Error =>
  httpErrorBeyond(
    429,
    'RATE_LIMITED',
    {
      setting: 'CORTIGRAPH_MAX_REQUESTS_IN_FLIGHT',
      allowed,
      found,
      what: `This client has ${found} requests in flight`,
      advice: 'Ask again when some are answered, or ask for many points by one sweep.',
    },
    { 'retry-after': '1' },
  );
