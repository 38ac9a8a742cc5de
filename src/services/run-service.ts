import { addAbortListener } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { SimulationReply } from '../compute/simulation-task.js';
import { StopFlag } from '../compute/stop-flag.js';
import { CortigraphError } from '../domain/errors.js';
import type { Identity } from '../domain/identity.js';
import { runIdentity } from '../domain/identity.js';
import { WorkStoppedError } from '../jobs/work-signal.js';
import type { ClaimResult, Claims, HeldClaim, WantedRun } from './claims.js';
import type { Lab } from './lab.js';
import { otherNumerics } from './lab.js';
import type { ObtainedRun, RunState } from './run-ledger.js';
import { RunLedger } from './run-ledger.js';

/** Who wants a run, and how much. */
export interface Want {
  /** Aborted when it is not wanted any more. */
  readonly signal: AbortSignal;
  /** Of the runs that wait for a worker, those of the highest priority go first. */
  readonly priority: number;
  /** Whether it was looked for just now, and is not stored. */
  readonly isMissing?: boolean;
  /** Kinds of recordings that the run must have; none when left out. */
  readonly recordings?: readonly string[];
  /** Told when a worker begins. */
  readonly begun?: () => void;
}

/** One simulation that is planned or under way. */
interface Work {
  readonly stop: StopFlag;
  /** Kinds to record. */
  readonly kinds: Set<string>;
  /** The highest of those who want it. */
  priority: number;
  /** Whether it is too late to add kinds: it goes to a worker, or has gone. */
  begun: boolean;
}

/** A run, and the kinds that are stored of it by now, if only those of the work. */
interface Outcome extends ObtainedRun {
  readonly recorded: readonly string[];
}

interface Shared {
  readonly work: Work;
  readonly result: Promise<Outcome>;
  wanters: number;
  /** Whether one of them has been told that the run was computed for it: it was computed once. */
  told: boolean;
}

/** How often a process looks at a run that another one computes. */
const POLL_MS = 100;

/**
 * Gives runs: from the store, or by simulating. A run is computed once, however many ask for it at the same time, in
 * this process or another: what is being computed is held by a claim document under the run's id. So is the recording of
 * a run that is stored.
 */
export class RunService {
  private readonly inFlight = new Map<string, Shared>();
  private readonly ledger: RunLedger;

  constructor(
    private readonly lab: Lab,
    private readonly claims: Claims,
  ) {
    this.ledger = new RunLedger(lab);
  }

  /**
   * The run of a key, with the recordings that are wanted of it. A stored run that lacks some is run again for those,
   * and must come out the same. Of those who wait for one simulation, one is told that it was computed. Rejects with a
   * {@link WorkStoppedError} when the signal is aborted; the simulation stops when the last who wanted it has gone.
   * @throws CortigraphError INTERNAL when the simulator failed or came out otherwise than is stored, UNAVAILABLE when a
   * worker has other numerics
   */
  async obtain(wanted: WantedRun, want: Want): Promise<ObtainedRun> {
    const identity = runIdentity(wanted);
    let computed = false;
    const kinds = want.recordings ?? [];
    const find = (): Promise<RunState> => this.ledger.find(identity.id, wanted.model, kinds);
    for (let state = want.isMissing ? { run: null, missing: kinds } : await find(); ; state = await find()) {
      const { run, missing } = state;
      if (run && missing.length === 0) return { run, computed };
      throwIfStopped(want.signal);
      const shared = this.workFor(identity, wanted, want, missing);
      const outcome = await this.join(shared, want.signal);
      if (outcome.computed && !shared.told) computed = shared.told = true;
      if (missing.every((kind) => outcome.recorded.includes(kind))) return { run: outcome.run, computed };
    }
  }

  /** Waits until nothing is in flight: every claim is then given back. Abort the signals of those who want runs first. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.inFlight.values()].map(({ result }) => result));
  }

  /** The work under way for a run, to which what is missing is added if there is still time, or new work. */
  private workFor(identity: Identity, wanted: WantedRun, want: Want, missing: readonly string[]): Shared {
    let shared = this.inFlight.get(identity.id);
    if (!shared || shared.work.stop.raised) shared = this.begin(identity, wanted, want);
    const { work } = shared;
    if (!work.begun) for (const kind of missing) work.kinds.add(kind);
    if (want.priority > work.priority) {
      work.priority = want.priority;
      this.lab.simulations.prioritise(identity.id, work.priority);
    }
    return shared;
  }

  private begin(identity: Identity, wanted: WantedRun, want: Want): Shared {
    const work: Work = { stop: new StopFlag(), kinds: new Set(), priority: want.priority, begun: false };
    const previous = this.inFlight.get(identity.id)?.result ?? Promise.resolve();
    const result = previous
      .catch(() => undefined)
      .then(() => this.compute(identity, wanted, want, work))
      .finally(() => {
        if (this.inFlight.get(identity.id) === shared) this.inFlight.delete(identity.id);
      });
    const shared: Shared = { work, result, wanters: 0, told: false };
    result.catch(() => undefined); // whoever joined is told; nobody may be left
    this.inFlight.set(identity.id, shared);
    return shared;
  }

  /** Waits for a shared result, until the signal is aborted. */
  private async join(shared: Shared, signal: AbortSignal): Promise<Outcome> {
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
      if (shared.wanters === 0) shared.work.stop.raise(); // of no effect once the result is there
    }
  }

  private async compute(identity: Identity, wanted: WantedRun, want: Want, work: Work): Promise<Outcome> {
    const { model, numericsDigest, values, protocol } = wanted;
    const { stop } = work;
    const lookAt = async (kinds: readonly string[]): Promise<Outcome | null> => {
      const { run, missing } = await this.ledger.find(identity.id, model, kinds);
      return run && missing.length === 0 ? { run, computed: false, recorded: kinds } : null;
    };
    for (;;) {
      let claim: ClaimResult = 'heldElsewhere';
      const begin = async (): Promise<boolean> => {
        work.begun = true;
        const kinds = [...work.kinds];
        const isDone = async (): Promise<boolean> => (await lookAt(kinds)) !== null;
        claim = await this.claims.take(identity, wanted, { records: kinds.length > 0, isDone });
        if (typeof claim === 'object') want.begun?.();
        return typeof claim === 'object';
      };
      const recordings = (): readonly string[] => [...work.kinds];
      const reply = await this.lab.simulations
        .simulate(
          { model, numericsDigest, values, protocol },
          { id: identity.id, priority: work.priority, stop, begin, recordings },
        )
        .catch((error: unknown) => this.failed(identity.id, wanted, claim, error));
      if (typeof claim === 'object') return await this.conclude(identity, wanted, claim, reply);
      work.begun = false; // somebody else has it: what they do not record is for us
      // Where it waits for a worker of ours, as a part of an experiment does, it goes as early as we would.
      this.lab.simulations.prioritise(identity.id, work.priority);
      const stored = await lookAt([...work.kinds]);
      if (stored) return stored;
      if (stop.raised) throw new WorkStoppedError('cancelled');
      await delay(POLL_MS);
    }
  }

  /** Stores what a worker gave, and ends the claim; that ends whatever becomes of it. */
  private async conclude(
    identity: Identity,
    wanted: WantedRun,
    claim: HeldClaim,
    reply: SimulationReply,
  ): Promise<Outcome> {
    try {
      if (reply.kind === 'stopped') throw new WorkStoppedError('cancelled');
      if (reply.kind === 'otherNumerics') throw otherNumerics(wanted, reply.numericsDigest);
      const endClaim = (): Promise<void> => this.claims.release(identity.id, claim);
      const obtained = await this.ledger.store(identity, wanted, claim, reply, endClaim);
      return { ...obtained, recorded: reply.recorded.map(({ kind }) => kind) };
    } catch (error) {
      await this.claims.release(identity.id, claim);
      throw error;
    }
  }

  /** Records that an attempt failed, where it can be seen, and throws the error to tell. */
  private async failed(runId: string, wanted: WantedRun, claim: ClaimResult, cause: unknown): Promise<never> {
    if (typeof claim !== 'object') throw cause;
    this.lab.log.error({ err: cause, runId, model: wanted.model, protocol: wanted.protocol }, 'a simulation failed');
    const message = `The simulator of ${wanted.model} failed at run ${runId}; ask again to retry.`;
    try {
      await this.ledger.storeExecution(runId, wanted, claim, { kernelDigest: null, error: message });
      await this.claims.fail(runId, claim, message);
    } catch (error) {
      await this.claims.release(runId, claim);
      throw error;
    }
    throw new CortigraphError('INTERNAL', message, { run: runId }, { cause });
  }
}

const stopError = ({ reason }: AbortSignal): WorkStoppedError =>
  reason instanceof WorkStoppedError ? reason : new WorkStoppedError('cancelled');

function throwIfStopped(signal: AbortSignal): void {
  if (signal.aborted) throw stopError(signal);
}
