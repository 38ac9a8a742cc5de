import type { ClaimDocument, InvalidationDocument, JobDocument, RunDocument } from '../domain/documents.js';
import { CortigraphError, badUserInput, notFound } from '../domain/errors.js';
import type { Estimate } from '../domain/estimate.js';
import { derivedNoiseSeed, invalidationId, parameterSetIdentity, runIdentity } from '../domain/identity.js';
import { requireId } from '../domain/ids.js';
import { completed } from '../domain/model-definition.js';
import { canonicalValues } from '../domain/parameter-values.js';
import type { GivenProtocol, Protocol } from '../domain/protocol.js';
import { completeProtocol } from '../domain/protocol.js';
import { requestedRecordings } from '../domain/requested-recordings.js';
import { estimateOutputs, raisedFlags } from '../statistics/estimator.js';
import type { WantedRun } from './claims.js';
import { closedKey } from './closed-keys.js';
import { failureOf } from './job-failure.js';
import type { JobContext, JobResult } from './job-runner.js';
import type { JobService } from './job-service.js';
import type { Lab } from './lab.js';
import { requireModel, requireNumerics } from './lab.js';
import { requireModelOfRun, requireNumericsOfRun } from './numerics-of-run.js';
import type { ParameterSetService } from './parameter-set-service.js';
import { idsOfRecordings } from './recordings.js';
import type { AskOptions } from './respond-service.js';
import type { RunState } from './run-ledger.js';
import { RunLedger } from './run-ledger.js';
import type { RunService } from './run-service.js';

/** The kind of the jobs that make one run and its recordings. */
export const simulationJob = 'simulation';

/** The key of the jobs that make one run: its id, and what they record of it. */
const keyOf = (runId: string, recordings: readonly string[]): string => [runId, ...recordings].join(' ');

/** Where a run stands. */
export const runStatuses = ['QUEUED', 'RUNNING', 'COMPLETED', 'ABORTED', 'FAILED'] as const;

/** A name of {@link runStatuses}. */
export type RunStatus = (typeof runStatuses)[number];

/** A run as it can be seen: stored, or on its way. */
export interface RunView {
  readonly id: string;
  readonly digest: string;
  readonly status: RunStatus;
  readonly model: string;
  readonly numericsDigest: string;
  readonly parameterSetId: string;
  readonly protocol: Protocol;
  readonly createdAt: string;
  /** Null while the run is on its way. */
  readonly outcome: string | null;
  readonly estimates: readonly Estimate[];
  readonly flags: readonly string[];
  /** Why it failed. */
  readonly error: string | null;
}

/** One run, as a client asks for it. */
export interface SimulationRequest {
  readonly model: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly protocol?: GivenProtocol | null;
  /** Kinds of the model's recordings that the run is to have. */
  readonly recordings?: readonly string[] | null;
}

/** The payload of a job that makes one run; jobs from before there were recordings have none. */
type RunPayload = WantedRun & { readonly recordings?: readonly string[] };

/** Gives single runs by their exact protocol. */
export class SimulateService {
  private readonly ledger: RunLedger;

  constructor(
    private readonly lab: Lab,
    private readonly jobs: JobService,
    private readonly parameterSets: ParameterSetService,
  ) {
    this.ledger = new RunLedger(lab);
  }

  /**
   * The run of a parameter set and protocol, with the recordings that are asked for: from the store, or by simulating;
   * after `waitMs` as far as it is. A noise seed that is not given is that of the first replicate that was not
   * invalidated. A stored run that lacks a recording is run again for it; `created` is false then.
   * @throws CortigraphError BAD_USER_INPUT, TOO_COSTLY, CONFLICT when its job is cancelled or it was invalidated, or what
   * its job failed with
   */
  async simulate(
    request: SimulationRequest,
    { waitMs, mayCompute, begun }: AskOptions,
  ): Promise<{ readonly run: RunView; readonly job: JobDocument | null; readonly created: boolean }> {
    const { wanted, recordings, stored } = await this.firstValid(request);
    const { id, digest } = runIdentity(wanted);
    if (stored.run && stored.missing.length === 0) return { run: this.viewOf(stored.run), job: null, created: false };
    if (!mayCompute) {
      throw badUserInput('This has to be computed, and nothing is computed over HTTP GET: use POST.');
    }
    this.refuseTooCostly(wanted.protocol);
    const { model, numericsDigest, parameterSetId, values, protocol } = wanted;
    const payload = { model, numericsDigest, parameterSetId, values, protocol: { ...protocol }, recordings };
    const submitted = await this.jobs.submit({
      kind: simulationJob,
      key: keyOf(id, recordings),
      payload,
      restsOn: [this.parameterSets.storing(model, values)],
    });
    begun?.(submitted._id);
    const job = await this.jobs.wait(submitted._id, waitMs);
    const failure = failureOf(job);
    if (failure && job.status === 'FAILED') throw failure;
    const { run, missing } = await this.ledger.find(id, model, recordings);
    const invalidation = await this.invalidationOf(id, model, recordings, { run, missing }); // meanwhile
    if (invalidation) throw closedKey(invalidation);
    const isThere = run !== null && missing.length === 0;
    if (failure && !isThere) throw failure;
    if (run) return { run: this.viewOf(run), job, created: job.computedRuns > 0 };
    const claim = await this.lab.collections.claims.findOne({ _id: id });
    const isHeld = claim?.state === 'RUNNING'; // by whichever job, here or elsewhere
    return { run: isHeld ? claimed(claim) : this.unfinished(id, digest, job, wanted), job, created: true };
  }

  /**
   * The run of an id with recordings that it may not have yet, as {@link simulate} gives it.
   * @throws CortigraphError NOT_FOUND; UNAVAILABLE for a run of other numerics than are computed here, with the version
   * that made it
   */
  async record(
    id: string,
    recordings: readonly string[],
    options: AskOptions,
  ): ReturnType<SimulateService['simulate']> {
    const run = await this.get(id);
    const { model, protocol, parameterSetId } = run;
    const definition = requireModel(this.lab, model);
    const kinds = requestedRecordings(definition, recordings, protocol.durationMs);
    const isStored = run.outcome !== null && (await this.ledger.find(id, model, kinds)).missing.length === 0;
    if (isStored) return { run, job: null, created: false };
    const parameterSet = await this.lab.collections.parameterSets.findOne({ _id: parameterSetId });
    if (!parameterSet) throw notFound(`parameter set ${parameterSetId}`);
    await requireNumericsOfRun(this.lab, run);
    return this.simulate({ model, parameters: parameterSet.values, protocol, recordings: kinds }, options);
  }

  /**
   * A run by its id, stored or on its way.
   * @throws CortigraphError NOT_FOUND, BAD_USER_INPUT
   */
  async get(id: string): Promise<RunView> {
    requireId(id, 'SimulationRun');
    const [stored, claim, job] = await Promise.all([
      this.lab.collections.runs.findOne({ _id: id }),
      this.lab.collections.claims.findOne({ _id: id }),
      this.jobs.underWayAbout(id),
    ]);
    if (stored) return this.viewOf(stored);
    if (claim?.state === 'RUNNING') return claimed(claim);
    if (job) {
      const wanted = job.payload as unknown as WantedRun; // written by simulate
      return this.unfinished(id, runIdentity(wanted).digest, job, wanted);
    }
    if (claim) return claimed(claim);
    const storedMeanwhile = await this.lab.collections.runs.findOne({ _id: id });
    if (storedMeanwhile) return this.viewOf(storedMeanwhile);
    throw notFound(`simulation run ${id}`);
  }

  /** A stored run as it can be seen, with estimates from its own sums. */
  viewOf(run: RunDocument): RunView {
    const isCompleted = run.outcome === completed;
    const model = requireModelOfRun(this.lab, { ...run, id: run._id });
    const estimates = isCompleted ? estimateOutputs(model, [{ ...run, id: run._id }], 'FIXED_NETWORK') : [];
    return {
      id: run._id,
      digest: run.digest,
      status: isCompleted ? 'COMPLETED' : 'ABORTED',
      model: run.model,
      numericsDigest: run.numericsDigest,
      parameterSetId: run.parameterSetId,
      protocol: run.protocol,
      createdAt: run.createdAt,
      outcome: run.outcome,
      estimates,
      flags: raisedFlags(model, estimates),
      error: null,
    };
  }

  /** The handler of the jobs that make one run and its recordings. */
  handler(runs: RunService): (context: JobContext) => Promise<JobResult> {
    return async ({ job, signal, progress }) => {
      const { recordings = [], ...wanted } = job.payload as unknown as RunPayload; // written by simulate
      await requireNumerics(this.lab, wanted.model, wanted.numericsDigest);
      const begun = (): void => progress({ total: 1, done: 0, failed: 0, running: 1 });
      const { run, computed } = await runs.obtain(wanted, { signal, priority: 0, recordings, begun });
      progress({ total: 1, done: 1, failed: 0, running: 0 });
      return { result: run._id, computedRuns: computed ? 1 : 0, reusedRuns: computed ? 0 : 1 };
    };
  }

  /**
   * What is wanted, and what is stored of it. Where the noise seed is derived, the first replicate that was not
   * invalidated is.
   */
  private async firstValid(request: SimulationRequest) {
    for (let replicate = 1; ; replicate += 1) {
      const { wanted, isDerived } = await this.wanted(request, replicate);
      const recordings = this.recordingsOf(request, wanted);
      const { id } = runIdentity(wanted);
      const stored = await this.ledger.find(id, wanted.model, recordings);
      const invalidation = await this.invalidationOf(id, wanted.model, recordings, stored);
      if (!invalidation) return { wanted, recordings, stored };
      if (!isDerived || invalidation.target !== id) throw closedKey(invalidation);
    }
  }

  /** What is stored may have been invalidated; what is not cannot. */
  private async invalidationOf(
    runId: string,
    model: string,
    recordings: readonly string[],
    { run }: RunState,
  ): Promise<InvalidationDocument | undefined> {
    if (!run) return undefined;
    const ids = idsOfRecordings(requireModel(this.lab, model), runId, recordings);
    const [invalidation] = await this.lab.collections.invalidations
      .find({ _id: { $in: [runId, ...ids].map(invalidationId) } }, { limit: 1 })
      .toArray();
    return invalidation;
  }

  private recordingsOf({ recordings }: SimulationRequest, { model, protocol }: WantedRun): readonly string[] {
    return requestedRecordings(requireModel(this.lab, model), recordings ?? [], protocol.durationMs);
  }

  private async wanted(
    { model: name, parameters, protocol: given }: SimulationRequest,
    replicate: number,
  ): Promise<{ readonly wanted: WantedRun; readonly isDerived: boolean }> {
    const model = requireModel(this.lab, name);
    const values = canonicalValues(model, parameters);
    const asked = completeProtocol(model.name, model.protocol, given ?? {});
    const derives = model.protocol.noiseSeed !== undefined && asked.noiseSeed === null;
    const protocol = derives ? { ...asked, noiseSeed: derivedNoiseSeed(model.name, values, asked, replicate) } : asked;
    const { numericsDigest } = await this.lab.simulations.numericsOf(model.name);
    const { id: parameterSetId } = parameterSetIdentity(name, values);
    const wanted = { model: model.name, numericsDigest, values, protocol, parameterSetId };
    return { wanted, isDerived: derives };
  }

  private refuseTooCostly({ warmupMs, durationMs }: Protocol): void {
    const seconds = ((warmupMs ?? 0) + (durationMs ?? 0)) / 1000;
    const limit = this.lab.settings.maxResponseSeconds;
    if (seconds <= limit) return;
    throw new CortigraphError(
      'TOO_COSTLY',
      `A run of ${seconds} biological seconds, its warm-up counted, is more than the ${limit} allowed.`,
      {
        cost: { biologicalSeconds: seconds, runs: 1 },
        limit: { biologicalSeconds: limit },
      },
    );
  }

  private unfinished(id: string, digest: string, job: JobDocument, wanted: WantedRun): RunView {
    return {
      ...onItsWay,
      id,
      digest,
      status: job.progress.running > 0 ? 'RUNNING' : 'QUEUED',
      model: wanted.model,
      numericsDigest: wanted.numericsDigest,
      parameterSetId: wanted.parameterSetId,
      protocol: wanted.protocol,
      createdAt: job.createdAt,
    };
  }
}

const onItsWay = { outcome: null, estimates: [], flags: [], error: null } as const;

function claimed(claim: ClaimDocument): RunView {
  const { _id, state, model, numericsDigest, parameterSetId, protocol, createdAt, error } = claim;
  const known = { model, numericsDigest, parameterSetId, protocol, createdAt, error };
  return { ...onItsWay, ...known, id: _id, digest: claim.digest, status: state };
}
