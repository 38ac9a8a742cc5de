import type { Design } from '../design/design.js';
import { sizeOf } from '../design/design.js';
import { readDesign, requireExtension } from '../design/read-design.js';
import type { ExperimentDocument, JobDocument } from '../domain/documents.js';
import { documentVersion } from '../domain/documents.js';
import type { CortigraphError } from '../domain/errors.js';
import { badUserInput, notFound } from '../domain/errors.js';
import type { Identity } from '../domain/identity.js';
import { requireId } from '../domain/ids.js';
import type { JsonObject } from '../domain/json.js';
import { quoted } from '../domain/nearest.js';
import { isDuplicateKey } from '../store/store-errors.js';
import type { AnnotationService } from './annotation-service.js';
import type { ChunkLedger, ExperimentCounts } from './chunk-ledger.js';
import { otherOfThatName } from './experiment-conflict.js';
import type { ExperimentRequest, Plan } from './experiment.js';
import { designOf, experimentRefusal, identityOfPlan, mostPoints, readPlan, readReplicates } from './experiment.js';
import type { ExperimentWork } from './experiment-work.js';
import type { JobHandler } from './job-runner.js';
import type { JobService } from './job-service.js';
import type { Lab } from './lab.js';
import { requireModel } from './lab.js';

/** The kind of the jobs that see experiments to their end. Their key is the experiment's id. */
export const experimentJob = 'experiment';

/** How an experiment is to grow. */
export interface ExtensionRequest {
  readonly id: string;
  readonly targetSize?: number | null;
  readonly targetReplicates?: number | null;
  /** Of a list: all its points, those that there are first. */
  readonly points?: readonly Readonly<Record<string, unknown>>[] | null;
}

/** What its chunks follow from. */
type Grown = Pick<ExperimentDocument, '_id' | 'name' | 'extents'>;

/** An experiment and its latest job. */
export interface ExperimentView {
  readonly experiment: ExperimentDocument;
  readonly job: JobDocument | null;
}

/** Named designs that are run in the background, however long that takes. */
export class ExperimentService {
  constructor(
    private readonly lab: Lab,
    private readonly jobs: JobService,
    private readonly ledger: ChunkLedger,
    private readonly work: ExperimentWork,
    private readonly annotations: Pick<AnnotationService, 'annotate'>,
  ) {}

  /**
   * Stores an experiment with its chunks and begins it; the same request again gives the same one.
   * @throws CortigraphError BAD_USER_INPUT, TOO_COSTLY, CONFLICT with the differences when another has its name
   */
  async create(request: ExperimentRequest): Promise<ExperimentView & { readonly created: boolean }> {
    const plan = readPlan(this.lab, request);
    const identity = identityOfPlan(plan);
    const { experiment, created } = await this.insert(plan, identity);
    if (experiment._id !== identity.id) throw otherOfThatName(experiment, plan);
    const tags = request.tags ?? [];
    if (tags.length > 0) await this.annotations.annotate(experiment._id, { tags });
    const job = (await this.jobs.latestOf(experiment._id)) ?? (await this.submit(experiment));
    return { experiment, job, created };
  }

  /**
   * Lets an experiment grow: its points are the first ones of the larger one, its replicates too. Where it is as large
   * already nothing changes.
   * @throws CortigraphError NOT_FOUND; BAD_USER_INPUT for a smaller one, or a design that cannot grow; TOO_COSTLY
   */
  async extend({ id, targetSize, targetReplicates, points }: ExtensionRequest): Promise<ExperimentView> {
    for (;;) {
      const experiment = await this.get(id);
      const { size: sizeBefore, replicates: replicatesBefore } = experiment;
      const model = requireModel(this.lab, experiment.model);
      const replicates = readReplicates(model, targetReplicates ?? replicatesBefore);
      if (replicates < replicatesBefore) throw smaller('replicates', replicatesBefore, replicates);
      const asked = { size: targetSize ?? points?.length ?? sizeBefore, replicates };
      const refusal = experimentRefusal(this.lab.settings.maxExperimentRuns, experiment.protocol, asked);
      if (refusal) throw refusal;
      const design = this.grown(experiment, targetSize ?? null, points ?? null);
      const size = sizeOf(design, designOf(experiment).space);
      if (size === sizeBefore && replicates === replicatesBefore) {
        return { experiment, job: (await this.finishGrowth(experiment)) ?? (await this.jobs.latestOf(id)) };
      }
      const grown = await this.lab.collections.experiments.findOneAndUpdate(
        { _id: id, size: sizeBefore, replicates: replicatesBefore },
        {
          $set: {
            size,
            replicates,
            design: design as unknown as JsonObject, // JSON throughout
            extents: [...experiment.extents, { size, replicates }],
          },
        },
        { returnDocument: 'after' },
      );
      if (!grown) continue; // somebody else let it grow meanwhile
      return { experiment: grown, job: await this.submit(grown) };
    }
  }

  /** @throws CortigraphError NOT_FOUND, BAD_USER_INPUT */
  async get(id: string): Promise<ExperimentDocument> {
    requireId(id, 'Experiment');
    const experiment = await this.lab.collections.experiments.findOne({ _id: id });
    if (!experiment) throw notFound(`experiment ${id}`);
    return experiment;
  }

  /** @throws CortigraphError NOT_FOUND */
  async named(name: string): Promise<ExperimentDocument> {
    const experiment = await this.lab.collections.experiments.findOne({ name: name.trim() });
    if (!experiment) throw notFound(`experiment ${quoted(name)}`);
    return experiment;
  }

  /**
   * The work on an experiment; of work that nobody does, this process takes it up, if it takes up what it is asked for.
   * Work that is paused, or at an end, stays as it is.
   */
  async join(experiment: ExperimentDocument): Promise<JobDocument> {
    const job = await this.jobs.latestOf(experiment._id);
    return job === null || job.active ? this.submit(experiment) : job;
  }

  /** The latest job of an experiment. */
  jobOf(experimentId: string): Promise<JobDocument | null> {
    return this.jobs.latestOf(experimentId);
  }

  /** What each of these experiments came to, by the counts of its chunks. */
  counts(experimentIds: readonly string[]): Promise<readonly ExperimentCounts[]> {
    return this.ledger.counts(experimentIds);
  }

  /** The handler of the jobs that see experiments to their end. */
  handler(): JobHandler {
    return (context) => {
      const { key, _id } = context.job;
      this.seeThrough(key, _id).catch((error: unknown) => {
        this.lab.log.warn({ err: error, experiment: key }, 'an experiment that grew may wait for the next start');
      });
      return this.work.finish(key, context);
    };
  }

  /** Makes ready to do the rows again that failed; whether there are any, or others that were not done. */
  async beforeRetry({ key }: JobDocument): Promise<boolean> {
    await this.ledger.ensure(await this.get(key));
    await this.ledger.reopenFailed(key);
    return this.ledger.isOpen(key);
  }

  /**
   * Begins to work on what is asked for.
   * @param takesUpLeft whether also on experiments that a crash left with chunks to do and no job
   */
  async start(takesUpLeft: boolean): Promise<void> {
    this.work.start();
    if (!takesUpLeft) return;
    const { experiments } = this.lab.collections;
    const projection = { name: 1, extents: 1 } as const;
    for (const experiment of await experiments.find<Grown>({}, { projection }).toArray()) {
      await this.finishGrowth(experiment);
    }
  }

  /** The job that does what a crash left without one: chunks that were to be stored, or that wait; null where there are none. */
  private async finishGrowth(experiment: Grown): Promise<JobDocument | null> {
    const job = await this.jobs.latestOf(experiment._id);
    if (job !== null && job.status !== 'COMPLETED') return null;
    await this.ledger.ensure(experiment);
    return (await this.ledger.isOpen(experiment._id)) ? this.submit(experiment) : null;
  }

  /** The experiment of this name: a new one with this plan, unless there is one. */
  private async insert(
    plan: Plan,
    { id, digest, preimage }: Identity,
  ): Promise<{ readonly experiment: ExperimentDocument; readonly created: boolean }> {
    const { experiments } = this.lab.collections;
    const known = await experiments.findOne({ name: plan.name });
    if (known) return { experiment: known, created: false };
    const { numericsDigest } = await this.lab.simulations.numericsOf(plan.model);
    const { name, model, space, design, protocol, replicates, commonRandomNumbers } = plan;
    const extent = { size: sizeOf(design, space), replicates };
    const { project, createdBy } = this.lab.attribution;
    const experiment: ExperimentDocument = {
      _id: id,
      schemaVersion: documentVersion,
      createdAt: this.lab.clock.now().toISOString(),
      digest,
      preimage,
      name,
      model,
      numericsDigest,
      space: space as unknown as JsonObject, // JSON throughout, as is the design
      design: design as unknown as JsonObject,
      protocol,
      commonRandomNumbers,
      ...extent,
      extents: [extent],
      project,
      createdBy,
    };
    try {
      await experiments.insertOne(experiment);
      return { experiment, created: true };
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return { experiment: await this.named(name), created: false };
    }
  }

  /** Stores the chunks that are not there, and the job that sees to them. */
  private async submit(experiment: Grown): Promise<JobDocument> {
    await this.ledger.ensure(experiment);
    const { _id: key, name } = experiment;
    return this.jobs.submit({ kind: experimentJob, key, payload: { name } });
  }

  /** A job that was about to end may have missed chunks that were added meanwhile: another does those. */
  private async seeThrough(experimentId: string, jobId: string): Promise<void> {
    const ended = await this.jobs.ended(jobId);
    if (ended?.status === 'COMPLETED' && (await this.ledger.isOpen(experimentId)))
      await this.submit(await this.get(experimentId));
  }

  /** The design that an extension asks for. */
  private grown(
    experiment: ExperimentDocument,
    targetSize: number | null,
    points: ExtensionRequest['points'] | null,
  ): Design {
    const { space, design } = designOf(experiment);
    if (targetSize === null && points === null) return design;
    const model = requireModel(this.lab, experiment.model);
    if (design.kind === 'GRID') {
      if (points === null && targetSize === experiment.size) return design;
      throw badUserInput('A grid does not grow: its points would lie elsewhere. Make another experiment.');
    }
    if (design.kind === 'LIST' && points === null) {
      if (targetSize === design.points.length) return design;
      throw badUserInput('A list grows by its points: give all of them, those that there are first.');
    }
    const asked =
      design.kind === 'SOBOL'
        ? { kind: design.kind, seed: design.seed, size: targetSize, points }
        : { kind: design.kind, points };
    const larger = readDesign(model, space, asked, mostPoints(design.kind));
    requireExtension(space, design, larger);
    const size = sizeOf(larger, space);
    if (targetSize !== null && size !== targetSize) {
      throw badUserInput(`targetSize is ${targetSize}, and ${size} points are given.`);
    }
    return larger;
  }
}

const smaller = (what: string, before: number, after: number): CortigraphError =>
  badUserInput(`An experiment only grows: it has ${before} ${what}, not ${after}.`, { allowed: { min: before } });
