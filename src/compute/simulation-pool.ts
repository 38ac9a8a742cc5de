import PQueue from 'p-queue';
import { Piscina } from 'piscina';
import type { ModelNumerics, SimulationReply, SimulationTask } from './simulation-task.js';
import type { StopFlag } from './stop-flag.js';

const IDLE_MS = 60_000;

/** Worker threads that simulate. Threads start when they are needed and end when they have been idle for a minute. */
export class SimulationPool {
  readonly workers: number;
  private readonly threads: Piscina;
  private readonly waiting: PQueue;
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
      readonly priority: number;
      readonly stop: StopFlag;
      readonly begin: () => Promise<boolean>;
      readonly recordings?: () => readonly string[];
    },
  ): Promise<SimulationReply> {
    const { priority, stop, begin, recordings = () => [] } = options;
    return this.waiting.add(
      async () => {
        if (stop.raised || !(await begin())) return { kind: 'stopped' };
        const withFlag: SimulationTask = { ...task, recordings: recordings(), stop: stop.word };
        return (await this.threads.run(withFlag, { name: 'simulate' })) as SimulationReply;
      },
      { priority },
    );
  }

  /** Waits for what runs and waits, then ends the threads. Raise the flags first, or that takes its time. */
  async close(): Promise<void> {
    await this.waiting.onIdle();
    await this.threads.close();
  }
}
