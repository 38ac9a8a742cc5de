import type { Logger } from 'pino';
import { CortigraphError } from '../domain/errors.js';
import { sendJson, type Answer } from './exchange.js';

/** Says that the process runs and its event loop turns; asks nobody else. */
export const answerAlive: Answer = ({ response }) => {
  sendJson(response, 200, { status: 'alive' });
};

/**
 * Says whether the server can do its work now.
 *
 * @param readiness throws when something that the server needs cannot be reached
 */
export function answerReady(readiness: () => Promise<void>, logger: Logger): Answer {
  return async ({ response, requestId }) => {
    try {
      await readiness();
    } catch (error) {
      logger.warn({ requestId, err: error }, 'not ready');
      if (error instanceof CortigraphError && error.code === 'UNAVAILABLE') throw error;
      throw new CortigraphError('UNAVAILABLE', 'The server is not ready; its log has the reason.');
    }
    sendJson(response, 200, { status: 'ready' });
  };
}
