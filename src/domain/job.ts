import type { ErrorCode } from './errors.js';
import type { JsonObject } from './json.js';

/** Where a job stands. The last three are terminal, and are written after the result is stored, never before. */
export const jobStatuses = ['QUEUED', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;

/** A name of {@link jobStatuses}. */
export type JobStatus = (typeof jobStatuses)[number];

/** How far a job is, in runs; `failed` are those that do not come because one of theirs failed. Absolute figures, each set in one write. */
export interface Progress {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly running: number;
  readonly at: string;
  /** Where whoever works on it now began, if not with nothing when the job was made: speed counts from there. */
  readonly since?: Pick<Progress, 'done' | 'at'>;
  /** Of an experiment: what its jobs before this one computed, so that this one's share can be told at its end. */
  readonly computedBefore?: number;
}

/** Why a part of a job failed, where the others went on: a point of a sweep, counted from 0. */
export interface PartFailure {
  readonly part: number;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Why a job failed: a code, a sentence for people, and details for programs. */
export interface JobError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: JsonObject;
}
