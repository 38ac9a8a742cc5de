import type { ClaimDocument, RunDocument } from '../domain/documents.js';
import { documentVersion } from '../domain/documents.js';
import type { Identity, RunKey } from '../domain/identity.js';
import { LeaseWatch } from '../jobs/lease-watch.js';
import { duplicateIndexes, isDuplicateKey } from '../store/store-errors.js';
import type { Lab } from './lab.js';

/** A run that is wanted: its key, and the parameter set that its values belong to. */
export interface WantedRun extends RunKey {
  readonly parameterSetId: string;
}

/** What a claim is taken for. */
export interface ClaimedWork {
  /** Whether it records: then the run may be stored already. */
  readonly records: boolean;
  /** Whether there is nothing left to do; asked once the claim is held. */
  readonly isDone: () => Promise<boolean>;
}

/** A claim that this process holds. */
export interface HeldClaim {
  readonly attempt: number;
  readonly startedAt: string;
}

/** A run that is wanted, with its identity. */
export interface ClaimedRun {
  readonly identity: Identity;
  readonly wanted: WantedRun;
}

/** What a try to hold many runs came to; the rest is held by somebody else. */
export interface ManyTaken {
  readonly held: ReadonlyMap<string, HeldClaim>;
  readonly stored: ReadonlyMap<string, RunDocument>;
}

/** What a try to hold a run came to: held here, done by somebody meanwhile, or held by another process. */
export type ClaimResult = HeldClaim | 'stored' | 'heldElsewhere';

/**
 * Who computes what. A run that is being computed is held by a claim document under its id; every write of the holder
 * is conditional on the attempt, and a claim whose heartbeat stands still may be taken by others.
 */
export class Claims {
  private readonly held = new Map<string, ClaimDocument>();
  private readonly leases: LeaseWatch;
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | undefined;

  constructor(
    private readonly lab: Lab,
    /** Names this process among all that share the store. */
    private readonly holder: string,
  ) {
    this.leases = new LeaseWatch(() => lab.clock.monotonicMs(), lab.settings.staleLeaseMs);
  }

  /** Begins to show that what this process holds is alive, and to look whether what others hold is. */
  async start(): Promise<void> {
    await this.sweep();
    this.timer = setInterval(() => {
      this.sweeping ??= this.sweep()
        .catch((error: unknown) => this.lab.log.warn({ err: error }, 'claims could not be swept; will try again'))
        .finally(() => (this.sweeping = undefined));
    }, this.lab.settings.heartbeatMs);
    this.timer.unref();
  }

  /** Ends the heartbeats. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  /** Tries once to hold a run: by a new claim, or one that failed, was given back, or is stale. */
  async take(
    identity: Identity,
    wanted: WantedRun,
    work: ClaimedWork = { records: false, isDone: () => this.isStored(identity.id) },
  ): Promise<ClaimResult> {
    const { id: runId } = identity;
    let claim = null as ClaimDocument | null;
    let isDone = true;
    const hold = async (taken: Promise<ClaimDocument | null>): Promise<void> => {
      claim = await taken;
      if (claim) this.held.set(runId, claim);
    };
    // Whoever held it before may have ended the work between our look and our claim.
    const look = async (): Promise<void> => {
      isDone = await work.isDone();
    };
    const anew = await this.newClaim(identity, wanted, work);
    try {
      await this.lab.inOrder(() => hold(this.insert(anew)), look);
      if (!claim) {
        await hold(this.takeOver(runId, work));
        if (claim) await look();
      }
    } catch (error) {
      if (claim) await this.release(runId, claim);
      throw error;
    }
    if (!claim) return 'heldElsewhere';
    if (!isDone) return claim;
    await this.release(runId, claim);
    return 'stored';
  }

  /**
   * Tries once to hold many runs, by one call of the store: those that are not stored and that nobody else holds. Those
   * held here already count as held by somebody else.
   */
  async takeMany(works: readonly ClaimedRun[]): Promise<ManyTaken> {
    if (works.length === 0) return { held: new Map(), stored: new Map() };
    const { claims, runs } = this.lab.collections;
    const work = { records: false };
    const anew = await Promise.all(works.map(({ identity, wanted }) => this.newClaim(identity, wanted, work)));
    let taken: readonly ClaimDocument[] = [];
    let stored: readonly RunDocument[] = [];
    const insert = async (): Promise<void> => {
      const others = await claims
        .insertMany(anew, { ordered: false })
        .then((): readonly number[] => [], duplicateIndexes);
      taken = anew.filter((_, i) => !others.includes(i));
      for (const claim of taken) this.held.set(claim._id, claim);
    };
    // Whoever held one before may have ended the work between our look and our claim.
    const look = async (): Promise<void> => {
      stored = await runs.find({ _id: { $in: anew.map(({ _id }) => _id) } }).toArray();
    };
    try {
      await this.lab.inOrder(insert, look);
    } catch (error) {
      await this.releaseMany(taken.map(({ _id }) => _id));
      throw error;
    }
    const byId = new Map(stored.map((run) => [run._id, run]));
    const done = taken.filter(({ _id }) => byId.has(_id)).map(({ _id }) => _id);
    if (done.length > 0) await this.releaseMany(done);
    return {
      held: new Map(taken.filter(({ _id }) => !byId.has(_id)).map((claim) => [claim._id, claim])),
      stored: byId,
    };
  }

  /** Ends claims of a first attempt that this process holds; see {@link release}. */
  async releaseMany(runIds: readonly string[]): Promise<void> {
    for (const id of runIds) this.held.delete(id);
    if (runIds.length === 0) return;
    try {
      await this.lab.collections.claims.deleteMany({ _id: { $in: runIds }, attempt: 1, holder: { $in: [this.holder, null] } }); // prettier-ignore
    } catch (error) {
      this.lab.log.warn({ err: error, runs: runIds.length }, 'claims could not be released; they will grow stale');
    }
  }

  /**
   * Ends a claim: the run is stored, or nobody wants it. Where the store cannot be reached the claim is only forgotten:
   * it grows stale, and whoever wants the run takes it then.
   */
  async release(runId: string, { attempt }: HeldClaim): Promise<void> {
    this.held.delete(runId);
    try {
      // Nobody's, if others took us for dead and nobody took the run over since.
      const holder = { $in: [this.holder, null] };
      await this.lab.collections.claims.deleteMany({ _id: runId, attempt, holder });
    } catch (error) {
      this.lab.log.warn({ err: error, runId }, 'a claim could not be released; it will grow stale');
    }
  }

  /** Leaves a claim as that of an attempt that failed, for all to see. */
  async fail(runId: string, { attempt }: HeldClaim, error: string): Promise<void> {
    this.held.delete(runId);
    await this.lab.collections.claims.updateOne(
      { _id: runId, attempt, holder: this.holder },
      { $set: { state: 'FAILED', holder: null, error } },
    );
  }

  private async newClaim(
    { id: runId, digest }: Identity,
    wanted: WantedRun,
    { records }: Pick<ClaimedWork, 'records'>,
  ): Promise<ClaimDocument> {
    const { model, numericsDigest, parameterSetId, protocol } = wanted;
    const startedAt = this.lab.clock.now().toISOString();
    // Each that ended well took its claim with it.
    const earlier = records ? await this.lab.collections.executions.countDocuments({ runId }) : 0;
    return {
      _id: runId,
      schemaVersion: documentVersion,
      createdAt: startedAt,
      digest,
      model,
      numericsDigest,
      parameterSetId,
      protocol,
      state: 'RUNNING',
      attempt: earlier + 1,
      records,
      holder: this.holder,
      heartbeat: 0,
      startedAt,
      error: null,
    };
  }

  /** Stores a new claim; null when somebody else was first. */
  private async insert(claim: ClaimDocument): Promise<ClaimDocument | null> {
    try {
      await this.lab.collections.claims.insertOne(claim);
      return claim;
    } catch (error) {
      if (isDuplicateKey(error)) return null;
      throw error;
    }
  }

  /** Takes a claim that nobody works under; null when somebody does, or was first. */
  private async takeOver(runId: string, { records }: ClaimedWork): Promise<ClaimDocument | null> {
    const known = await this.lab.collections.claims.findOne({ _id: runId });
    if (!known) return null; // released meanwhile
    const { _id, attempt, holder, heartbeat, state } = known;
    const isFree = state === 'FAILED' || holder === null;
    if (!isFree && !this.leases.isStale(_id, beatOf({ attempt, holder, heartbeat }))) return null;
    const startedAt = this.lab.clock.now().toISOString();
    return this.lab.collections.claims.findOneAndUpdate(
      { _id, attempt, heartbeat, state },
      {
        $set: {
          ...{ state: 'RUNNING', attempt: attempt + 1, records, holder: this.holder, heartbeat: 0, startedAt },
          error: null,
        },
      },
      { returnDocument: 'after' },
    );
  }

  private async isStored(runId: string): Promise<boolean> {
    return (await this.lab.collections.runs.findOne({ _id: runId })) !== null;
  }

  /**
   * Renews what this process holds. Of what others hold: ends the claims of runs that are stored, which a crash left
   * behind, unless their holder lives and records, and marks those as failed whose heartbeat stands still, so that nobody
   * takes them for work under way.
   */
  private async sweep(): Promise<void> {
    const { claims, runs } = this.lab.collections;
    // Together, for experiments hold hundreds: one commit is enough for all of them.
    await Promise.all(
      [...this.held].map(async ([runId, claim]) => {
        const heartbeat = claim.heartbeat + 1;
        await claims.updateOne({ _id: runId, attempt: claim.attempt, holder: this.holder }, { $set: { heartbeat } });
        if (this.held.get(runId) === claim) this.held.set(runId, { ...claim, heartbeat });
      }),
    );
    const others = (await claims.find({ state: 'RUNNING' }).toArray()).filter(({ _id }) => !this.held.has(_id));
    const ids = others.map(({ _id }) => _id);
    this.leases.keepOnly(new Set(ids));
    if (others.length === 0) return;
    const storedRuns = await runs.find<{ _id: string }>({ _id: { $in: ids } }, { projection: { model: 1 } }).toArray();
    const stored = new Set(storedRuns.map(({ _id }) => _id));
    for (const { _id, attempt, heartbeat, holder, records } of others) {
      const isStale = holder !== null && this.leases.isStale(_id, beatOf({ attempt, holder, heartbeat }));
      const mayRecord = records === true && holder !== null && !isStale;
      if (stored.has(_id) && !mayRecord) await claims.deleteMany({ _id, attempt, heartbeat });
      else if (isStale) {
        const error = 'The process that computed it stopped without a word; ask again to compute it.';
        await claims.updateOne({ _id, attempt, heartbeat }, { $set: { state: 'FAILED', holder: null, error } });
      }
    }
  }
}

/** What of a claim stands still when its holder is gone. */
const beatOf = ({ attempt, holder, heartbeat }: Pick<ClaimDocument, 'attempt' | 'holder' | 'heartbeat'>): string =>
  `${attempt}/${holder}/${heartbeat}`;
