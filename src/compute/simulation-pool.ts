import PQueue from 'p-queue';
import { Piscina } from 'piscina';
import type { ModelNumerics, SimulationReply, SimulationSpeed, SimulationTask, SpeedTask } from './simulation-task.js';
import { StopFlag } from './stop-flag.js';

const IDLE_MS = 60_000;

/** Timed runs come after all others, and so many at most wait at once. */
const TIMING_PRIORITY = -Number.MAX_SAFE_INTEGER;
const MOST_TIMINGS = 8;

/** Worker threads that simulate. Threads start when they are needed and end when they have been idle for a minute. */
export class SimulationPool {
  readonly workers: number;
  private readonly threads: Piscina;
  private readonly waiting: PQueue;
  private readonly timings = new Set<StopFlag>();
  private readonly numerics = new Map<string, Promise<ModelNumerics>>();

  /** @param workers how many simulations run at once */
  constructor(workers: number) {
    this.workers = workers;
    this.threads = new Piscina({
      filename: new URL('./simulation-worker.js', import.meta.url).href,
      minThreads: 0,
      maxThreads: workers,
      idleTimeout: IDLE_MS,
    });
    this.waiting = new PQueue({ concurrency: workers });
  }

  /** The digests of a model, told once by the code of a worker. */
  numericsOf(model: string): Promise<ModelNumerics> {
    const known = this.numerics.get(model);
    if (known) return known;
    const told = this.threads.run(model, { name: 'describeNumerics' }) as Promise<ModelNumerics>;
    this.numerics.set(model, told);
    told.catch(() => this.numerics.delete(model));
    return told;
  }

  /**
   * Runs a simulation when a worker is free. Of those that wait, the highest priority goes first. `begin` is awaited
   * before the worker starts, so that a claim is made no earlier than it is needed; when it says false, or the flag was
   * raised while waiting, nothing is run and the answer is `stopped`. What is to be recorded is asked once, after that.
   */
  async simulate(
    task: Omit<SimulationTask, 'stop' | 'recordings'>,
    options: {
      /** A name for {@link prioritise}; of those that wait, one at a time has it. */
      readonly id?: string;
      readonly priority: number;
      readonly stop: StopFlag;
      readonly begin: () => Promise<boolean>;
      readonly recordings?: () => readonly string[];
    },
  ): Promise<SimulationReply> {
    const { id, priority, stop, begin, recordings = () => [] } = options;
    if (this.waiting.pending >= this.workers) for (const timing of this.timings) timing.raise();
    return this.waiting.add(
      async () => {
        if (stop.raised || !(await begin())) return { kind: 'stopped' };
        const withFlag: SimulationTask = { ...task, recordings: recordings(), stop: stop.word };
        return (await this.threads.run(withFlag, { name: 'simulate' })) as SimulationReply;
      },
      id === undefined ? { priority } : { priority, id },
    );
  }

  /**
   * How fast short runs of these values are now, in one worker; they are kept nowhere. Null when no worker was free
   * within the time, or when one was but a simulation needed it.
   */
  async speedOf(task: Omit<SpeedTask, 'stop'>, withinMs: number): Promise<SimulationSpeed | null> {
    if (this.timings.size >= MOST_TIMINGS) return null;
    const stop = new StopFlag();
    this.timings.add(stop);
    const timing = this.waiting.add(
      async () => {
        if (stop.raised) return null;
        return (await this.threads.run({ ...task, stop: stop.word }, { name: 'timeRuns' })) as SimulationSpeed | null;
      },
      { priority: TIMING_PRIORITY },
    );
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<null>((resolve) => {
      timer = setTimeout(() => {
        stop.raise();
        resolve(null);
      }, withinMs);
    });
    return Promise.race([timing.finally(() => this.timings.delete(stop)), tooLate]).finally(() => clearTimeout(timer));
  }

  /** Gives a simulation that waits another priority; of no effect on one that has begun, or ended. */
  prioritise(id: string, priority: number): void {
    try {
      this.waiting.setPriority(id, priority);
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error; // none of that name waits
    }
  }

  /** Waits for what runs and waits, then ends the threads. Raise the flags first, or that takes its time. */
  async close(): Promise<void> {
    for (const timing of this.timings) timing.raise();
    await this.waiting.onIdle();
    await this.threads.close();
  }
}
