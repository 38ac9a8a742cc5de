import type { Estimand, Estimate, OutcomeCount } from './estimate.js';
import type { ParameterValues, Said } from './identity.js';
import type { NodeKind } from './ids.js';
import type { JobError, JobStatus, PartFailure, Progress } from './job.js';
import type { JsonObject } from './json.js';
import type { Protocol } from './protocol.js';
import type { RawSums } from './raw-sums.js';

/**
 * What is stored, one interface a collection. Times are ISO 8601 strings in UTC. Content-addressed documents
 * (parameter sets, runs, responses) are written once and never changed; migrations only add to them.
 */
interface Stored {
  readonly _id: string;
  readonly schemaVersion: number;
  readonly createdAt: string;
}

/** The shape of documents that this software writes. */
export const documentVersion = 1;

export interface ParameterSetDocument extends Stored {
  readonly digest: string;
  readonly preimage: string;
  readonly model: string;
  readonly values: ParameterValues;
}

/** The result of one (model numerics, parameter set, protocol). */
export interface RunDocument extends Stored {
  readonly digest: string;
  readonly preimage: string;
  readonly model: string;
  readonly numericsDigest: string;
  readonly parameterSetId: string;
  readonly protocol: Protocol;
  readonly outcome: string;
  readonly sums: RawSums;
  /** The execution that made it. */
  readonly executionId: string;
}

/** Who and what did a piece of work: the PROV agent and the code it ran. */
export interface Attribution {
  readonly agent: string;
  readonly host: string;
  readonly softwareVersion: string;
  readonly nodeVersion: string;
  readonly project: string;
  readonly createdBy: string;
}

/** One attempt at a run, written when it ended: the PROV activity. */
export interface ExecutionDocument extends Stored, Attribution {
  readonly runId: string;
  readonly parameterSetId: string;
  readonly model: string;
  readonly numericsDigest: string;
  readonly kernelDigest: string | null;
  readonly attempt: number;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly error: string | null;
}

/** Where a document's bytes are. */
export interface BlobReference {
  readonly digest: string;
  readonly bytes: number;
  readonly mediaType: string;
}

/** Something that was recorded of a run beside its figures. Written once, after its blob, its execution and its run. */
export interface RecordingDocument extends Stored {
  readonly runId: string;
  readonly model: string;
  readonly numericsDigest: string;
  readonly kind: string;
  /** Of the code that recorded it. */
  readonly version: string;
  readonly figures: readonly Estimate[];
  /** The table, as an Arrow stream. */
  readonly blob: BlobReference;
  /** The execution that recorded it; another than the run's where it was added later. */
  readonly executionId: string;
}

/**
 * What is being computed, or failed; its id is the run's. It is gone once the run and what is recorded of it are stored.
 * Every write of its holder is conditional on the attempt.
 */
export interface ClaimDocument extends Stored {
  /** The run's. */
  readonly digest: string;
  readonly model: string;
  readonly numericsDigest: string;
  readonly parameterSetId: string;
  readonly protocol: Protocol;
  readonly state: 'RUNNING' | 'FAILED';
  readonly attempt: number;
  /** True of work that records: the run may be stored already, and is run again. Absent in claims of old. */
  readonly records?: boolean;
  /** The process that holds it; null when it failed or was given back. */
  readonly holder: string | null;
  /** Counts up while the holder lives. */
  readonly heartbeat: number;
  readonly startedAt: string;
  readonly error: string | null;
}

/** A finished answer. */
export interface ResponseDocument extends Stored {
  readonly digest: string;
  readonly preimage: string;
  readonly model: string;
  readonly numericsDigest: string;
  readonly parameterSetId: string;
  readonly origin: 'SIMULATION';
  readonly estimand: Estimand;
  readonly estimator: string;
  readonly runIds: readonly string[];
  readonly outputs: readonly Estimate[];
  readonly outcomes: readonly OutcomeCount[];
  /** Who made the estimates from the runs. */
  readonly estimation: Attribution;
}

/**
 * The tombstone of a run, recording or response: what it says of its target. The target stays as it is, but nothing new
 * is made of it. Written once.
 */
export interface InvalidationDocument extends Stored, Attribution {
  readonly target: string;
  readonly targetKind: NodeKind;
  readonly reason: string;
  /** Of the target, where pools are chosen by it: runs and responses. */
  readonly parameterSetId: string | null;
  /** What of an invalid run is closed with it: null where the target is none. */
  readonly run: Pick<RunDocument, 'numericsDigest' | 'protocol'> | null;
}

/** A tag or a note on anything that has an id. Written once; a tag may be taken off again. */
export interface AnnotationDocument extends Stored, Attribution, Said {
  readonly target: string;
  readonly targetKind: NodeKind;
}

/** A run that was run again to see whether it comes out the same. */
export interface VerificationDocument extends Stored, Attribution {
  readonly runId: string;
  readonly model: string;
  readonly numericsDigest: string;
  readonly kernelDigest: string | null;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** What came out otherwise, in words; empty when every bit is the same. */
  readonly differences: readonly string[];
  /** The kinds of recordings that were compared as well. */
  readonly recordings: readonly string[];
}

/** What a sweep asks. Its answer is read from the runs that are stored, whenever it is looked up. */
export interface SweepDocument extends Stored {
  readonly digest: string;
  readonly preimage: string;
  readonly model: string;
  readonly numericsDigest: string;
}

/** How much of an experiment there is. */
export interface Extent {
  readonly size: number;
  readonly replicates: number;
}

/**
 * A named design over a parameter space, and what is run at each of its points. Points are computed from the design;
 * only its size and the replicates change, and only upwards.
 */
export interface ExperimentDocument extends Stored, Extent {
  readonly digest: string;
  /** The request that made it, in canonical form: whoever asks the same again gets this one. */
  readonly preimage: string;
  readonly name: string;
  readonly model: string;
  readonly numericsDigest: string;
  readonly space: JsonObject;
  readonly design: JsonObject;
  /** What one replicate is; its noise seed is null. */
  readonly protocol: Protocol;
  readonly commonRandomNumbers: boolean;
  /** Its extents up to now, from the first: its chunks follow from them. */
  readonly extents: readonly Extent[];
  readonly project: string;
  readonly createdBy: string;
}

/**
 * A part of an experiment that one process works on: a range of points by a range of replicates. Its counts are absolute,
 * set by the write that ends it or gives it back; every write of its holder is conditional on the attempt.
 */
export interface ChunkDocument extends Stored {
  readonly experimentId: string;
  readonly firstPoint: number;
  readonly points: number;
  readonly firstReplicate: number;
  readonly replicates: number;
  readonly state: 'WAITING' | 'RUNNING' | 'DONE';
  readonly attempt: number;
  readonly holder: string | null;
  /** Rows that have a run. */
  readonly done: number;
  /** Rows that have an error in its place. */
  readonly failed: number;
  /** Runs that were computed for its rows here; others were stored before, or came from elsewhere. */
  readonly computed: number;
  readonly outcomes: readonly OutcomeCount[];
}

/** What became of a replicate of a point of an experiment. Stored with its run; one that failed may be filled later. */
export interface ExperimentRowDocument extends Stored {
  readonly experimentId: string;
  readonly point: number;
  readonly replicate: number;
  readonly parameterSetId: string;
  /** Null where it failed. */
  readonly runId: string | null;
  readonly outcome: string | null;
  /** The figures of its run by output; none where that aborted or failed. */
  readonly outputs: Readonly<Record<string, RowFigure>>;
  readonly error: RowError | null;
}

/** An output of one run, with its error by the run's own batches. */
export interface RowFigure {
  readonly value: number;
  readonly standardError: number | null;
  readonly degreesOfFreedom: number | null;
}

/** Why a row has no run. */
export interface RowError {
  readonly code: string;
  /** What was being done. */
  readonly step: 'simulate';
  readonly message: string;
}

/**
 * Durable work. Its id follows from the key and the ordinal, and a next one is only made once this one is at an end: so
 * a key has at most one job under way.
 */
export interface JobDocument extends Stored {
  readonly kind: string;
  /** What the work is about: a question, a run, a sweep or an experiment. */
  readonly key: string;
  /** The how-manieth job of its key it is, from 1. */
  readonly ordinal: number;
  /** True while it is not at an end. */
  readonly active: boolean;
  readonly status: JobStatus;
  readonly payload: JsonObject;
  readonly progress: Progress;
  /** The id of what it made. */
  readonly result: string | null;
  readonly computedRuns: number;
  readonly reusedRuns: number;
  readonly error: JobError | null;
  /** Of the parts that failed while the others went on, at most a thousand; written when the job ends. */
  readonly failures?: readonly PartFailure[];
  readonly attempt: number;
  readonly holder: string | null;
  readonly heartbeat: number;
  /** How many holders in a row went without a word and without a run that they had stored. Absent in jobs of old. */
  readonly lost?: number;
  readonly finishedAt: string | null;
  readonly project: string;
  readonly createdBy: string;
}
