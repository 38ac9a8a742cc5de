import type { ExperimentDocument, JobDocument } from '../domain/documents.js';
import type { Progress } from '../domain/job.js';
import type { ExperimentCounts } from './chunk-ledger.js';
import type { JobSpeed } from './job-speed.js';
import { speedOf } from './job-speed.js';

/**
 * How far an experiment is, in runs: as its work says while that is under way, else by what is stored of its chunks.
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
  return { total, done, failed, running: 0, runsPerSecond: speed?.runsPerSecond ?? null, secondsLeft: null, at };
}
