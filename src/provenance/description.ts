import { sha256 } from '../domain/digest.js';
import type { Attribution, ExecutionDocument } from '../domain/documents.js';
import type { ProvenanceEdge, ProvenanceNode, ProvType } from './graph.js';
import type { LineageDocuments, LineageKind } from './lineage.js';

/** What a document tells of although it is not stored by itself: code, agents, the making of an estimate. */
export interface Implied {
  readonly nodes: readonly ProvenanceNode[];
  /** Those whose other end is not shown are left out. */
  readonly edges: readonly ProvenanceEdge[];
}

/** What a document is in a graph. */
export const describe: { readonly [K in LineageKind]: (document: LineageDocuments[K]) => ProvenanceNode } = {
  ParameterSet: ({ _id, model, values, digest, createdAt }) =>
    node(_id, 'ParameterSet', 'ENTITY', `parameter set of ${model}`, createdAt, {
      digest,
      model,
      values: JSON.stringify(values),
    }),
  SimulationRun: ({ _id, model, outcome, protocol, numericsDigest, digest, createdAt }) =>
    node(_id, 'SimulationRun', 'ENTITY', `run of ${model}: ${outcome}`, createdAt, {
      digest,
      model,
      numericsDigest,
      outcome,
      protocol: JSON.stringify(protocol),
    }),
  Execution: (execution) =>
    node(
      execution._id,
      'Execution',
      'ACTIVITY',
      `attempt ${execution.attempt} at ${execution.runId}`,
      execution.finishedAt,
      {
        attempt: String(execution.attempt),
        startedAt: execution.startedAt,
        finishedAt: execution.finishedAt,
        ...attribution(execution),
        ...(execution.error === null ? {} : { error: execution.error }),
      },
    ),
  Recording: ({ _id, runId, model, numericsDigest, kind, version, blob, createdAt }) =>
    node(_id, 'Recording', 'ENTITY', `${kind} of ${runId}`, createdAt, {
      digest: blob.digest,
      bytes: String(blob.bytes),
      mediaType: blob.mediaType,
      model,
      numericsDigest,
      kind,
      version,
    }),
  Response: ({ _id, model, estimand, estimator, digest, runIds, createdAt }) =>
    node(
      _id,
      'Response',
      'ENTITY',
      `response of ${model} from ${runIds.length} ${runIds.length === 1 ? 'run' : 'runs'}`,
      createdAt,
      {
        digest,
        model,
        estimand,
        estimator,
      },
    ),
  Invalidation: (invalidation) =>
    node(
      invalidation._id,
      'Invalidation',
      'ACTIVITY',
      `invalidation of ${invalidation.target}`,
      invalidation.createdAt,
      {
        reason: invalidation.reason,
        startedAt: invalidation.createdAt,
        finishedAt: invalidation.createdAt,
        ...attribution(invalidation),
      },
    ),
  Annotation: ({ _id, target, tag, note, createdAt }) =>
    node(_id, 'Annotation', 'ENTITY', `${tag === null ? 'note' : 'tag'} on ${target}`, createdAt, {
      ...(tag === null ? {} : { tag }),
      ...(note === null ? {} : { note }),
    }),
  Verification: (verification) =>
    node(
      verification._id,
      'Verification',
      'ACTIVITY',
      `${verification.runId} run again: ${verification.differences.length === 0 ? 'the same' : 'not the same'}`,
      verification.finishedAt,
      {
        startedAt: verification.startedAt,
        finishedAt: verification.finishedAt,
        identical: String(verification.differences.length === 0),
        ...(verification.differences.length === 0 ? {} : { differences: verification.differences.join('; ') }),
        ...(verification.recordings.length === 0 ? {} : { recordings: verification.recordings.join(', ') }),
        ...attribution(verification),
      },
    ),
  Sweep: ({ _id, model, numericsDigest, digest, preimage, createdAt }) =>
    node(_id, 'Sweep', 'ENTITY', `sweep of ${model}`, createdAt, { digest, model, numericsDigest, preimage }),
  Experiment: ({ _id, name, model, numericsDigest, digest, createdAt, ...asked }) => {
    const { space, design, protocol, size, replicates, commonRandomNumbers } = asked;
    return node(_id, 'Experiment', 'ENTITY', `experiment ${name} of ${model}`, createdAt, {
      digest,
      name,
      model,
      numericsDigest,
      // Of a list the points are with its rows.
      ...(typeof design['kind'] === 'string' ? { design: design['kind'] } : {}),
      ...(design['seed'] === undefined ? {} : { seed: JSON.stringify(design['seed']) }),
      space: JSON.stringify(space),
      protocol: JSON.stringify(protocol),
      size: String(size),
      replicates: String(replicates),
      commonRandomNumbers: String(commonRandomNumbers),
    });
  },
  ExperimentRow: ({ _id, point, replicate, outcome, outputs, error, createdAt }) =>
    node(_id, 'ExperimentRow', 'ENTITY', `row of point ${point}, replicate ${replicate}`, createdAt, {
      point: String(point),
      replicate: String(replicate),
      ...(outcome === null ? {} : { outcome }),
      outputs: JSON.stringify(outputs),
      ...(error === null ? {} : { error: `${error.code}: ${error.message}` }),
    }),
  Job: (job) =>
    node(job._id, 'Job', 'ACTIVITY', `${job.kind} job: ${job.status}`, job.finishedAt ?? job.createdAt, {
      kind: job.kind,
      about: job.key,
      status: job.status,
      attempt: String(job.attempt),
      startedAt: job.createdAt,
      ...(job.finishedAt === null ? {} : { finishedAt: job.finishedAt }),
      computedRuns: String(job.computedRuns),
      reusedRuns: String(job.reusedRuns),
      project: job.project,
      createdBy: job.createdBy,
    }),
};

/** What a document implies; one row a kind. */
export const implied: { readonly [K in LineageKind]: (document: LineageDocuments[K]) => Implied } = {
  ParameterSet: () => ({ nodes: [], edges: [] }),
  SimulationRun: () => ({ nodes: [], edges: [] }),
  Recording: () => ({ nodes: [], edges: [] }),
  Execution: (execution) => simulationOf(execution),
  Verification: (verification) => simulationOf(verification),
  Invalidation: (invalidation) => agentsOf(invalidation._id, invalidation),
  Annotation: (annotation) => agentsOf(annotation._id, annotation, 'wasAttributedTo'),
  Sweep: () => ({ nodes: [], edges: [] }),
  ExperimentRow: () => ({ nodes: [], edges: [] }),
  Experiment: (experiment) => {
    const principal = principalNode(experiment);
    return { nodes: [principal], edges: [{ from: experiment._id, to: principal.id, relation: 'wasAttributedTo' }] };
  },
  Job: (job) => {
    const principal = principalNode(job);
    return { nodes: [principal], edges: [{ from: job._id, to: principal.id, relation: 'wasAssociatedWith' }] };
  },
  Response: (response) => {
    const { _id, createdAt, digest, estimation, estimator, runIds } = response;
    const making = node(
      `estimation_${digest.slice(0, 32)}`,
      'Estimation',
      'ACTIVITY',
      `estimated by ${estimator}`,
      createdAt,
      {
        estimator,
        startedAt: createdAt,
        finishedAt: createdAt,
        ...attribution(estimation),
      },
    );
    const agents = agentsOf(making.id, estimation);
    return {
      nodes: [making, ...agents.nodes],
      edges: [
        { from: _id, to: making.id, relation: 'wasGeneratedBy' },
        ...runIds.map((to): ProvenanceEdge => ({ from: making.id, to, relation: 'used' })),
        ...agents.edges,
      ],
    };
  },
};

function node(
  id: string,
  kind: string,
  type: ProvType,
  label: string,
  at: string | null,
  attributes: Readonly<Record<string, string>>,
): ProvenanceNode {
  return {
    id,
    kind,
    type,
    label,
    at,
    attributes: Object.entries(attributes).map(([name, value]) => ({ name, value })),
  };
}

const attribution = (of: Attribution): Readonly<Record<string, string>> => ({
  softwareVersion: of.softwareVersion,
  nodeVersion: of.nodeVersion,
  host: of.host,
  project: of.project,
  createdBy: of.createdBy,
});

/** The code and the agents of an activity that simulated. */
function simulationOf(activity: CodeUse & Attribution & { readonly _id: string }): Implied {
  const code = codeNode(activity);
  const agents = agentsOf(activity._id, activity);
  return {
    nodes: [code, ...agents.nodes],
    edges: [{ from: activity._id, to: code.id, relation: 'used' }, ...agents.edges],
  };
}

/** The software that did an activity or made an entity, and whom it did it for. */
function agentsOf(
  id: string,
  of: Attribution,
  relation: 'wasAssociatedWith' | 'wasAttributedTo' = 'wasAssociatedWith',
): Implied {
  const { agent, softwareVersion, nodeVersion, host } = of;
  const software = node(
    agentId([agent, softwareVersion, nodeVersion, host]),
    'SoftwareAgent',
    'AGENT',
    `${agent} ${softwareVersion} on ${host}`,
    null,
    { agent, softwareVersion, nodeVersion, host },
  );
  const principal = principalNode(of);
  return {
    nodes: [software, principal],
    edges: [
      { from: id, to: software.id, relation },
      { from: software.id, to: principal.id, relation: 'actedOnBehalfOf' },
    ],
  };
}

const principalNode = ({ project, createdBy }: Pick<Attribution, 'project' | 'createdBy'>): ProvenanceNode =>
  node(agentId([project, createdBy]), 'Agent', 'AGENT', createdBy, null, { project, createdBy });

const agentId = (parts: readonly string[]): string => `agent_${sha256(JSON.stringify(parts)).slice(0, 32)}`;

type CodeUse = Pick<ExecutionDocument, 'model' | 'numericsDigest' | 'kernelDigest' | 'softwareVersion'>;

function codeNode({ model, numericsDigest, kernelDigest, softwareVersion }: CodeUse): ProvenanceNode {
  const id = `code_${sha256(JSON.stringify([model, numericsDigest, kernelDigest, softwareVersion])).slice(0, 32)}`;
  return node(id, 'Code', 'ENTITY', `simulator of ${model} in Cortigraph ${softwareVersion}`, null, {
    model,
    numericsDigest,
    softwareVersion,
    ...(kernelDigest === null ? {} : { kernelDigest }),
  });
}
