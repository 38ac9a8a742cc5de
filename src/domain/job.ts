import type { ErrorCode } from './errors.js';
import type { JsonObject } from './json.js';

/** Where a job stands. The last three are terminal, and are written after the result is stored, never before. */
export const jobStatuses = ['QUEUED', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;

/** A name of {@link jobStatuses}. */
export type JobStatus = (typeof jobStatuses)[number];

/** How far a job is, in runs. Absolute figures, each set in one write. */
export interface Progress {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly running: number;
  readonly at: string;
}

/** Why a job failed: a code, a sentence for people, and details for programs. */
export interface JobError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: JsonObject;
}
