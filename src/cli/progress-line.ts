import type { JobDocument } from '../domain/documents.js';
import type { JobService } from '../services/job-service.js';
import type { JobSpeed } from '../services/job-speed.js';
import { speedOf } from '../services/job-speed.js';
import type { AskOptions } from '../services/respond-service.js';
import type { Output } from './shell.js';

/** How a command asks a service: it waits to the end, and shows how far the work is. */
export type Asked = AskOptions;

/** What takes no longer shows no progress. */
const PATIENCE_MS = 2000;
const PERIOD_MS = 500;

/** How long the bar is, in characters. */
const BAR = 10;

/** Longer than anybody waits, and what a timer takes at most. */
const FOREVER_MS = 2 ** 31 - 1;

/** Shows the progress of the jobs that a command waits for, on a terminal only: one line, which is gone at the end. */
export function withProgress<T>(
  jobs: Pick<JobService, 'get'>,
  output: Output,
  use: (asked: Asked) => Promise<T>,
): Promise<T> {
  let jobId: string | undefined;
  const look = async (): Promise<string | undefined> => {
    if (jobId === undefined) return undefined;
    const job = await jobs.get(jobId).catch(() => undefined); // the answer itself tells of errors
    return job && progressLine(job);
  };
  return withProgressLine(output, look, () =>
    use({ waitMs: FOREVER_MS, mayCompute: true, begun: (id) => (jobId = id) }),
  );
}

/**
 * Shows how far some work is, on a terminal only: one line, which is gone at the end.
 * @param look gives the line; undefined while there is nothing to tell
 */
export async function withProgressLine<T>(
  output: Output,
  look: () => Promise<string | undefined>,
  use: () => Promise<T>,
): Promise<T> {
  let shown = false;
  let looking = false;
  let ended = false;
  const show = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    const line = await look();
    looking = false;
    if (line === undefined || ended) return;
    shown = true;
    // A terminal that does not know its width says 0.
    output.write(`\r${line.slice(0, (output.columns || 80) - 1)}\x1b[K`);
  };
  let timer: NodeJS.Timeout | undefined;
  if (output.isTTY) {
    timer = setTimeout(() => {
      void show();
      timer = setInterval(() => void show(), PERIOD_MS);
    }, PATIENCE_MS);
  }
  try {
    return await use();
  } finally {
    ended = true;
    clearTimeout(timer); // of either kind
    if (shown) output.write('\r\x1b[K');
  }
}

/** How far a job is, in a line. */
export function progressLine(job: JobDocument): string {
  const { total, done, running, failed } = job.progress;
  return `${barOf(done + failed, total)}${done} of ${Math.max(total, 1)} runs done, ${running} running, ${failed} failed${shownSpeed(speedOf(job))}`;
}

/** The time left and the speed of work as the rest of a sentence; empty where they cannot be told. */
export function shownSpeed({ runsPerSecond, secondsLeft }: JobSpeed): string {
  const left = secondsLeft === null ? '' : `, ${shownTime(secondsLeft)} left`;
  return runsPerSecond === null ? left : `${left}, ${Number(runsPerSecond.toPrecision(3))} runs/s`;
}

/** Of many runs: how much of them is over. */
function barOf(over: number, total: number): string {
  if (total < 2) return '';
  return `[${'='.repeat(Math.floor(Math.min(over / total, 1) * BAR)).padEnd(BAR)}] `;
}

function shownTime(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
