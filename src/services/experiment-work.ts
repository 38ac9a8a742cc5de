import type { ExperimentDocument } from '../domain/documents.js';
import { notFound } from '../domain/errors.js';
import type { Progress } from '../domain/job.js';
import { WorkPausedError, WorkStoppedError } from '../jobs/work-signal.js';
import type { WorkQueue } from '../jobs/work-queue.js';
import type { ChunkLedger } from './chunk-ledger.js';
import type { ChunkTools } from './chunk-work.js';
import { ChunkWork } from './chunk-work.js';
import { experimentOf } from './experiment.js';
import type { JobContext, JobResult } from './job-runner.js';
import type { ChunkProgress } from './watched-experiment.js';
import { LOOK_MS, WatchedExperiment } from './watched-experiment.js';

/** Chunks at work at once: while the last runs of one are simulated, those of the next wait for a worker already. */
const CHUNKS_AT_ONCE = 2;

/** Chunks of one experiment in line at once. */
const CHUNKS_IN_LINE = 4;

/** Experiments take turns. */
const PRIORITY = 0;

/** A chunk that this process works on. */
interface LocalChunk {
  readonly experimentId: string;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/**
 * The work on experiments. One process sees to an experiment, the holder of its job: it puts the ids of chunks in line and
 * waits until all have ended. Whoever takes an id out of line does the chunk; the store says what there is to do.
 */
export class ExperimentWork {
  private readonly chunks = new Map<string, LocalChunk>();
  private readonly watched = new Map<string, WatchedExperiment>();

  constructor(
    private readonly tools: ChunkTools,
    private readonly ledger: ChunkLedger,
    private readonly queue: WorkQueue,
  ) {}

  /** Begins to take chunks out of line. */
  start(): void {
    this.queue.consume(CHUNKS_AT_ONCE, (id) => this.workOn(id));
  }

  /** Waits until no chunk is at work here; stop the jobs first. */
  close(): Promise<void> {
    return this.queue.close();
  }

  /**
   * Sees an experiment to its end: the handler of its job.
   * @throws WorkPausedError when the simulator's numerics are no more those of the experiment
   */
  async finish(experimentId: string, { job, signal, progress, storeProgress }: JobContext): Promise<JobResult> {
    const watched = new WatchedExperiment(() => progress(this.progressOf(experimentId, watched)));
    watched.computedBefore = job.progress.computedBefore;
    try {
      await this.requireNumerics(await this.experiment(experimentId));
      // What an earlier job of it began here is given back before anything of it is counted.
      await Promise.all(this.own(experimentId).map(({ ended }) => ended));
      await this.ledger.giveBackLost(experimentId);
      await this.look(experimentId, watched);
      if (job.progress.computedBefore === undefined) await storeProgress(this.progressOf(experimentId, watched));
      this.watched.set(experimentId, watched); // from here on its chunks are taken
      let isSeen = true; // whether we have looked since a chunk ended here
      for (let lookedAt = this.now(); watched.open > 0;) {
        const next = await this.ledger.waiting(experimentId, CHUNKS_IN_LINE);
        for (const id of next) await this.queue.add(id, PRIORITY);
        // Where nothing waits any more, what ended last may have been the end of all.
        if (next.length > 0 || isSeen) await watched.changed(signal);
        if (signal.aborted) throw signal.reason;
        if (watched.error !== undefined) throw watched.error;
        isSeen = next.length === 0 || this.now() - lookedAt >= LOOK_MS;
        if (!isSeen) continue;
        // Nothing waits and nothing is at work here: whoever has the rest does not see to this experiment any more.
        if (next.length === 0 && this.own(experimentId).length === 0) await this.ledger.giveBackLost(experimentId);
        await this.look(experimentId, watched);
        lookedAt = this.now();
      }
      const [counts] = await this.ledger.counts([experimentId]);
      const computedRuns = (counts?.computed ?? 0) - (watched.computedBefore ?? 0);
      return { result: experimentId, computedRuns, reusedRuns: (counts?.done ?? 0) - computedRuns };
    } finally {
      const known = this.watched.get(experimentId);
      if (known === watched) this.watched.delete(experimentId);
      // Unless another job of it has begun here.
      if (known === watched || known === undefined) await this.stop(experimentId, signal.reason);
    }
  }

  /** How an experiment stands in the store now: it may have grown. */
  private async look(experimentId: string, watched: WatchedExperiment): Promise<void> {
    const experiment = await this.experiment(experimentId);
    await this.ledger.ensure(experiment);
    const { size, replicates } = experiment;
    const counts = await this.ledger.countsOf(experimentId, watched.counted);
    watched.total = size * replicates;
    watched.computedBefore ??= counts.computed;
    watched.look(counts, this.tools.lab.clock.now().toISOString());
  }

  /** Does a chunk, if it still waits and its experiment is seen to here. */
  private async workOn(id: string): Promise<void> {
    const waiting = await this.ledger.get(id);
    const watched = waiting && this.watched.get(waiting.experimentId);
    if (!waiting || !watched) return;
    const chunk = await this.ledger.take(waiting).catch((error: unknown) => {
      watched.fail(error);
      return null;
    });
    if (!chunk) return;
    const { experimentId } = chunk;
    const abort = new AbortController();
    const { promise: ended, resolve } = deferred();
    const local: LocalChunk = { experimentId, abort, ended };
    this.chunks.set(id, local);
    watched.take(chunk);
    if (this.watched.get(experimentId) !== watched) abort.abort(new WorkStoppedError('cancelled')); // stopped meanwhile
    let isBegun = false;
    const begun = (counts: ChunkProgress): void => {
      isBegun = true;
      watched.begin(id, counts);
    };
    let work: ChunkWork | undefined;
    try {
      const experiment = experimentOf(this.tools.lab, await this.experiment(experimentId));
      work = new ChunkWork(this.tools, experiment, chunk, {
        signal: abort.signal,
        begun,
        progress: (counts) => watched.count(id, counts),
        storeComputed: (runs) => this.ledger.storeComputed(chunk, runs),
      });
      const counts = await work.finish();
      if (await this.ledger.end(chunk, counts)) watched.count(id, counts);
      else watched.release(id, counts); // somebody else's by now
    } catch (error) {
      if (!abort.signal.aborted) watched.fail(error);
      const counts = isBegun && work ? work.counts() : chunk;
      watched.release(id, counts);
      await this.ledger.giveBack(chunk, counts).catch(() => undefined); // found again when its job is taken up
    } finally {
      if (this.chunks.get(id) === local) this.chunks.delete(id);
      resolve();
      watched.change();
    }
  }

  /** Stops the chunks of an experiment that are at work here; those in line find that nobody sees to it. */
  private async stop(experimentId: string, reason: unknown): Promise<void> {
    const own = this.own(experimentId);
    for (const { abort } of own) abort.abort(reason ?? new WorkStoppedError('cancelled'));
    await Promise.all(own.map(({ ended }) => ended));
  }

  private progressOf(experimentId: string, watched: WatchedExperiment): Omit<Progress, 'at'> {
    const running = this.own(experimentId).length > 0 ? this.tools.lab.simulations.workers : 0;
    return { ...watched.progress(), running };
  }

  /** The chunks of an experiment that are at work here. */
  private own(experimentId: string): readonly LocalChunk[] {
    return [...this.chunks.values()].filter((chunk) => chunk.experimentId === experimentId);
  }

  private now(): number {
    return this.tools.lab.clock.monotonicMs();
  }

  private async experiment(id: string): Promise<ExperimentDocument> {
    const experiment = await this.tools.lab.collections.experiments.findOne({ _id: id });
    if (!experiment) throw notFound(`experiment ${id}`);
    return experiment;
  }

  private async requireNumerics({ name, model, numericsDigest }: ExperimentDocument): Promise<void> {
    const { numericsDigest: found } = await this.tools.lab.simulations.numericsOf(model);
    if (found === numericsDigest) return;
    throw new WorkPausedError({
      code: 'UNAVAILABLE',
      message:
        `The experiment ${name} was made under other numerics of ${model} than this server computes: ` +
        'resume it with the version that made it, or create it anew under another name.',
      details: { accepted: numericsDigest, found },
    });
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
