import type {
  AnnotationDocument,
  ChunkDocument,
  ClaimDocument,
  ExecutionDocument,
  ExperimentDocument,
  ExperimentRowDocument,
  InvalidationDocument,
  JobDocument,
  ParameterSetDocument,
  RecordingDocument,
  ResponseDocument,
  RunDocument,
  SweepDocument,
  VerificationDocument,
} from '../domain/documents.js';
import type { StoreCollection, StoreDatabase, StoreDocument } from './seam.js';

/** Every collection of the lab. Indexes are made by migrations/. */
export interface Collections {
  readonly parameterSets: StoreCollection<ParameterSetDocument>;
  readonly runs: StoreCollection<RunDocument>;
  readonly executions: StoreCollection<ExecutionDocument>;
  readonly recordings: StoreCollection<RecordingDocument>;
  readonly claims: StoreCollection<ClaimDocument>;
  readonly responses: StoreCollection<ResponseDocument>;
  readonly sweeps: StoreCollection<SweepDocument>;
  readonly experiments: StoreCollection<ExperimentDocument>;
  readonly chunks: StoreCollection<ChunkDocument>;
  readonly experimentRows: StoreCollection<ExperimentRowDocument>;
  readonly jobs: StoreCollection<JobDocument>;
  readonly invalidations: StoreCollection<InvalidationDocument>;
  readonly annotations: StoreCollection<AnnotationDocument>;
  readonly verifications: StoreCollection<VerificationDocument>;
}

/**
 * Those whose documents are worth nothing once every process has ended, so that a write of theirs need not wait for the
 * disk: a claim says who is at work now.
 */
export const passingCollections: ReadonlySet<string> = new Set<keyof Collections>(['claims']);

/** The lab's collections of a database. */
export function collectionsOf(database: StoreDatabase): Collections {
  return {
    parameterSets: database.collection('parameterSets'),
    runs: database.collection('runs'),
    executions: database.collection('executions'),
    recordings: database.collection('recordings'),
    claims: database.collection('claims'),
    responses: database.collection('responses'),
    sweeps: database.collection('sweeps'),
    experiments: database.collection('experiments'),
    chunks: database.collection('chunks'),
    experimentRows: database.collection('experimentRows'),
    jobs: database.collection('jobs'),
    invalidations: database.collection('invalidations'),
    annotations: database.collection('annotations'),
    verifications: database.collection('verifications'),
  };
}

/** Whether a database holds nothing that anybody asked for. */
export async function isEmptyStore(database: StoreDatabase): Promise<boolean> {
  const found = await Promise.all(
    Object.values(collectionsOf(database)).map((each: AnyCollection) => each.findOne({})),
  );
  return found.every((document) => document === null);
}

type AnyCollection = Pick<StoreCollection<StoreDocument>, 'findOne'>;
