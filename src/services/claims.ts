import type { ClaimDocument } from '../domain/documents.js';
import { documentVersion } from '../domain/documents.js';
import type { Identity, RunKey } from '../domain/identity.js';
import { LeaseWatch } from '../jobs/lease-watch.js';
import { isDuplicateKey } from '../store/store-errors.js';
import type { Lab } from './lab.js';

/** A run that is wanted: its key, and the parameter set that its values belong to. */
export interface WantedRun extends RunKey {
  readonly parameterSetId: string;
}

/** A claim that this process holds. */
export interface HeldClaim {
  readonly attempt: number;
  readonly startedAt: string;
}

/** What a try to hold a run came to: held here, stored by somebody meanwhile, or held by another process. */
export type ClaimResult = HeldClaim | 'stored' | 'heldElsewhere';

/**
 * Who computes what. A run that is being computed is held by a claim document under its id; every write of the holder
 * is conditional on the attempt, and a claim whose heartbeat stands still may be taken by others.
 */
export class Claims {
  private readonly held = new Map<string, ClaimDocument>();
  private readonly leases: LeaseWatch;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly lab: Lab,
    /** Names this process among all that share the store. */
    private readonly holder: string,
  ) {
    this.leases = new LeaseWatch(() => lab.clock.monotonicMs(), lab.settings.staleLeaseMs);
  }

  /** Begins to show that what this process holds is alive. */
  start(): void {
    this.timer = setInterval(() => void this.beat(), this.lab.settings.heartbeatMs);
    this.timer.unref();
  }

  /** Ends the heartbeats. */
  close(): void {
    clearInterval(this.timer);
  }

  /** Tries once to hold a run: by a new claim, or one that failed, was given back, or is stale. */
  async take({ id: runId, digest }: Identity, wanted: WantedRun): Promise<ClaimResult> {
    const claim = (await this.insert(runId, digest, wanted)) ?? (await this.takeOver(runId));
    if (typeof claim === 'string') return claim;
    this.held.set(runId, claim);
    this.leases.forget(runId);
    // Whoever held it before may have stored the run between our look and our claim.
    if (!(await this.lab.collections.runs.findOne({ _id: runId }))) return claim;
    await this.release(runId, claim);
    return 'stored';
  }

  /** Ends a claim: the run is stored, or nobody wants it. */
  async release(runId: string, { attempt }: HeldClaim): Promise<void> {
    this.held.delete(runId);
    await this.lab.collections.claims.deleteMany({ _id: runId, attempt });
  }

  /** Leaves a claim as that of an attempt that failed, for all to see. */
  async fail(runId: string, { attempt }: HeldClaim, error: string): Promise<void> {
    this.held.delete(runId);
    await this.lab.collections.claims.updateOne(
      { _id: runId, attempt },
      { $set: { state: 'FAILED', holder: null, error } },
    );
  }

  /** A new claim; undefined when there is one already. */
  private async insert(runId: string, digest: string, wanted: WantedRun): Promise<ClaimDocument | undefined> {
    const { model, numericsDigest, parameterSetId, protocol } = wanted;
    const startedAt = this.lab.clock.now().toISOString();
    const claim: ClaimDocument = {
      _id: runId,
      schemaVersion: documentVersion,
      createdAt: startedAt,
      digest,
      model,
      numericsDigest,
      parameterSetId,
      protocol,
      state: 'RUNNING',
      attempt: 1,
      holder: this.holder,
      heartbeat: 0,
      startedAt,
      error: null,
    };
    try {
      await this.lab.collections.claims.insertOne(claim);
      return claim;
    } catch (error) {
      if (isDuplicateKey(error)) return undefined;
      throw error;
    }
  }

  private async takeOver(runId: string): Promise<ClaimDocument | Exclude<ClaimResult, HeldClaim>> {
    const { claims, runs } = this.lab.collections;
    const known = await claims.findOne({ _id: runId });
    if (!known) return (await runs.findOne({ _id: runId })) ? 'stored' : 'heldElsewhere';
    const { attempt, holder, heartbeat, state } = known;
    const isFree = state === 'FAILED' || holder === null || holder === this.holder;
    if (!isFree && !this.leases.isStale(runId, `${attempt}/${holder}/${heartbeat}`)) return 'heldElsewhere';
    const startedAt = this.lab.clock.now().toISOString();
    const taken = await claims.findOneAndUpdate(
      { _id: runId, attempt, heartbeat, state },
      { $set: { state: 'RUNNING', attempt: attempt + 1, holder: this.holder, heartbeat: 0, startedAt, error: null } },
      { returnDocument: 'after' },
    );
    return taken ?? 'heldElsewhere';
  }

  private async beat(): Promise<void> {
    for (const [runId, claim] of this.held) {
      const heartbeat = claim.heartbeat + 1;
      try {
        await this.lab.collections.claims.updateOne(
          { _id: runId, attempt: claim.attempt, holder: this.holder },
          { $set: { heartbeat } },
        );
        if (this.held.get(runId) === claim) this.held.set(runId, { ...claim, heartbeat });
      } catch (error) {
        this.lab.log.warn({ err: error, runId }, 'a claim could not be renewed; will try again');
      }
    }
  }
}
