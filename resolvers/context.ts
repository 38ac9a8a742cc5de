import DataLoader from 'dataloader';
import { notFound } from '../src/domain/errors.js';
import { groupedBy } from '../src/domain/grouped-by.js';
import type {
  AnnotationDocument,
  ExecutionDocument,
  InvalidationDocument,
  JobDocument,
  ParameterSetDocument,
  RecordingDocument,
  RunDocument,
  VerificationDocument,
} from '../src/domain/documents.js';
import type { Table } from '../src/domain/table.js';
import type { ExperimentCounts } from '../src/services/chunk-ledger.js';
import type { Page } from '../src/services/pages.js';
import type { Services } from '../src/services/services.js';
import type { RunView } from '../src/services/simulate-service.js';

/** What resolvers see of a request. */
export interface RequestContext {
  readonly services: Services;
  readonly loaders: Loaders;
  /** False where nothing may be computed, as over HTTP GET. */
  readonly mayCompute: boolean;
  /** What links begin with: the address of this server as the one who asks sees it, without a slash at its end. */
  readonly origin: string;
  /** Told the id of each job that an answer waits for. */
  readonly begun?: (jobId: string) => void;
}

/** Relations of many parents, each kind in one call of the store; for one request only. */
export interface Loaders {
  readonly parameterSet: DataLoader<string, ParameterSetDocument>;
  readonly run: DataLoader<string, RunView>;
  readonly executionsOfRun: DataLoader<string, readonly ExecutionDocument[]>;
  readonly execution: DataLoader<string, ExecutionDocument>;
  readonly recordingsOfRun: DataLoader<string, readonly RecordingDocument[]>;
  /** The tables of recordings by their digests, null where they are too large for an answer. */
  readonly table: DataLoader<string, Table | null>;
  readonly annotations: DataLoader<string, readonly AnnotationDocument[]>;
  /** Why something is invalid; null while it is valid. */
  readonly invalidation: DataLoader<string, InvalidationDocument | null>;
  readonly verificationsOfRun: DataLoader<string, readonly VerificationDocument[]>;
  readonly totalRunsOfParameterSet: DataLoader<string, number>;
  readonly countsOfExperiment: DataLoader<string, ExperimentCounts>;
  readonly jobOfExperiment: DataLoader<string, JobDocument | null>;
  /** The first page, of this size, of the runs of a parameter set. */
  firstRunsOfParameterSet(first: number | undefined): DataLoader<string, Page<RunDocument>>;
}

type LoadedServices = Pick<
  Services,
  'lookups' | 'lists' | 'recordings' | 'annotations' | 'invalidations' | 'verifications' | 'experiments'
>;

/** The loaders of one request. */
export function createLoaders(services: LoadedServices): Loaders {
  const { lookups, lists, recordings, annotations, invalidations, verifications, experiments } = services;
  const firstRuns = new Map<number | undefined, DataLoader<string, Page<RunDocument>>>();
  return {
    parameterSet: new DataLoader<string, ParameterSetDocument>(async (ids) => {
      const found = new Map((await lookups.parameterSets(ids)).map((each) => [each._id, each]));
      return ids.map((id) => found.get(id) ?? notFound(`parameter set ${id}`));
    }),
    run: new DataLoader<string, RunView>(async (ids) => {
      const found = new Map((await lookups.runs(ids)).map((each) => [each.id, each]));
      return ids.map((id) => found.get(id) ?? notFound(`simulation run ${id}`));
    }),
    executionsOfRun: new DataLoader(async (runIds) => {
      const found = groupedBy(await lookups.executionsOf(runIds), ({ runId }) => runId);
      return runIds.map((id) => found.get(id) ?? []);
    }),
    execution: new DataLoader<string, ExecutionDocument>(async (ids) => {
      const found = new Map((await lookups.executions(ids)).map((each) => [each._id, each]));
      return ids.map((id) => found.get(id) ?? notFound(`execution ${id}`));
    }),
    recordingsOfRun: new DataLoader(async (runIds) => {
      const found = groupedBy(await recordings.of(runIds), ({ runId }) => runId);
      return runIds.map((id) => found.get(id) ?? []);
    }),
    table: new DataLoader((digests) => recordings.tables(digests)),
    annotations: new DataLoader(async (targets) => {
      const found = groupedBy(await annotations.of(targets), ({ target }) => target);
      return targets.map((id) => found.get(id) ?? []);
    }),
    invalidation: new DataLoader<string, InvalidationDocument | null>(async (targets) => {
      const found = new Map((await invalidations.of(targets)).map((each) => [each.target, each]));
      return targets.map((target) => found.get(target) ?? null);
    }),
    verificationsOfRun: new DataLoader(async (runIds) => {
      const found = groupedBy(await verifications.of(runIds), ({ runId }) => runId);
      return runIds.map((id) => found.get(id) ?? []);
    }),
    totalRunsOfParameterSet: new DataLoader((ids) => lists.totalRunsOf(ids)),
    countsOfExperiment: new DataLoader((ids) => experiments.counts(ids)),
    jobOfExperiment: new DataLoader((ids) => Promise.all(ids.map((id) => experiments.jobOf(id)))),
    firstRunsOfParameterSet: (first) => {
      const loader = firstRuns.get(first) ?? new DataLoader((ids) => lists.firstRunsOf(ids, first));
      firstRuns.set(first, loader);
      return loader;
    },
  };
}
