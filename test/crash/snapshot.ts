import { buffer } from 'node:stream/consumers';
import { sha256 } from '../../src/domain/digest.js';
import type {
  ExecutionDocument,
  ExperimentDocument,
  ExperimentRowDocument,
  JobDocument,
  ParameterSetDocument,
  RecordingDocument,
  ResponseDocument,
  RunDocument,
} from '../../src/domain/documents.js';
import type { ClaimDocument } from '../../src/domain/documents.js';
import { collectionsOf } from '../../src/store/collections.js';
import type { Store } from '../../src/store/store.js';

/** Everything that a store holds, by ids. */
export interface Snapshot {
  readonly parameterSets: ReadonlyMap<string, ParameterSetDocument>;
  readonly runs: ReadonlyMap<string, RunDocument>;
  readonly executions: ReadonlyMap<string, ExecutionDocument>;
  readonly recordings: ReadonlyMap<string, RecordingDocument>;
  readonly responses: ReadonlyMap<string, ResponseDocument>;
  readonly experiments: ReadonlyMap<string, ExperimentDocument>;
  readonly experimentRows: ReadonlyMap<string, ExperimentRowDocument>;
  readonly jobs: ReadonlyMap<string, JobDocument>;
  readonly claims: ReadonlyMap<string, ClaimDocument>;
  /** Digests of blobs that recordings name and that are not there, or hold other bytes. */
  readonly brokenBlobs: readonly string[];
}

/** Of an empty store. */
export const nothingStored: Snapshot = {
  parameterSets: new Map(),
  runs: new Map(),
  executions: new Map(),
  recordings: new Map(),
  responses: new Map(),
  experiments: new Map(),
  experimentRows: new Map(),
  jobs: new Map(),
  claims: new Map(),
  brokenBlobs: [],
};

const byId = <T extends { readonly _id: string }>(documents: readonly T[]): ReadonlyMap<string, T> =>
  new Map(documents.map((document) => [document._id, document]));

export async function snapshotOf(store: Store): Promise<Snapshot> {
  const { parameterSets, runs, executions, recordings, responses, experiments, experimentRows, jobs, claims } = collectionsOf(store.database); // prettier-ignore
  const recorded = byId(await recordings.find({}).toArray());
  const brokenBlobs: string[] = [];
  for (const digest of new Set([...recorded.values()].map(({ blob }) => blob.digest))) {
    const blob = await store.blobs.open(digest);
    if (!blob || sha256(await buffer(blob.stream())) !== digest) brokenBlobs.push(digest);
  }
  return {
    parameterSets: byId(await parameterSets.find({}).toArray()),
    runs: byId(await runs.find({}).toArray()),
    executions: byId(await executions.find({}).toArray()),
    recordings: recorded,
    responses: byId(await responses.find({}).toArray()),
    experiments: byId(await experiments.find({}).toArray()),
    experimentRows: byId(await experimentRows.find({}).toArray()),
    jobs: byId(await jobs.find({}).toArray()),
    claims: byId(await claims.find({}).toArray()),
    brokenBlobs,
  };
}

/** What is half written: documents whose own text is not what their digest is of, or that rest on what is not there. */
export function halfWritten(seen: Snapshot): readonly string[] {
  const { parameterSets, runs, executions, recordings, responses, experiments, experimentRows, jobs, brokenBlobs } = seen; // prettier-ignore
  const problems = brokenBlobs.map((digest) => `the blob ${digest} is not whole`);
  const require = (holds: boolean, id: string, lacks: string): void => {
    if (!holds) problems.push(`${id} ${lacks}`);
  };
  for (const document of [...parameterSets.values(), ...runs.values(), ...responses.values()])
    require(sha256(document.preimage) === document.digest, document._id, 'has another digest than its preimage');
  for (const { _id, parameterSetId, executionId, sums } of runs.values()) {
    require(parameterSets.has(parameterSetId), _id, 'has no parameter set');
    require(executions.get(executionId)?.runId === _id, _id, 'has no execution');
    require(Object.values(sums.outputs).length > 0, _id, 'has no sums');
  }
  for (const { _id, parameterSetId } of executions.values())
    require(parameterSets.has(parameterSetId), _id, 'has no parameter set');
  for (const { _id, runId, executionId } of recordings.values()) {
    require(runs.has(runId), _id, 'has no run');
    require(executions.get(executionId)?.runId === runId, _id, 'has no execution');
  }
  for (const { _id, parameterSetId, runIds } of responses.values()) {
    require(parameterSets.has(parameterSetId), _id, 'has no parameter set');
    for (const runId of runIds) require(runs.has(runId), _id, `lacks ${runId}`);
  }
  for (const { _id, experimentId, runId } of experimentRows.values()) {
    require(experiments.has(experimentId), _id, 'has no experiment');
    require(runId === null || runs.has(runId), _id, `lacks ${runId}`);
  }
  const results = [responses, runs, experiments];
  for (const { _id, active, status, result, finishedAt } of jobs.values()) {
    require(active === ['QUEUED', 'RUNNING'].includes(status), _id, `is ${status} and active: ${active}`);
    require(active === (finishedAt === null), _id, `is ${status} and ended at ${finishedAt}`);
    if (status === 'COMPLETED')
      require(results.some((made) => made.has(result ?? '')), _id, `has made ${result}, which is not there`); // prettier-ignore
  }
  return problems;
}

/** What was stored once and is gone, or is not what it was. A job goes on until its end, and then stays. */
export function changed(before: Snapshot, after: Snapshot): readonly string[] {
  const problems: string[] = [];
  const compare = (was: ReadonlyMap<string, unknown>, is: ReadonlyMap<string, unknown>): void => {
    for (const [id, document] of was)
      if (JSON.stringify(document) !== JSON.stringify(is.get(id)))
        problems.push(`${id} was ${JSON.stringify(document)} and is ${JSON.stringify(is.get(id))}`);
  };
  const { parameterSets, runs, executions, recordings, responses, experiments, experimentRows } = before;
  compare(parameterSets, after.parameterSets);
  compare(runs, after.runs);
  compare(executions, after.executions);
  compare(recordings, after.recordings);
  compare(responses, after.responses);
  compare(experiments, after.experiments);
  compare(experimentRows, after.experimentRows);
  compare(new Map([...before.jobs].filter(([, { active }]) => !active)), after.jobs);
  return problems;
}

/** The executions of which nothing is stored: each was cut off by a crash, or computed what was stored. */
function inVain({ executions, runs, recordings }: Snapshot): readonly ExecutionDocument[] {
  const used = new Set([...runs.values(), ...recordings.values()].map(({ executionId }) => executionId));
  return [...executions.values()].filter(({ _id }) => !used.has(_id));
}

/**
 * Executions since a moment of runs that were stored by others, and of which nothing else is stored either.
 * @param since an ISO time: what a dead server sent may come into the store after somebody has looked at it
 * @param cutOff of how many a crash may have kept the recordings from being stored
 */
export function computedAgain(before: Snapshot, after: Snapshot, since: string, cutOff: number): readonly string[] {
  const again = inVain(after)
    .filter(({ _id, runId, finishedAt }) => !before.executions.has(_id) && finishedAt > since && after.runs.has(runId))
    .map(({ _id, runId, finishedAt }) => `${runId} was stored and computed again at ${finishedAt}: ${_id}`);
  return again.length > cutOff ? again : [];
}

/** How many executions were cut off by a crash before what they gave was stored: that was computed again. */
export const repetitions = (seen: Snapshot): number => inVain(seen).length;
