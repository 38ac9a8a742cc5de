import type { JobDocument } from '../domain/documents.js';
import { badUserInput, notFound } from '../domain/errors.js';
import type { OutcomeCount } from '../domain/estimate.js';
import { requireId } from '../domain/ids.js';
import { completed } from '../domain/model-definition.js';
import type { Answer } from './answer.js';
import { answerOf } from './answer.js';
import { failureOf } from './job-failure.js';
import type { JobContext, JobHandler } from './job-runner.js';
import type { JobService } from './job-service.js';
import type { Lab } from './lab.js';
import { requireModel } from './lab.js';
import type { ParameterSetService } from './parameter-set-service.js';
import type { Question, QuestionPayload, ResponseRequest } from './question.js';
import { payloadOf, questionOf, readQuestion } from './question.js';
import type { PoolOfQuestion } from './response-pools.js';
import { refusalOf } from './refusal.js';
import { leftOutNote, ResponsePools } from './response-pools.js';
import { ResponseWork } from './response-work.js';
import type { RunService } from './run-service.js';

/** The kind of the jobs that answer questions. Their key is the question's id. */
export const responseJob = 'response';

/** How an answer is waited for. */
export interface AskOptions {
  readonly waitMs: number;
  /** False where nothing may be computed, as over HTTP GET. */
  readonly mayCompute: boolean;
  /** Told the id of the job that the answer waits for. */
  readonly begun?: (jobId: string) => void;
}

/** Answers questions: from the store, or by simulating what the store lacks. */
export class RespondService {
  private readonly pools: ResponsePools;

  constructor(
    private readonly lab: Lab,
    private readonly jobs: JobService,
    private readonly runs: RunService,
    private readonly parameterSets: ParameterSetService,
  ) {
    this.pools = new ResponsePools(lab);
  }

  /**
   * Answers a question, or says that the answer is PENDING once `waitMs` have passed; the work then goes on.
   * @throws CortigraphError BAD_USER_INPUT, TOO_COSTLY, UNAVAILABLE, CONFLICT where it was invalidated, or what the job that answers it failed with
   */
  async ask(request: ResponseRequest, { waitMs, mayCompute, begun }: AskOptions): Promise<Answer> {
    const question = await readQuestion(this.lab, request);
    const stored = await this.pools.poolOf(question);
    if (stored.assessment.missing === 0) return this.fromStore(question, stored);
    const refusal = refusalOf(question, stored, this.lab.settings.maxResponseSeconds);
    if (refusal) throw refusal;
    if (!mayCompute)
      throw badUserInput('This answer has to be computed, and nothing is computed over HTTP GET: use POST.');
    const submitted = await this.jobs.submit({
      kind: responseJob,
      key: question.id,
      payload: payloadOf(question),
      restsOn: [this.parameterSets.storing(question.model.name, question.values)],
      work: (context) => this.workOn(question, context).finish(stored),
    });
    begun?.(submitted._id);
    const job = await this.jobs.wait(submitted._id, waitMs);
    return this.fromJob(question, job, stored);
  }

  /**
   * The answer that an id stands for; for the id of a question the latest answer to it.
   * @throws CortigraphError NOT_FOUND, BAD_USER_INPUT, or what the job that answers it failed with
   */
  async get(id: string): Promise<Answer> {
    requireId(id, 'Response');
    const response = await this.lab.collections.responses.findOne({ _id: id });
    if (response) {
      const reusedRuns = response.runIds.length;
      const how = { cached: true, reason: 'stored answer', job: null, reusedRuns, computedRuns: 0 };
      return answerOf(response, requireModel(this.lab, response.model), how);
    }
    const job = await this.jobs.latestOf(id);
    if (job?.kind !== responseJob) throw notFound(`response ${id}`);
    const question = this.questionOfJob(job);
    const stored = await this.pools.poolOf(question);
    if (stored.assessment.missing === 0) return this.fromStore(question, stored);
    return this.fromJob(question, job, stored);
  }

  /** The handler of the jobs that answer questions: adds replicates until the pool suffices. */
  handler(): JobHandler {
    return (context) => this.workOn(this.questionOfJob(context.job), context).finish();
  }

  private workOn(question: Question, context: JobContext): ResponseWork {
    return new ResponseWork(this.lab, this.runs, this.pools, question, context);
  }

  private questionOfJob(job: JobDocument): Question {
    const { model } = job.payload as { model: string };
    return questionOf(requireModel(this.lab, model), job.payload as unknown as QuestionPayload); // written by payloadOf
  }

  private async fromStore(question: Question, stored: PoolOfQuestion): Promise<Answer> {
    const { id, writes } = this.pools.response(question, stored);
    await this.lab.inOrder(...writes);
    const { pool, assessment, leftOut } = stored;
    const n = pool.length;
    return answerOf(
      {
        _id: id,
        parameterSetId: question.parameterSetId,
        model: question.model.name,
        estimand: question.estimand,
        outputs: assessment.estimates ?? [],
        outcomes: assessment.outcomes,
        runIds: pool.map((run) => run._id),
      },
      question.model,
      {
        cached: true,
        reason: `${n} stored ${n === 1 ? 'run answers' : 'runs answer'} it${leftOutNote(leftOut.length)}${abortedNote(assessment.outcomes)}`,
        job: null,
        reusedRuns: n,
        computedRuns: 0,
      },
    );
  }

  private async fromJob(question: Question, job: JobDocument, before: PoolOfQuestion): Promise<Answer> {
    const failure = failureOf(job);
    if (failure) throw failure;
    const leftOut = leftOutNote(before.leftOut.length);
    const response = job.result === null ? null : await this.pools.stored(job.result);
    if (response) {
      const { computedRuns, reusedRuns } = job;
      const reason = `${computedRuns} computed, ${reusedRuns} reused${leftOut}${abortedNote(response.outcomes)}`;
      return answerOf(response, question.model, { cached: computedRuns === 0, reason, job, reusedRuns, computedRuns });
    }
    const { done, total } = job.progress;
    return {
      id: question.id,
      status: 'PENDING',
      job,
      parameterSetId: question.parameterSetId,
      model: question.model.name,
      origin: null,
      cached: false,
      reason: `${total === 0 ? 'waits for a worker' : `being computed: ${done} of ${total} runs are done`}${leftOut}`,
      estimand: question.estimand,
      estimates: [],
      outcomes: before.assessment.outcomes,
      flags: [],
      runIds: before.pool.map((run) => run._id),
      reusedRuns: before.pool.length,
      computedRuns: 0,
    };
  }
}

/** Why there are no estimates, where that is so. */
function abortedNote(outcomes: readonly OutcomeCount[]): string {
  const aborted = outcomes.filter(({ outcome }) => outcome !== completed);
  if (aborted.length === 0) return '';
  const codes = aborted.map(({ outcome, count }) => `${count} × ${outcome}`).join(', ');
  return `; aborted: ${codes}, so there are outcomes and no estimates`;
}
