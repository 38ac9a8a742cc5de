import type { Step } from './exchange.js';
import { httpErrorBeyond } from './http-error.js';

/**
 * Answers TIMEOUT where a step has sent nothing after `maxMs`. What the step began goes on; its answer is lost. Once it
 * sends, it may take its time: a download lasts as long as its client reads.
 */
export function limitTime(maxMs: number, step: Step): Step {
  return (exchange) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        if (!exchange.response.headersSent) reject(timeout(maxMs));
      }, maxMs);
      Promise.resolve(step(exchange))
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
}

const timeout = (maxMs: number): Error =>
  httpErrorBeyond(504, 'TIMEOUT', {
    setting: 'CORTIGRAPH_REQUEST_TIMEOUT_MS',
    allowed: maxMs,
    what: `The request took more than ${maxMs} ms`,
    advice: 'What it began goes on: ask again, with a waitMs that leaves time, or for fewer fields at once.',
  });
