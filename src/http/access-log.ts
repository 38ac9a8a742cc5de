import type { Logger } from 'pino';
import type { Step } from './exchange.js';

/** Paths that monitors ask every few seconds; they are logged at debug. */
const quietPaths = new Set(['/healthz', '/readyz']);

/** Logs each exchange when it ends: never the query string, headers or body, which may hold secrets. */
export function logAccess(logger: Logger): Step {
  return ({ request, response, requestId, path }) => {
    const start = performance.now();
    response.once('close', () => {
      const line = {
        requestId,
        method: request.method,
        path: path.slice(0, 200),
        status: response.statusCode,
        durationMs: Math.round((performance.now() - start) * 100) / 100,
      };
      if (!response.writableFinished) logger.info(line, 'request aborted');
      else if (quietPaths.has(path) && response.statusCode < 400) logger.debug(line, 'request');
      else logger.info(line, 'request');
    });
    return false;
  };
}
