import type { SimulationDone } from '../compute/simulation-task.js';
import type { ExecutionDocument, RunDocument } from '../domain/documents.js';
import { documentVersion } from '../domain/documents.js';
import { CortigraphError } from '../domain/errors.js';
import type { Identity } from '../domain/identity.js';
import { idOf } from '../domain/ids.js';
import type { RunFigures } from '../domain/run-difference.js';
import { differencesOf } from '../domain/run-difference.js';
import type { Write } from '../store/in-order.js';
import type { HeldClaim, WantedRun } from './claims.js';
import type { Lab } from './lab.js';
import { Recordings } from './recordings.js';

/** What is stored of a run, and which of the recordings that somebody wants are not. */
export interface RunState {
  readonly run: RunDocument | null;
  readonly missing: readonly string[];
}

/** A stored run, and whether it was stored only now; one that was run again to record it was not. */
export interface ObtainedRun {
  readonly run: RunDocument;
  readonly computed: boolean;
}

/** A run that a worker gave, under the claim that it was computed under. */
export interface SimulatedRun {
  readonly identity: Identity;
  readonly wanted: WantedRun;
  readonly claim: HeldClaim;
  readonly reply: SimulationDone;
}

/** How an execution ended. */
type End = Pick<ExecutionDocument, 'kernelDigest' | 'error'>;

/** The documents that simulations leave: executions, runs and recordings. */
export class RunLedger {
  private readonly recordings: Recordings;

  constructor(private readonly lab: Lab) {
    this.recordings = new Recordings(lab);
  }

  /** What is stored of a run, seen with the recordings of these kinds. */
  async find(runId: string, model: string, kinds: readonly string[]): Promise<RunState> {
    const run = await this.lab.collections.runs.findOne({ _id: runId });
    return { run, missing: run ? await this.recordings.missing(model, runId, kinds) : kinds };
  }

  /**
   * Stores what a worker gave, in the order in which one rests on the other: the tables, the execution, the run, what
   * was recorded of it; then ends the claim. A run that is stored already must have come out the same.
   * @throws CortigraphError INTERNAL when it did not; only a failed execution is stored then
   */
  async store(
    identity: Identity,
    wanted: WantedRun,
    claim: HeldClaim,
    reply: SimulationDone,
    endClaim: Write,
  ): Promise<ObtainedRun> {
    const { runs } = this.lab.collections;
    const { recorded, kernelDigest } = reply;
    const stored = recorded.length > 0 ? await runs.findOne({ _id: identity.id }) : null;
    if (stored) await this.requireTheSame(stored, wanted, claim, reply);
    const blobs = await this.recordings.storeTables(recorded);
    const execution = this.execution(identity.id, wanted, claim, { kernelDigest, error: null });
    const run = stored ?? runDocument(identity, wanted, reply, execution);
    let computed = false;
    const insertRun = async (): Promise<void> => {
      await runs.insertOne(run);
      computed = true;
    };
    await this.lab.inOrder(
      () => this.lab.collections.executions.insertOne(execution),
      ...(stored ? [] : [insertRun]),
      ...this.recordings.writes(run, execution, recorded, blobs),
      endClaim,
    );
    if (stored || computed) return { run, computed };
    // A stale holder was first: same key, same bits, but an execution of its own.
    return { run: (await runs.findOne({ _id: run._id })) ?? run, computed };
  }

  /**
   * Stores runs of first attempts at once, each after its execution, and behind them what rests on them.
   * @param behind writes that come when all are stored
   */
  async storeMany<S extends SimulatedRun>(
    all: readonly S[],
    behind: (stored: readonly { readonly simulated: S; readonly run: RunDocument }[]) => readonly Write[],
  ): Promise<void> {
    const { executions, runs } = this.lab.collections;
    const made = all.map((simulated) => {
      const { identity, wanted, claim, reply } = simulated;
      const execution = this.execution(identity.id, wanted, claim, { kernelDigest: reply.kernelDigest, error: null });
      return { simulated, execution, run: runDocument(identity, wanted, reply, execution) };
    });
    const insert =
      made.length === 0
        ? []
        : [
            () =>
              executions.insertMany(
                made.map(({ execution }) => execution),
                { ordered: false },
              ),
            // One that a stale holder stored first has the same key and the same bits.
            () =>
              runs.insertMany(
                made.map(({ run }) => run),
                { ordered: false },
              ),
          ];
    await this.lab.inOrder(...insert, ...behind(made));
  }

  /** Stores an attempt that failed, at its end. */
  async storeExecution(runId: string, wanted: WantedRun, claim: HeldClaim, end: End): Promise<void> {
    await this.lab.collections.executions.insertOne(this.execution(runId, wanted, claim, end));
  }

  private execution(
    runId: string,
    { model, numericsDigest, parameterSetId }: WantedRun,
    { attempt, startedAt }: HeldClaim,
    end: End,
  ): ExecutionDocument {
    const finishedAt = this.lab.clock.now().toISOString();
    return {
      _id: idOf('Execution', this.lab.randomHex()),
      schemaVersion: documentVersion,
      createdAt: finishedAt,
      ...this.lab.attribution,
      runId,
      parameterSetId,
      model,
      numericsDigest,
      attempt,
      startedAt,
      finishedAt,
      ...end,
    };
  }

  private async requireTheSame(
    stored: RunDocument,
    wanted: WantedRun,
    claim: HeldClaim,
    again: SimulationDone,
  ): Promise<void> {
    const [difference] = differencesOf(stored, again);
    if (difference === undefined) return;
    const run = stored._id;
    const message = `${run} was run again to record it and came out otherwise (${difference}). Nothing was recorded.`;
    this.lab.log.error({ runId: run, model: wanted.model, protocol: wanted.protocol, difference }, message);
    await this.storeExecution(run, wanted, claim, { kernelDigest: again.kernelDigest, error: message });
    throw new CortigraphError('INTERNAL', message, { run, difference });
  }
}

/** The run that an execution made. */
export const runDocument = (
  { id, digest, preimage }: Identity,
  { model, numericsDigest, parameterSetId, protocol }: WantedRun,
  { outcome, sums }: RunFigures,
  { _id: executionId, finishedAt }: Pick<ExecutionDocument, '_id' | 'finishedAt'>,
): RunDocument => ({
  _id: id,
  schemaVersion: documentVersion,
  createdAt: finishedAt,
  digest,
  preimage,
  model,
  numericsDigest,
  parameterSetId,
  protocol,
  outcome,
  sums,
  executionId,
});
