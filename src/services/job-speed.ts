import type { JobDocument } from '../domain/documents.js';

/** How fast a job is. */
export interface JobSpeed {
  /** Since the work on it began that goes on now; null before the first run of that is done. */
  readonly runsPerSecond: number | null;
  /** At that speed; null when it cannot be told, or when the job did not come to its end. */
  readonly secondsLeft: number | null;
}

/** The speed of a job by its latest progress. */
export function speedOf({ active, status, progress, createdAt }: JobDocument): JobSpeed {
  const { at, done } = progress.since ?? { at: createdAt, done: 0 };
  const seconds = (Date.parse(progress.at) - Date.parse(at)) / 1000;
  const doneSince = progress.done - done;
  const runsPerSecond = doneSince > 0 && seconds > 0 ? doneSince / seconds : null;
  const left = Math.max(progress.total - progress.done - progress.failed, 0);
  const whileActive = runsPerSecond === null ? null : left / runsPerSecond;
  return { runsPerSecond, secondsLeft: active ? whileActive : status === 'COMPLETED' ? 0 : null };
}
