import type { ExperimentDocument, JobDocument } from '../domain/documents.js';
import type { JobStatus, Progress } from '../domain/job.js';
import type { ExperimentCounts } from './chunk-ledger.js';
import type { JobSpeed } from './job-speed.js';
import { speedOf } from './job-speed.js';

/** The status of an experiment that has no job, for it was loaded without: by its chunks. */
export const statusWithoutJob = ({
  done,
  failed,
  open,
}: Pick<ExperimentCounts, 'done' | 'failed' | 'open'>): JobStatus =>
  open === 0 && done + failed > 0 ? 'COMPLETED' : 'QUEUED';

/**
 * How far an experiment is, in runs: as its work says while that is under way, else by what is stored of its chunks. Those
 * tell it when they have been given back: until then what the work said last is more.
 * @param job its latest
 */
export function experimentProgress(
  experiment: ExperimentDocument,
  job: JobDocument | null,
  { done, failed }: Pick<ExperimentCounts, 'done' | 'failed'>,
): Progress & JobSpeed {
  const total = experiment.size * experiment.replicates;
  const speed = job && speedOf(job);
  // Work that was only just taken up has told nothing yet.
  if (speed && job.status === 'RUNNING' && job.progress.total === total && job.progress.done >= done) {
    return { ...job.progress, ...speed };
  }
  const at = job?.progress.at ?? experiment.createdAt;
  const isTold = job !== null && job.progress.done > done;
  const reached = isTold ? { done: job.progress.done, failed: job.progress.failed } : { done, failed };
  return { total, ...reached, running: 0, runsPerSecond: speed?.runsPerSecond ?? null, secondsLeft: null, at };
}
