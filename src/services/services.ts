import { InProcessQueue } from '../jobs/work-queue.js';
import { AnnotationService } from './annotation-service.js';
import { Claims } from './claims.js';
import { ChunkLedger } from './chunk-ledger.js';
import { CostService } from './cost-service.js';
import { ExperimentResults } from './experiment-results.js';
import { ExperimentService, experimentJob } from './experiment-service.js';
import { ExperimentWork } from './experiment-work.js';
import { ExplainService } from './explain-service.js';
import { InvalidationService } from './invalidation-service.js';
import type { TakesUp } from './job-service.js';
import { JobService } from './job-service.js';
import type { Lab } from './lab.js';
import { Lists } from './lists.js';
import { Lookups } from './lookups.js';
import { ModelService } from './model-service.js';
import { ParameterSetService } from './parameter-set-service.js';
import { Recordings } from './recordings.js';
import { RespondService, responseJob } from './respond-service.js';
import { RunLedger } from './run-ledger.js';
import { RunService } from './run-service.js';
import { SimulateService, simulationJob } from './simulate-service.js';
import { SweepService, sweepJob } from './sweep-service.js';
import { TraceService } from './trace-service.js';
import { VerificationService, verificationJob } from './verification-service.js';

/** Everything that can be asked of the lab. */
export interface Services {
  readonly models: ModelService;
  readonly parameterSets: ParameterSetService;
  readonly simulate: SimulateService;
  readonly respond: RespondService;
  readonly recordings: Recordings;
  readonly explain: ExplainService;
  readonly sweeps: SweepService;
  readonly costs: CostService;
  readonly trace: TraceService;
  readonly invalidations: InvalidationService;
  readonly annotations: AnnotationService;
  readonly verifications: VerificationService;
  readonly experiments: ExperimentService;
  readonly experimentResults: ExperimentResults;
  readonly jobs: JobService;
  readonly lists: Lists;
  readonly lookups: Lookups;
  /** Takes up work that an earlier process left. */
  start(): Promise<void>;
  /** Stops what runs, and gives it back to whoever comes next. */
  close(): Promise<void>;
}

/**
 * Puts the services of a lab together.
 * @param holder names this process among all that share the store
 * @param takesUp which of the work that others left is done here
 */
export function createServices(lab: Lab, holder: string, takesUp: TakesUp = 'any'): Services {
  const claims = new Claims(lab, holder);
  const runs = new RunService(lab, claims);
  const parameterSets = new ParameterSetService(lab);
  const jobs = new JobService(lab, holder, takesUp);
  const chunkLedger = new ChunkLedger(lab, holder);
  const experimentWork = new ExperimentWork(
    { lab, claims, ledger: new RunLedger(lab), runs, parameterSets },
    chunkLedger,
    new InProcessQueue((id, err) => lab.log.error({ err, chunk: id }, 'a chunk could not be worked on')),
  );
  const respond = new RespondService(lab, jobs, runs, parameterSets);
  const simulate = new SimulateService(lab, jobs, parameterSets);
  const sweeps = new SweepService(lab, jobs, parameterSets);
  const annotations = new AnnotationService(lab);
  const verifications = new VerificationService(lab, jobs, simulate);
  const experiments = new ExperimentService(lab, jobs, chunkLedger, experimentWork, annotations);
  jobs.handle(responseJob, respond.handler());
  jobs.handle(simulationJob, simulate.handler(runs));
  jobs.handle(sweepJob, sweeps.handler(runs));
  jobs.handle(verificationJob, verifications.handler());
  jobs.handle(experimentJob, experiments.handler(), (job) => experiments.beforeRetry(job));
  return {
    models: new ModelService(lab),
    parameterSets,
    simulate,
    respond,
    recordings: new Recordings(lab),
    explain: new ExplainService(lab),
    sweeps,
    costs: new CostService(lab),
    trace: new TraceService(lab),
    invalidations: new InvalidationService(lab),
    annotations,
    verifications,
    experiments,
    experimentResults: new ExperimentResults(lab, experiments),
    jobs,
    lists: new Lists(lab, annotations),
    lookups: new Lookups(lab, simulate),
    start: async () => {
      await claims.start();
      await experiments.start(takesUp === 'any');
      await jobs.start();
    },
    close: async () => {
      await jobs.close();
      await experimentWork.close();
      await runs.close();
      await claims.close();
    },
  };
}
