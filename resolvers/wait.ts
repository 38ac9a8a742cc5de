import { badUserInput } from '../src/domain/errors.js';
import type { AskOptions } from '../src/services/respond-service.js';
import type { RequestContext } from './context.js';

/** How long a request waits where it does not say, in ms. */
export const defaultWaitMs = 10_000;

/** The longest that a request may wait, in ms. */
const maxWaitMs = 60_000;

/** What the argument means. */
export const waitMsMeaning = `How long to wait, from 0 to ${maxWaitMs} ms; then the answer is what is there, and the work goes on.`;

/** How to wait for an answer, of what the client asked. */
export function askOptions(context: RequestContext, given: number | null): AskOptions {
  const waitMs = given ?? defaultWaitMs;
  if (waitMs < 0 || waitMs > maxWaitMs) {
    throw badUserInput(`waitMs must be from 0 to ${maxWaitMs}, not ${waitMs}.`, {
      allowed: { min: 0, max: maxWaitMs },
    });
  }
  const { mayCompute, begun } = context;
  return { waitMs, mayCompute, ...(begun ? { begun } : {}) };
}
