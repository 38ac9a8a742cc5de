import type { ExperimentDocument, JobDocument } from '../domain/documents.js';
import { CortigraphError } from '../domain/errors.js';
import { kindOfId } from '../domain/ids.js';
import { quoted } from '../domain/nearest.js';
import type { ExperimentCounts } from '../services/chunk-ledger.js';
import type { ExperimentRequest } from '../services/experiment.js';
import { designOf } from '../services/experiment.js';
import { experimentProgress, statusWithoutJob } from '../services/experiment-progress.js';
import type { ExtensionRequest } from '../services/experiment-service.js';
import { maxPageSize } from '../services/pages.js';
import type { Services } from '../services/services.js';
import { exitCodes } from './exit.js';
import type { Asked } from './progress-line.js';
import { shownSpeed } from './progress-line.js';
import type { Report } from './report.js';
import { alignedTable } from './text-table.js';

/** What people can ask of the work on an experiment, as {@link Services.jobs} does it. */
export type JobVerb = 'pause' | 'resume' | 'retry' | 'cancel';

/** An experiment as commands show it. */
interface Standing {
  readonly experiment: ExperimentDocument;
  readonly job: JobDocument | null;
  readonly counts: Pick<ExperimentCounts, 'done' | 'failed' | 'outcomes' | 'open'>;
}

/**
 * An experiment by its name, or its id.
 * @throws CortigraphError NOT_FOUND
 */
export function experimentOf({ experiments }: Services, given: string): Promise<ExperimentDocument> {
  return kindOfId(given) === 'Experiment' ? experiments.get(given) : experiments.named(given);
}

/** `experiment create`: stores it, and leaves the work to others. */
export async function createExperiment(services: Services, request: ExperimentRequest): Promise<Report> {
  const { experiment, created } = await services.experiments.create(request);
  const standing = await standingOf(services, experiment);
  const how = created ? 'It is stored.' : 'It was stored before.';
  return {
    json: { ...jsonOf(standing), created },
    text: `${textOf(standing)}${how} How far it is says: cortigraph experiment status ${word(experiment.name)}\n`,
  };
}

/** `experiment run`: works on it, or waits for who does, until it ends or is paused. */
export async function runExperiment(
  services: Services,
  { begun, waitMs }: Asked,
  experiment: ExperimentDocument,
): Promise<Report> {
  const { experiments, jobs } = services;
  let job: JobDocument | undefined;
  for (;;) {
    const next = await experiments.join(experiment);
    if (next._id === job?._id) break;
    job = next; // where it grew meanwhile, another than before
    begun?.(job._id);
    await jobs.wait(job._id, waitMs);
  }
  const standing = await standingOf(services, await experiments.get(experiment._id));
  return { ...reportOf(standing), exitCode: exitCodeOf(standing) };
}

/** `experiment status` of one. */
export async function experimentStatus(services: Services, name: string): Promise<Report> {
  return reportOf(await standingOf(services, await experimentOf(services, name)));
}

/** `experiment status` of all, the newest first. */
export async function experimentList(services: Services): Promise<Report> {
  const list = services.lists.experiments({}, 'CREATED_AT_DESC');
  const [{ items }, total] = await Promise.all([list.page({ first: maxPageSize }), list.total()]);
  const standings = await Promise.all(items.map(({ document }) => standingOf(services, document)));
  const rows = standings.map((standing) => {
    const { name, model, status, progress, createdAt, id } = jsonOf(standing);
    const { done, failed, total: all } = progress;
    return [name, status, ...[done, failed, all].map(String), model, createdAt, id];
  });
  const older = total > items.length ? `\nand ${total - items.length} older ones\n` : '';
  const head = ['name', 'status', 'done', 'failed', 'of runs', 'model', 'made at', 'id'];
  const sides = ['left', 'left', 'right', 'right', 'right'] as const;
  return {
    json: { experiments: standings.map(jsonOf), total },
    text: total === 0 ? 'There are no experiments.\n' : `${alignedTable(head, rows, sides)}${older}`,
  };
}

/**
 * Pauses, resumes, retries or cancels the work on an experiment; a server, or `run`, goes on with it.
 * @throws CortigraphError NOT_FOUND; CONFLICT where there is nothing to retry
 */
export async function changeExperiment(services: Services, name: string, verb: JobVerb): Promise<Report> {
  const experiment = await experimentOf(services, name);
  const job = await services.experiments.jobOf(experiment._id);
  if (!job) {
    const { name: found } = experiment;
    throw new CortigraphError(
      'NOT_FOUND',
      `There is no work on ${quoted(found)}. Begin it: cortigraph experiment run ${word(found)}`,
    );
  }
  await services.jobs[verb](job._id);
  return reportOf(await standingOf(services, experiment));
}

/** @throws CortigraphError NOT_FOUND; BAD_USER_INPUT for a smaller one, or a design that cannot grow; TOO_COSTLY */
export async function extendExperiment(
  services: Services,
  name: string,
  targets: Omit<ExtensionRequest, 'id'>,
): Promise<Report> {
  const { _id: id } = await experimentOf(services, name);
  const { experiment } = await services.experiments.extend({ id, ...targets });
  return reportOf(await standingOf(services, experiment));
}

/** How an experiment stands, in a line. */
export async function standingLine(services: Services, experiment: ExperimentDocument): Promise<string> {
  return lineOf(await standingOf(services, experiment));
}

async function standingOf({ experiments }: Services, experiment: ExperimentDocument): Promise<Standing> {
  const job = await experiments.jobOf(experiment._id);
  const [counts] = await experiments.counts([experiment._id]); // behind it: of a job that has ended, all
  return { experiment, job, counts: counts ?? { done: 0, failed: 0, outcomes: [], open: 0 } };
}

function jsonOf({ experiment, job, counts }: Standing) {
  const { _id: id, name, model, size, replicates, createdAt } = experiment;
  const { total, done, failed, running, runsPerSecond, secondsLeft } = experimentProgress(experiment, job, counts);
  return {
    ...{ id, name, model, design: designOf(experiment).design.kind, size, replicates, createdAt },
    status: job?.status ?? statusWithoutJob(counts),
    progress: { total, done, failed, running, runsPerSecond, secondsLeft },
    outcomes: counts.outcomes,
    error: job?.error ?? null,
    job: job?._id ?? null,
  };
}

const reportOf = (standing: Standing): Report => ({ json: jsonOf(standing), text: textOf(standing) });

function lineOf(standing: Standing): string {
  const { name, id, status, progress } = jsonOf(standing);
  const { done, failed, total } = progress;
  const speed = standing.job?.status === 'RUNNING' ? shownSpeed(progress) : '';
  return `${name}  ${id}  ${status}: ${done} of ${total} runs done, ${failed} failed${speed}\n`;
}

function textOf(standing: Standing): string {
  const { model, design, size, replicates, outcomes, error } = jsonOf(standing);
  const ended = outcomes.map(({ outcome, count }) => `${count} ${outcome}`).join(', ');
  return [
    lineOf(standing),
    `${design} of ${model}: ${counted(size, 'point')} by ${counted(replicates, 'replicate')}\n`,
    ended === '' ? '' : `outcomes: ${ended}\n`,
    error === null ? '' : `${error.code}: ${error.message}\n`,
    adviceOn(standing),
  ].join('');
}

/** What to do where nothing goes on by itself. */
function adviceOn({ experiment, job, counts }: Standing): string {
  const name = word(experiment.name);
  if (job === null && statusWithoutJob(counts) === 'COMPLETED') return '';
  if (job?.status === 'PAUSED') return `It waits for: cortigraph experiment resume ${name}\n`;
  if (job?.active !== false) {
    if (job === null) return `Nobody works on it. Begin: cortigraph experiment run ${name}\n`;
    if (job.holder !== null) return '';
    return `It waits for a server on the same store, which takes it up within seconds, or for: cortigraph experiment run ${name}\n`;
  }
  if (job.status === 'COMPLETED' && counts.failed === 0) return '';
  return `What is missing is done again by: cortigraph experiment retry ${name}\n`;
}

/** How `run` ends: 3 where runs failed, 4 where it is paused. */
function exitCodeOf({ job, counts }: Standing): number {
  const { done, failed, incomplete, unfinished } = exitCodes;
  if (!job || job.active) return unfinished;
  if (job.status !== 'COMPLETED') return failed;
  return counts.failed > 0 ? incomplete : done;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** A name as one word of a shell. */
const word = (name: string): string => (/^[\w.+-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`);
