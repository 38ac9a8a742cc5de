import { setMaxListeners } from 'node:events';
import type { RunDocument } from '../domain/documents.js';
import type { Protocol } from '../domain/protocol.js';
import type { PoolOfQuestion, ResponsePools } from './response-pools.js';
import type { JobContext, JobResult } from './job-runner.js';
import type { Lab } from './lab.js';
import { requireNumerics } from './lab.js';
import type { Question } from './question.js';
import { nextReplicates } from './replicates.js';
import { costOf, refuseTooCostly } from './response-cost.js';
import type { RunService } from './run-service.js';

/** The way to the answer of a question: adds replicates until the pool suffices. */
export class ResponseWork {
  private readonly computed = new Set<string>();
  private running = 0;
  private planned = 0;

  constructor(
    private readonly lab: Lab,
    private readonly runs: RunService,
    private readonly pools: ResponsePools,
    private readonly question: Question,
    private readonly context: Pick<JobContext, 'signal' | 'progress'>,
    /** Of its first run; that of each further run is one lower. */
    private readonly priority = 0,
  ) {}

  /** @param known the pool, where it was read just now */
  async finish(known?: PoolOfQuestion): Promise<JobResult> {
    const { question } = this;
    await requireNumerics(this.lab, question.model.name, question.numericsDigest);
    let stored = known ?? (await this.pools.poolOf(question));
    for (;;) {
      const { pool, assessment } = stored;
      if (assessment.missing === 0) {
        const { id: result, writes } = this.pools.response(question, stored);
        const computedRuns = pool.filter((run) => this.computed.has(run._id)).length;
        return { result, writes, computedRuns, reusedRuns: pool.length - computedRuns };
      }
      refuseTooCostly(question, assessment, false, {
        maxSeconds: this.lab.settings.maxResponseSeconds,
        computedSeconds: costOf(question, this.computed.size).biologicalSeconds,
      });
      // At most twice as many a round: what the first runs say of the noise is itself uncertain.
      const round = Math.min(assessment.missing, Math.max(2 * this.lab.simulations.workers, pool.length));
      const added = await this.add(nextReplicates(question, stored, round), assessment.missing);
      stored = await this.pools.withAdded(question, stored, added, (run) => this.computed.has(run._id));
    }
  }

  private async add(protocols: readonly Protocol[], missing: number): Promise<readonly RunDocument[]> {
    this.planned = this.computed.size + missing;
    const failure = new AbortController();
    const signal = AbortSignal.any([this.context.signal, failure.signal]);
    setMaxListeners(0, signal); // one a replicate
    const { model, numericsDigest, values, parameterSetId } = this.question;
    this.report();
    try {
      return await Promise.all(
        protocols.map(async (protocol, index) => {
          const begun = (): void => {
            this.running += 1;
            this.report();
          };
          const { run, computed } = await this.runs.obtain(
            { model: model.name, numericsDigest, values, parameterSetId, protocol },
            { signal, priority: this.priority - (this.computed.size + index), begun, isMissing: true },
          );
          if (!computed) return run;
          this.computed.add(run._id);
          this.running = Math.max(this.running - 1, 0);
          this.report();
          return run;
        }),
      );
    } catch (error) {
      failure.abort();
      throw error;
    }
  }

  private report(): void {
    this.context.progress({ total: this.planned, done: this.computed.size, failed: 0, running: this.running });
  }
}
