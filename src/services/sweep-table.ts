import type { JobDocument } from '../domain/documents.js';
import { outcomeInWords } from '../domain/outcome-counts.js';
import type { Column, Table } from '../domain/table.js';
import { numberColumn, stringColumn } from '../domain/table.js';
import type { Sweep } from './sweep.js';
import type { PointReading, SweepReading } from './sweep-reading.js';

/** Where a point stands: READY, PENDING, or the code of the error that it ended with, and its message. */
interface Standing {
  readonly status: string;
  readonly error: string | null;
}

/** More columns than any table has: inputs, two an output, and the few that say how a point stands. */
export const maxColumns = 40;

/**
 * The table of a sweep, one row a point.
 * @param job the latest that computed for it; it says why points are missing
 */
export function sweepTable(sweep: Sweep, { points }: SweepReading, job: JobDocument | null): Table {
  const { inputs, outputs } = sweep.model;
  const standings = standingsOf(points, job);
  const numbers = (name: string, unit: string | null, of: (point: PointReading) => number | null | undefined): Column =>
    numberColumn(name, unit, points, of);
  const strings = (name: string, of: (point: PointReading, row: number) => string | null): Column =>
    stringColumn(name, points, of);
  return {
    rowCount: points.length,
    columns: [
      ...sweep.moved.map((moved) =>
        numbers(moved, inputs.find(({ name }) => name === moved)?.unit ?? null, ({ values }) => values[moved]),
      ),
      ...outputs.flatMap(({ name, unit }) => {
        const estimateOf = ({ estimates }: PointReading) => estimates?.find((estimate) => estimate.name === name);
        return [
          numbers(name, unit, (point) => estimateOf(point)?.value),
          numbers(`${name}.standardError`, unit, (point) => estimateOf(point)?.standardError),
        ];
      }),
      numbers('n', null, ({ n }) => n),
      strings('outcome', ({ isAnswered, outcomes }) => (isAnswered ? outcomeInWords(outcomes) : null)),
      strings('status', (_, row) => standings[row]?.status ?? null),
      strings('error', (_, row) => standings[row]?.error ?? null),
      strings('parameterSet', ({ parameterSetId }) => parameterSetId),
    ],
  };
}

function standingsOf(points: readonly PointReading[], job: JobDocument | null): readonly Standing[] {
  const failures = new Map((job?.failures ?? []).map((failure) => [failure.part, failure]));
  return points.map(({ isAnswered, refusal }, point) => {
    if (isAnswered) return { status: 'READY', error: null };
    const failure = job?.active ? undefined : failures.get(point);
    if (failure) return { status: failure.code, error: failure.message };
    if (refusal) return { status: refusal.code, error: refusal.message };
    return standingOf(job);
  });
}

/** Of a point that is missing, and of which its job says nothing. */
function standingOf(job: JobDocument | null): Standing {
  if (job?.active) return { status: 'PENDING', error: null };
  if (job?.status === 'FAILED' && job.error) return { status: job.error.code, error: job.error.message };
  if (job?.status === 'CANCELLED') {
    return { status: 'CONFLICT', error: `The job ${job._id} was cancelled; ask again to compute what is missing.` };
  }
  return { status: 'UNAVAILABLE', error: 'It was not computed; ask again to compute it.' };
}
