import { addAbortListener } from 'node:events';
import { StopFlag } from '../compute/stop-flag.js';
import type { SimulationDone } from '../compute/simulation-task.js';
import type { JobDocument, RecordingDocument, RunDocument, VerificationDocument } from '../domain/documents.js';
import { documentVersion } from '../domain/documents.js';
import { badUserInput, notFound } from '../domain/errors.js';
import type { ParameterValues } from '../domain/identity.js';
import { idOf, requireId } from '../domain/ids.js';
import { damageOf } from '../domain/run-damage.js';
import { differencesOf } from '../domain/run-difference.js';
import { WorkStoppedError } from '../jobs/work-signal.js';
import { failureOf } from './job-failure.js';
import type { JobContext, JobResult } from './job-runner.js';
import type { JobService } from './job-service.js';
import type { Lab } from './lab.js';
import { otherNumerics, requireModel } from './lab.js';
import { requireNumericsOfRun } from './numerics-of-run.js';
import { idsOfRecordings } from './recordings.js';
import type { AskOptions } from './respond-service.js';
import type { RunView, SimulateService } from './simulate-service.js';

/** The kind of the jobs that run a stored run again. */
export const verificationJob = 'verification';

/** A run that is run again, as far as that is. */
export interface VerifiedRun {
  readonly run: RunView;
  /** Null while it is on its way. */
  readonly verification: VerificationDocument | null;
  readonly job: JobDocument;
}

/** A run as it is stored. */
interface StoredRun {
  readonly run: RunDocument;
  readonly values: ParameterValues;
  /** In what it is not what its id was made of: then nobody can say what to run again. */
  readonly damage: readonly string[];
}

/** Runs stored runs again, and says whether every bit is the same, and whether the document is whole. */
export class VerificationService {
  constructor(
    private readonly lab: Lab,
    private readonly jobs: JobService,
    private readonly simulate: SimulateService,
  ) {}

  /**
   * Runs a stored run again, and what is recorded of it; whoever asks while that is under way joins it. Of a document
   * that is damaged it says in which field, and runs nothing.
   * @throws CortigraphError BAD_USER_INPUT, NOT_FOUND; UNAVAILABLE for a run of other numerics than are computed here,
   * with the version that made it; what its job failed with
   */
  async verify(id: string, { waitMs, mayCompute, begun }: AskOptions): Promise<VerifiedRun> {
    const { run, damage } = await this.storedRun(id);
    if (damage.length === 0) await requireNumericsOfRun(this.lab, { ...run, id });
    if (!mayCompute)
      throw badUserInput('A run is run again for this, and nothing is computed over HTTP GET: use POST.');
    const submitted = await this.jobs.submit({
      kind: verificationJob,
      key: `${verificationJob} ${id}`,
      payload: { runId: id },
    });
    begun?.(submitted._id);
    const job = await this.jobs.wait(submitted._id, waitMs);
    const failure = failureOf(job);
    if (failure) throw failure;
    const verification = job.result === null ? null : await this.get(job.result);
    return { run: this.simulate.viewOf(run), verification, job };
  }

  /** The verifications of each of these runs, the first one first. */
  of(runIds: readonly string[]): Promise<readonly VerificationDocument[]> {
    return this.lab.collections.verifications
      .find({ runId: { $in: runIds } }, { sort: { runId: 1, finishedAt: 1, _id: 1 } })
      .toArray();
  }

  /** @throws CortigraphError NOT_FOUND, BAD_USER_INPUT */
  async get(id: string): Promise<VerificationDocument> {
    requireId(id, 'Verification');
    const found = await this.lab.collections.verifications.findOne({ _id: id });
    if (!found) throw notFound(`verification ${id}`);
    return found;
  }

  /** The handler of the jobs that run a stored run again. */
  handler(): (context: JobContext) => Promise<JobResult> {
    return async ({ job, signal, progress }) => {
      const { runId } = job.payload as { readonly runId: string }; // written by verify
      const { run, values, damage } = await this.storedRun(runId);
      if (damage.length > 0) {
        const found = damage.map((each) => `the document is damaged: ${each}; nothing was run`);
        return this.concluded(this.document(run, { kernelDigest: null, startedAt: this.now() }, [], found), 0);
      }
      await requireNumericsOfRun(this.lab, { ...run, id: runId });
      const recordings = await this.comparableRecordings(run);
      const begun = (): void => progress({ total: 1, done: 0, failed: 0, running: 1 });
      const { reply, startedAt } = await this.again(run, values, recordings, signal, begun);
      progress({ total: 1, done: 1, failed: 0, running: 0 });
      const differences = [...differencesOf(run, reply), ...changedRecordings(recordings, reply)];
      const { kernelDigest } = reply;
      return this.concluded(this.document(run, { kernelDigest, startedAt }, recordings, differences), 1);
    };
  }

  private concluded(verification: VerificationDocument, computedRuns: number): JobResult {
    const { _id: result, runId, differences } = verification;
    if (differences.length > 0) this.lab.log.error({ runId, differences }, 'a stored run came out otherwise');
    const store = (): Promise<unknown> => this.lab.collections.verifications.insertOne(verification);
    return { result, writes: [store], computedRuns, reusedRuns: 0 };
  }

  private async again(
    { _id, model, numericsDigest, protocol }: RunDocument,
    values: ParameterValues,
    recordings: readonly RecordingDocument[],
    signal: AbortSignal,
    begun: () => void,
  ): Promise<{ readonly reply: SimulationDone; readonly startedAt: string }> {
    const stop = new StopFlag();
    let startedAt = this.now();
    const begin = async (): Promise<boolean> => {
      startedAt = this.now();
      begun();
      return true;
    };
    const listener = addAbortListener(signal, () => stop.raise());
    try {
      const reply = await this.lab.simulations.simulate(
        { model, numericsDigest, values, protocol },
        {
          id: `${verificationJob} ${_id}`,
          priority: 0,
          stop,
          begin,
          recordings: () => recordings.map(({ kind }) => kind),
        },
      );
      if (reply.kind === 'done') return { reply, startedAt };
      if (reply.kind === 'stopped') throw new WorkStoppedError('cancelled');
      throw otherNumerics({ model, numericsDigest }, reply.numericsDigest);
    } finally {
      listener[Symbol.dispose]();
    }
  }

  private document(
    { _id: runId, model, numericsDigest }: RunDocument,
    done: Pick<VerificationDocument, 'kernelDigest' | 'startedAt'>,
    recordings: readonly RecordingDocument[],
    differences: readonly string[],
  ): VerificationDocument {
    const finishedAt = this.now();
    return {
      _id: idOf('Verification', this.lab.randomHex()),
      schemaVersion: documentVersion,
      createdAt: finishedAt,
      ...this.lab.attribution,
      runId,
      model,
      numericsDigest,
      ...done,
      finishedAt,
      differences,
      recordings: recordings.map(({ kind }) => kind),
    };
  }

  /** Those that today's code records: what older code recorded need not come out the same. */
  private async comparableRecordings({ _id, model }: RunDocument): Promise<readonly RecordingDocument[]> {
    const definition = requireModel(this.lab, model);
    const kinds = definition.recordings.map(({ kind }) => kind);
    if (kinds.length === 0) return [];
    const ids = idsOfRecordings(definition, _id, kinds);
    return this.lab.collections.recordings.find({ _id: { $in: ids } }).toArray();
  }

  private async storedRun(id: string): Promise<StoredRun> {
    requireId(id, 'SimulationRun');
    const run = await this.lab.collections.runs.findOne({ _id: id });
    if (!run) throw notFound(`stored simulation run ${id}`);
    const parameterSet = await this.lab.collections.parameterSets.findOne({ _id: run.parameterSetId });
    if (!parameterSet) throw notFound(`parameter set ${run.parameterSetId}, which ${id} names`);
    const { values } = parameterSet;
    return { run, values, damage: damageOf(run, values) };
  }

  private now(): string {
    return this.lab.clock.now().toISOString();
  }
}

/** The recordings whose bytes came out otherwise, in words. */
const changedRecordings = (stored: readonly RecordingDocument[], { recorded }: SimulationDone): readonly string[] =>
  stored.flatMap(({ kind, blob: { digest } }) => {
    const now = recorded.find((each) => each.kind === kind)?.digest;
    return now === digest ? [] : [`${kind}: ${digest} is stored, now it is ${now}`];
  });
