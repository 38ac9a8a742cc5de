import cors from 'cors';
import type { Step } from './exchange.js';

/** Lets pages of the listed origins, and of no other, ask this server; without credentials, for there are none. */
export function allowOrigins(origins: readonly string[]): Step {
  const handle = cors({
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST'],
    credentials: false,
    exposedHeaders: ['X-Request-Id', 'Retry-After'],
    maxAge: 600,
  });
  return ({ request, response }) => {
    let isAnswered = true;
    // cors answers preflights itself, and else calls back before it returns.
    handle(request, response, () => {
      isAnswered = false;
    });
    return isAnswered;
  };
}
