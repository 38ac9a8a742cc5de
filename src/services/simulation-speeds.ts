import { CALIBRATION_MS } from '../compute/measure-speed.js';
import type { SimulationSpeed } from '../compute/simulation-task.js';
import type { Lab } from './lab.js';
import type { Question } from './question.js';
import { nextReplicates } from './replicates.js';

/** How fast a question's runs are, and how that is known. */
export interface KnownSpeed extends SimulationSpeed {
  readonly how: 'measured' | 'measuredElsewhere';
}

/** How long a measurement counts as one of now, in ms. */
const FRESH_MS = 60_000;

/** How long somebody waits for a worker to measure in, in ms. */
const WAIT_MS = 3000;

/** How many measurements are remembered. */
const REMEMBERED = 1000;

/** Knows how fast simulations are: measured in a worker when it is asked, remembered for a minute. */
export class SimulationSpeeds {
  private readonly byRun = new Map<string, { readonly speed: SimulationSpeed; readonly atMs: number }>();
  private readonly latestOfModel = new Map<string, SimulationSpeed>();

  constructor(private readonly lab: Pick<Lab, 'clock' | 'simulations'>) {}

  /**
   * The speed of the runs of a question; where no worker is free, or none may be used, the last one of its model.
   * @returns null when there is none of its model either
   */
  async of(question: Question, mayMeasure: boolean): Promise<KnownSpeed | null> {
    const { model } = question;
    const known = this.byRun.get(timedRun(question));
    if (known && this.lab.clock.monotonicMs() - known.atMs < FRESH_MS) return { ...known.speed, how: 'measured' };
    const speed = mayMeasure ? await this.measure(question) : null;
    if (speed) return { ...speed, how: 'measured' };
    const latest = this.latestOfModel.get(model.name);
    return latest ? { ...latest, how: 'measuredElsewhere' } : null;
  }

  private async measure(question: Question): Promise<SimulationSpeed | null> {
    const { model, values } = question;
    const [protocol = question.protocol] = nextReplicates(question, { pool: [], invalidations: [] }, 1);
    const speed = await this.lab.simulations.speedOf({ model: model.name, values, protocol }, WAIT_MS);
    if (!speed) return null;
    if (this.byRun.size >= REMEMBERED) this.byRun.clear();
    this.byRun.set(timedRun(question), { speed, atMs: this.lab.clock.monotonicMs() });
    this.latestOfModel.set(model.name, speed);
    return speed;
  }
}

/** What is timed for a question: a short run is slower by the second than a part of a long one. */
function timedRun({ parameterSetId, protocol: { warmupMs, durationMs } }: Question): string {
  return `${parameterSetId}/${Math.min((warmupMs ?? 0) + (durationMs ?? 0), CALIBRATION_MS)}`;
}
