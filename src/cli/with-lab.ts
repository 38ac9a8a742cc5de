import type { Services } from '../services/services.js';
import type { TakesUp } from '../services/job-service.js';
import { InterruptedError } from './exit.js';
import type { Shell } from './shell.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How a command uses the lab. */
export interface LabUse {
  /** What it works on: what it is asked for, unless given. */
  readonly takesUp?: TakesUp;
  /** What a person is told of the work when it is stopped. */
  readonly left?: string;
}

/**
 * Opens the lab for one command and closes it again. On Ctrl-C the work under way is given back, so that whoever asks
 * next, or a server on the same store, goes on with it.
 * @throws InterruptedError once everything is given back
 */
export async function withLab<T>(
  shell: Pick<Shell, 'openLab'>,
  use: (services: Services) => Promise<T>,
  { takesUp, left }: LabUse = {},
): Promise<T> {
  const lab = await shell.openLab(takesUp);
  const interrupted = new Promise<never>((_resolve, reject) => {
    // It stays: a second Ctrl-C must not end us halfway.
    for (const signal of signals) process.on(signal, () => reject(new InterruptedError(signal, left)));
  });
  const result = use(lab.services);
  try {
    return await Promise.race([result, interrupted]);
  } finally {
    result.catch(() => undefined); // of no interest once it was interrupted
    await lab.close();
  }
}
