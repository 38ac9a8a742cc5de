import { addAbortListener } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { SimulationReply } from '../compute/simulation-task.js';
import { StopFlag } from '../compute/stop-flag.js';
import type { ExecutionDocument, RunDocument } from '../domain/documents.js';
import { documentVersion } from '../domain/documents.js';
import { CortigraphError } from '../domain/errors.js';
import type { Identity } from '../domain/identity.js';
import { runIdentity } from '../domain/identity.js';
import { idOf } from '../domain/ids.js';
import { WorkStoppedError } from '../jobs/work-signal.js';
import { isDuplicateKey } from '../store/store-errors.js';
import type { ClaimResult, Claims, HeldClaim, WantedRun } from './claims.js';
import type { Lab } from './lab.js';

/** A stored run, and whether it was computed for this request. */
export interface ObtainedRun {
  readonly run: RunDocument;
  readonly computed: boolean;
}

/** Who wants a run, and how much. */
export interface Want {
  /** Aborted when it is not wanted any more. */
  readonly signal: AbortSignal;
  /** Of the runs that wait for a worker, those of the highest priority go first. */
  readonly priority: number;
  /** Told when a worker begins. */
  readonly begun?: () => void;
}

interface Shared {
  readonly stop: StopFlag;
  readonly result: Promise<ObtainedRun>;
  wanters: number;
}

/** How often a process looks at a run that another one computes. */
const POLL_MS = 100;

/**
 * Gives runs: from the store, or by simulating. A run is computed once, however many ask for it at the same time, in
 * this process or another: what is being computed is held by a claim document under the run's id.
 */
export class RunService {
  private readonly inFlight = new Map<string, Shared>();

  constructor(
    private readonly lab: Lab,
    private readonly claims: Claims,
  ) {}

  /**
   * The run of a key. Rejects with a {@link WorkStoppedError} when the signal is aborted; the simulation stops when the
   * last who wanted it has gone.
   * @throws CortigraphError INTERNAL when the simulator failed, UNAVAILABLE when a worker has other numerics
   */
  async obtain(wanted: WantedRun, want: Want): Promise<ObtainedRun> {
    const identity = runIdentity(wanted);
    const stored = await this.lab.collections.runs.findOne({ _id: identity.id });
    if (stored) return { run: stored, computed: false };
    throwIfStopped(want.signal);
    let shared = this.inFlight.get(identity.id);
    if (!shared || shared.stop.raised) shared = this.begin(identity, wanted, want);
    return this.join(shared, want.signal);
  }

  /** Waits until nothing is in flight: every claim is then given back. Abort the signals of those who want runs first. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.inFlight.values()].map(({ result }) => result));
  }

  private begin(identity: Identity, wanted: WantedRun, want: Want): Shared {
    const stop = new StopFlag();
    const previous = this.inFlight.get(identity.id)?.result ?? Promise.resolve();
    const result = previous
      .catch(() => undefined)
      .then(() => this.compute(identity, wanted, want, stop))
      .finally(() => {
        if (this.inFlight.get(identity.id) === shared) this.inFlight.delete(identity.id);
      });
    const shared: Shared = { stop, result, wanters: 0 };
    result.catch(() => undefined); // whoever joined is told; nobody may be left
    this.inFlight.set(identity.id, shared);
    return shared;
  }

  /** Waits for a shared result, until the signal is aborted. */
  private async join(shared: Shared, signal: AbortSignal): Promise<ObtainedRun> {
    shared.wanters += 1;
    let leave: Disposable | undefined;
    const aborted = new Promise<never>((_resolve, reject) => {
      leave = addAbortListener(signal, () => reject(stopError(signal)));
    });
    try {
      return await Promise.race([shared.result, aborted]);
    } finally {
      leave?.[Symbol.dispose]();
      shared.wanters -= 1;
      if (shared.wanters === 0) shared.stop.raise(); // of no effect once the result is there
    }
  }

  private async compute(identity: Identity, wanted: WantedRun, want: Want, stop: StopFlag): Promise<ObtainedRun> {
    const { model, numericsDigest, values, protocol } = wanted;
    for (;;) {
      let claim: ClaimResult = 'heldElsewhere';
      const begin = async (): Promise<boolean> => {
        claim = await this.claims.take(identity, wanted);
        if (typeof claim === 'object') want.begun?.();
        return typeof claim === 'object';
      };
      const reply = await this.lab.simulations
        .simulate({ model, numericsDigest, values, protocol }, { priority: want.priority, stop, begin })
        .catch((error: unknown) => this.failed(identity.id, wanted, claim, error));
      if (typeof claim === 'object') return await this.conclude(identity, wanted, claim, reply);
      const stored = await this.lab.collections.runs.findOne({ _id: identity.id });
      if (stored) return { run: stored, computed: false };
      if (stop.raised) throw new WorkStoppedError('cancelled');
      await delay(POLL_MS);
    }
  }

  /** Stores what a worker gave, the execution before the run; the claim ends whatever becomes of that. */
  private async conclude(
    identity: Identity,
    wanted: WantedRun,
    claim: HeldClaim,
    reply: SimulationReply,
  ): Promise<ObtainedRun> {
    try {
      if (reply.kind === 'stopped') throw new WorkStoppedError('cancelled');
      if (reply.kind === 'otherNumerics') throw otherNumerics(wanted, reply.numericsDigest);
      const execution = this.execution(identity.id, wanted, claim, { kernelDigest: reply.kernelDigest, error: null });
      const run: RunDocument = {
        _id: identity.id,
        schemaVersion: documentVersion,
        createdAt: execution.finishedAt,
        digest: identity.digest,
        preimage: identity.preimage,
        model: wanted.model,
        numericsDigest: wanted.numericsDigest,
        parameterSetId: wanted.parameterSetId,
        protocol: wanted.protocol,
        outcome: reply.outcome,
        sums: reply.sums,
        executionId: execution._id,
      };
      await this.lab.collections.executions.insertOne(execution);
      return { run: await this.insertRun(run), computed: true };
    } finally {
      await this.claims.release(identity.id, claim);
    }
  }

  /** Stores a run; a stale holder may have stored it already: same key, same bits. */
  private async insertRun(run: RunDocument): Promise<RunDocument> {
    const { runs } = this.lab.collections;
    try {
      await runs.insertOne(run);
      return run;
    } catch (error) {
      const stored = isDuplicateKey(error) ? await runs.findOne({ _id: run._id }) : null;
      if (stored) return stored;
      throw error;
    }
  }

  /** Records that an attempt failed, where it can be seen, and throws the error to tell. */
  private async failed(runId: string, wanted: WantedRun, claim: ClaimResult, cause: unknown): Promise<never> {
    if (typeof claim !== 'object') throw cause;
    this.lab.log.error({ err: cause, runId, model: wanted.model, protocol: wanted.protocol }, 'a simulation failed');
    const message = `The simulator of ${wanted.model} failed at run ${runId}; ask again to retry.`;
    try {
      const execution = this.execution(runId, wanted, claim, { kernelDigest: null, error: message });
      await this.lab.collections.executions.insertOne(execution);
      await this.claims.fail(runId, claim, message);
    } catch (error) {
      await this.claims.release(runId, claim);
      throw error;
    }
    throw new CortigraphError('INTERNAL', message, { run: runId }, { cause });
  }

  private execution(
    runId: string,
    { model, numericsDigest, parameterSetId }: WantedRun,
    { attempt, startedAt }: HeldClaim,
    end: Pick<ExecutionDocument, 'kernelDigest' | 'error'>,
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
}

const otherNumerics = ({ model, numericsDigest }: WantedRun, found: string): CortigraphError =>
  new CortigraphError(
    'UNAVAILABLE',
    `The workers of this server compute ${model} with other numerics than the run is stored under.`,
    { expected: numericsDigest, found },
  );

const stopError = ({ reason }: AbortSignal): WorkStoppedError =>
  reason instanceof WorkStoppedError ? reason : new WorkStoppedError('cancelled');

function throwIfStopped(signal: AbortSignal): void {
  if (signal.aborted) throw stopError(signal);
}
