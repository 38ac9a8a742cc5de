import type { JobDocument } from '../domain/documents.js';
import { CortigraphError } from '../domain/errors.js';

/** What to tell whoever waited for a job that failed or was cancelled; undefined for any other. */
export function failureOf({ _id: job, status, error }: JobDocument): CortigraphError | undefined {
  if (status === 'FAILED' && error) return new CortigraphError(error.code, error.message, { ...error.details, job });
  if (status !== 'CANCELLED') return undefined;
  return new CortigraphError('CONFLICT', `Its job ${job} was cancelled; ask again to start another.`, { job });
}
