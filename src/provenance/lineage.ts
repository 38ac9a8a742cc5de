import type {
  AnnotationDocument,
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
import { invalidationId } from '../domain/identity.js';
import { kindOfId } from '../domain/ids.js';
import type { ProvRelation } from './graph.js';

/** The stored kinds that have a lineage. */
export interface LineageDocuments {
  readonly ParameterSet: ParameterSetDocument;
  readonly SimulationRun: RunDocument;
  readonly Execution: ExecutionDocument;
  readonly Recording: RecordingDocument;
  readonly Response: ResponseDocument;
  readonly Invalidation: InvalidationDocument;
  readonly Annotation: AnnotationDocument;
  readonly Verification: VerificationDocument;
  readonly Sweep: SweepDocument;
  readonly Experiment: ExperimentDocument;
  readonly ExperimentRow: ExperimentRowDocument;
  readonly Job: JobDocument;
}

/** A name of {@link LineageDocuments}. */
export type LineageKind = keyof LineageDocuments;

/** A relation between two stored kinds: how to find its one end from the other. */
export interface LineageRule<F extends LineageKind = LineageKind, T extends LineageKind = LineageKind> {
  readonly from: F;
  readonly relation: ProvRelation;
  readonly to: T;
  /** Of a document of `from`: the ids that it points to. */
  readonly targets: (from: LineageDocuments[F]) => readonly string[];
  /** An equality on `from` that finds, among others, every document that points to this one. */
  readonly candidates: (to: LineageDocuments[T]) => Readonly<Record<string, string>>;
  /** Whether `from` is what came first: the edge goes from `to` to `from`. */
  readonly isFlipped?: true;
}

const rule = <F extends LineageKind, T extends LineageKind>(row: LineageRule<F, T>): LineageRule =>
  row as unknown as LineageRule; // the walker only gives a rule the documents of its own kinds

const invalidatedKinds = ['SimulationRun', 'Recording', 'Response'] as const;
const annotatedKinds = ['ParameterSet', 'SimulationRun', 'Execution', 'Recording', 'Response', 'Experiment'] as const;
const kindsOfResults = ['SimulationRun', 'Response', 'Sweep', 'Experiment', 'Verification'] as const;

/**
 * The lineage between stored kinds: one row a relation. Which runs a sweep rests on is in no document: it is read from the
 * pools of its points (src/services/sweep-lineage.ts).
 */
export const lineageRules: readonly LineageRule[] = [
  rule({
    from: 'SimulationRun',
    relation: 'wasGeneratedBy',
    to: 'Execution',
    targets: (run) => [run.executionId],
    candidates: (execution) => ({ _id: execution.runId }),
  }),
  rule({
    from: 'SimulationRun',
    relation: 'wasDerivedFrom',
    to: 'ParameterSet',
    targets: (run) => [run.parameterSetId],
    candidates: (parameterSet) => ({ parameterSetId: parameterSet._id }),
  }),
  rule({
    from: 'Execution',
    relation: 'used',
    to: 'ParameterSet',
    targets: (execution) => [execution.parameterSetId],
    candidates: (parameterSet) => ({ parameterSetId: parameterSet._id }),
  }),
  rule({
    from: 'Recording',
    relation: 'wasGeneratedBy',
    to: 'Execution',
    targets: (recording) => [recording.executionId],
    candidates: (execution) => ({ runId: execution.runId }),
  }),
  rule({
    from: 'Recording',
    relation: 'wasDerivedFrom',
    to: 'SimulationRun',
    targets: (recording) => [recording.runId],
    candidates: (run) => ({ runId: run._id }),
  }),
  rule({
    from: 'Response',
    relation: 'wasDerivedFrom',
    to: 'SimulationRun',
    targets: (response) => response.runIds,
    candidates: (run) => ({ parameterSetId: run.parameterSetId }),
  }),
  rule({
    from: 'ExperimentRow',
    relation: 'wasDerivedFrom',
    to: 'SimulationRun',
    targets: ({ runId }) => (runId === null ? [] : [runId]),
    candidates: (run) => ({ runId: run._id }),
  }),
  rule({
    from: 'ExperimentRow',
    relation: 'wasDerivedFrom',
    to: 'Experiment',
    targets: ({ experimentId }) => [experimentId],
    candidates: (experiment) => ({ experimentId: experiment._id }),
  }),
  rule({
    from: 'Verification',
    relation: 'used',
    to: 'SimulationRun',
    targets: (verification) => [verification.runId],
    candidates: (run) => ({ runId: run._id }),
  }),
  ...invalidatedKinds.map((to) =>
    rule({
      from: 'Invalidation',
      relation: 'wasInvalidatedBy',
      to,
      targets: ({ target, targetKind }) => (targetKind === to ? [target] : []),
      candidates: ({ _id }) => ({ _id: invalidationId(_id) }),
      isFlipped: true,
    }),
  ),
  ...annotatedKinds.map((to) =>
    rule({
      from: 'Annotation',
      relation: 'wasDerivedFrom',
      to,
      targets: ({ target, targetKind }) => (targetKind === to ? [target] : []),
      candidates: ({ _id }) => ({ target: _id }),
    }),
  ),
  ...kindsOfResults.map((to) =>
    rule({
      from: 'Job',
      relation: 'wasInfluencedBy',
      to,
      // Whoever found a run stored, or recorded it later, did not make it.
      targets: ({ result, computedRuns }) =>
        result !== null && kindOfId(result) === to && (to !== 'SimulationRun' || computedRuns > 0) ? [result] : [],
      candidates: ({ _id }) => ({ result: _id }),
      isFlipped: true,
    }),
  ),
];
