import { setMaxListeners } from 'node:events';
import { StopFlag } from '../compute/stop-flag.js';
import type { ChunkDocument, ExperimentRowDocument, RowError, RunDocument } from '../domain/documents.js';
import { CortigraphError } from '../domain/errors.js';
import { groupedBy } from '../domain/grouped-by.js';
import type { ParameterValues } from '../domain/identity.js';
import { experimentRowId, parameterSetIdentity, runIdentity } from '../domain/identity.js';
import { outcomeCounts } from '../domain/outcome-counts.js';
import type { Protocol } from '../domain/protocol.js';
import { WorkStoppedError } from '../jobs/work-signal.js';
import { isStoreLost } from '../store/store-errors.js';
import type { ClaimedRun, Claims, HeldClaim } from './claims.js';
import { closedSeeds } from './closed-keys.js';
import type { Experiment } from './experiment.js';
import type { RowPlace } from './experiment-row.js';
import { failedRow, rowOfRun } from './experiment-row.js';
import type { Lab } from './lab.js';
import { otherNumerics } from './lab.js';
import type { ParameterSetService } from './parameter-set-service.js';
import type { RunLedger, SimulatedRun } from './run-ledger.js';
import type { RunService } from './run-service.js';

/** What the work on experiments is done with. */
export interface ChunkTools {
  readonly lab: Lab;
  readonly claims: Claims;
  readonly ledger: RunLedger;
  readonly runs: RunService;
  readonly parameterSets: ParameterSetService;
}

/** The rows of a chunk, as a filter. */
const rowsOf = ({ experimentId, firstPoint, points, firstReplicate, replicates }: ChunkDocument) => ({
  experimentId,
  point: { $gte: firstPoint, $lt: firstPoint + points },
  replicate: { $gte: firstReplicate, $lt: firstReplicate + replicates },
});

/** What a chunk came to: absolute counts over all its rows. */
export type ChunkCounts = Pick<ChunkDocument, 'done' | 'failed' | 'outcomes'>;

/** Below every response and every sweep. */
const EXPERIMENT_PRIORITY = -2_000_000;

/** Rows that are written together: one commit then costs each of them little. */
const ROWS_A_WRITE = 32;

/** How long a row waits for others to be written with, in ms. */
const WRITE_AFTER_MS = 1000;

/** The longest message that a row keeps. */
const KEPT_MESSAGE = 400;

/** A row that is to be filled. */
interface WantedRow extends ClaimedRun {
  readonly point: number;
  readonly replicate: number;
}

type Row = ExperimentRowDocument;

/**
 * One chunk on its way: what of its rows is not stored is simulated, each run with its row. A row whose run cannot be had
 * says why, and the rest goes on.
 */
export class ChunkWork {
  private readonly rows = new Map<string, Row>();
  private readonly simulated: (WantedRow & SimulatedRun)[] = [];
  private readonly others: Row[] = [];
  /** Claims that are still to be ended. */
  private readonly open = new Set<string>();
  private readonly stop = new StopFlag();
  private writing = Promise.resolve();
  /** Runs that were computed for its rows, also before this attempt. */
  private computed: number;
  private timer: NodeJS.Timeout | undefined;
  /** Rows of one run, as of points that the model reads as one, by its id: the first of them gets it for all. */
  private twins = new Map<string, readonly WantedRow[]>();

  constructor(
    private readonly tools: ChunkTools,
    private readonly experiment: Experiment,
    private readonly chunk: ChunkDocument,
    private readonly context: {
      readonly signal: AbortSignal;
      /** Told once how many rows of the chunk were stored before. */
      readonly begun: (counts: Pick<ChunkCounts, 'done' | 'failed'>) => void;
      /** Told how many are stored. */
      readonly progress: (counts: Pick<ChunkCounts, 'done' | 'failed'>) => void;
      /** Stores how many runs were computed for its rows, together with these. */
      readonly storeComputed: (runs: number) => Promise<void>;
    },
  ) {
    this.computed = chunk.computed;
  }

  /**
   * Fills the chunk's rows and counts them.
   * @throws WorkStoppedError when the signal is aborted; CortigraphError UNAVAILABLE when the store is lost, or a worker
   * has other numerics
   */
  async finish(): Promise<ChunkCounts> {
    const { signal } = this.context;
    setMaxListeners(0, signal); // one a run that somebody else holds
    const raise = (): void => this.stop.raise();
    signal.addEventListener('abort', raise, { once: true });
    try {
      const wanted = await this.wanted();
      await this.fill(wanted);
      return this.counts();
    } finally {
      signal.removeEventListener('abort', raise);
    }
  }

  /** The rows that have no run yet, with the parameter sets stored that they are of. */
  private async wanted(): Promise<readonly WantedRow[]> {
    const { lab, parameterSets } = this.tools;
    const { experiment, chunk } = this;
    const points = Array.from({ length: chunk.points }, (_, i) => chunk.firstPoint + i);
    const values = points.map((point) => experiment.valuesAt(point));
    const ids = values.map((each) => parameterSetIdentity(experiment.model.name, each).id);
    const [stored, invalidations] = await Promise.all([
      lab.collections.experimentRows.find(rowsOf(chunk)).toArray(),
      lab.collections.invalidations.find({ parameterSetId: { $in: ids } }).toArray(),
    ]);
    for (const row of stored) this.rows.set(row._id, row);
    this.context.begun(this.counts());
    const closed = groupedBy(invalidations, ({ parameterSetId }) => parameterSetId ?? '');
    const wanted = points.flatMap((point, i) => {
      const [at, parameterSetId] = [values[i], ids[i]];
      if (at === undefined || parameterSetId === undefined) return []; // one of each a point
      const seeds = closedSeeds(experiment, closed.get(parameterSetId) ?? []);
      return experiment
        .protocolsOf(at, chunk.firstReplicate, chunk.replicates, seeds)
        .map((protocol, k) => this.row(point, chunk.firstReplicate + k, at, parameterSetId, protocol));
    });
    const hasRun = (row: WantedRow): boolean =>
      (this.rows.get(experimentRowId({ experimentId: experiment.id, ...row }))?.runId ?? null) !== null;
    const missing = wanted.filter((row) => !hasRun(row));
    const pointsMissing = new Set(missing.map(({ point }) => point));
    await parameterSets.ensureAll(
      experiment.model.name,
      values.filter((_, i) => pointsMissing.has(points[i] ?? -1)),
    );
    return missing;
  }

  private row(
    point: number,
    replicate: number,
    values: ParameterValues,
    parameterSetId: string,
    protocol: Protocol,
  ): WantedRow {
    const { model, numericsDigest } = this.experiment;
    const wanted = { model: model.name, numericsDigest, values, parameterSetId, protocol };
    return { point, replicate, wanted, identity: runIdentity(wanted) };
  }

  private async fill(all: readonly WantedRow[]): Promise<void> {
    const { claims } = this.tools;
    this.twins = groupedBy(all, ({ identity }) => identity.id);
    const wanted = [...this.twins.values()].flatMap(([first]) => first ?? []);
    const { held, stored } = await claims.takeMany(wanted);
    for (const id of held.keys()) this.open.add(id);
    try {
      const ends = await Promise.allSettled(
        wanted.map(async (row) => {
          const run = stored.get(row.identity.id);
          const claim = held.get(row.identity.id);
          try {
            if (run) await this.add(this.rowsOf(row, run));
            else if (claim) await this.simulate(row, claim);
            else await this.obtain(row);
          } catch (error) {
            this.stop.raise(); // what one row cannot go on after is the end of all
            throw error;
          }
        }),
      );
      await this.write(); // whatever came of the others: it is not computed again
      const lost = ends.filter((end) => end.status === 'rejected');
      const cause = lost.find(({ reason }) => !(reason instanceof WorkStoppedError)) ?? lost[0];
      if (cause) throw cause.reason;
    } finally {
      await claims.releaseMany([...this.open]);
    }
  }

  private async simulate(row: WantedRow, claim: HeldClaim): Promise<void> {
    const { lab } = this.tools;
    const { model, numericsDigest, values, protocol } = row.wanted;
    const reply = await lab.simulations
      .simulate(
        { model, numericsDigest, values, protocol },
        { id: row.identity.id, priority: EXPERIMENT_PRIORITY, stop: this.stop, begin: () => Promise.resolve(true) },
      )
      .catch((error: unknown) => this.failed(row, claim, error));
    if (reply === undefined) return;
    if (reply.kind === 'stopped') throw this.stopError();
    if (reply.kind === 'otherNumerics') throw otherNumerics(row.wanted, reply.numericsDigest);
    this.simulated.push({ ...row, claim, reply });
    await this.writeIfMany();
  }

  /** Of a run that somebody else holds: waits for it, or computes it where they do not. */
  private async obtain(row: WantedRow): Promise<void> {
    const { signal } = this.context;
    try {
      const { run, computed } = await this.tools.runs.obtain(row.wanted, { signal, priority: EXPERIMENT_PRIORITY });
      if (computed) this.computed += 1;
      await this.add(this.rowsOf(row, run));
    } catch (error) {
      if (signal.aborted || error instanceof WorkStoppedError) throw this.stopError();
      if (isStoreLost(error) || !(error instanceof CortigraphError) || error.code !== 'INTERNAL') throw error;
      await this.add(this.failedRows(row, { code: error.code, step: 'simulate', message: error.message }));
    }
  }

  /** Leaves the attempt and its claim for all to see, and a row that says why it has no run. */
  private async failed(row: WantedRow, claim: HeldClaim, cause: unknown): Promise<undefined> {
    const { lab, ledger, claims } = this.tools;
    const { identity, wanted } = row;
    const because = cause instanceof Error ? cause.message : String(cause);
    lab.log.error({ err: cause, runId: identity.id, point: row.point }, 'a simulation of an experiment failed');
    const message = `The simulator of ${wanted.model} failed at run ${identity.id}: ${because}`.slice(0, KEPT_MESSAGE);
    await ledger.storeExecution(identity.id, wanted, claim, { kernelDigest: null, error: message });
    this.open.delete(identity.id);
    await claims.fail(identity.id, claim, message);
    await this.add(this.failedRows(row, { code: 'INTERNAL', step: 'simulate', message }));
    return undefined;
  }

  private async add(rows: readonly Row[]): Promise<void> {
    this.others.push(...rows);
    await this.writeIfMany();
  }

  /** Writes when there are many, or some time later: somebody else may wait for one of them. */
  private async writeIfMany(): Promise<void> {
    if (this.simulated.length + this.others.length >= ROWS_A_WRITE) {
      await this.write();
      return;
    }
    this.timer ??= setTimeout(() => {
      this.write().catch(() => this.stop.raise()); // the last write fails with it
    }, WRITE_AFTER_MS);
  }

  /** Stores what has come in: executions, runs, rows, and then the end of the claims. */
  private write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const simulated = this.simulated.splice(0);
    const others = this.others.splice(0);
    this.writing = this.writing.then(async () => {
      if (simulated.length + others.length > 0) await this.store(simulated, others);
    });
    return this.writing;
  }

  private async store(simulated: readonly (WantedRow & SimulatedRun)[], others: readonly Row[]): Promise<void> {
    const { lab, ledger, claims } = this.tools;
    const { experimentRows } = lab.collections;
    let rows: readonly Row[] = others;
    const computed = this.computed + simulated.length;
    this.computed = computed;
    await ledger.storeMany(simulated, (stored) => {
      rows = [...others, ...stored.flatMap(({ simulated: row, run }) => this.rowsOf(row, run))];
      const ids = rows.map(({ _id }) => _id);
      return [
        // Rows that failed before are filled now.
        () => experimentRows.deleteMany({ _id: { $in: ids }, runId: null }),
        () => experimentRows.insertMany(rows, { ordered: false }),
        () => this.context.storeComputed(computed),
        () => claims.releaseMany(stored.map(({ run }) => run._id)),
      ];
    });
    for (const { identity } of simulated) this.open.delete(identity.id);
    for (const row of rows) this.rows.set(row._id, row);
    this.context.progress(this.counts());
  }

  private rowsOf({ identity }: ClaimedRun, run: RunDocument): readonly Row[] {
    return this.twinsOf(identity.id).map((row) => rowOfRun(this.experiment, this.placeOf(row), run));
  }

  private failedRows({ identity }: ClaimedRun, error: RowError): readonly Row[] {
    return this.twinsOf(identity.id).map((row) => failedRow(this.experiment.id, this.placeOf(row), error));
  }

  private twinsOf(runId: string): readonly WantedRow[] {
    return this.twins.get(runId) ?? [];
  }

  private placeOf({ point, replicate, wanted: { parameterSetId } }: WantedRow): RowPlace {
    return { point, replicate, parameterSetId, createdAt: this.tools.lab.clock.now().toISOString() };
  }

  /** What is stored of its rows. */
  counts(): ChunkCounts {
    const ended = [...this.rows.values()].flatMap(({ outcome }) => (outcome === null ? [] : [outcome]));
    return { done: ended.length, failed: this.rows.size - ended.length, outcomes: outcomeCounts(ended) };
  }

  private stopError(): WorkStoppedError {
    const reason: unknown = this.context.signal.reason;
    return reason instanceof WorkStoppedError ? reason : new WorkStoppedError('cancelled');
  }
}
