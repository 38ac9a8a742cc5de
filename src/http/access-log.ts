import type { Logger } from 'pino';
import type { Step } from './exchange.js';

/** What monitors ask every few seconds, and the many files of a page; they are logged at debug. */
const isQuiet = (path: string): boolean => path === '/healthz' || path === '/readyz' || path.startsWith('/explorer/');

/** Logs each exchange when it ends: never the query string, headers or body, which may hold secrets. */
export function logAccess(logger: Logger): Step {
  return (exchange) => {
    const { request, response, requestId, path } = exchange;
    const start = performance.now();
    response.once('close', () => {
      const line = {
        requestId,
        method: request.method,
        path: path.slice(0, 200),
        status: response.statusCode,
        durationMs: Math.round((performance.now() - start) * 100) / 100,
        ...exchange.logged,
      };
      if (!response.writableFinished) logger.info(line, 'request aborted');
      else if (isQuiet(path) && response.statusCode < 400) logger.debug(line, 'request');
      else logger.info(line, 'request');
    });
    return false;
  };
}
