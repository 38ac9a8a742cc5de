import assert from 'node:assert/strict';
import type { JobView } from './questions.js';
import { jobFields } from './questions.js';

/** A sweep. */
export interface SweepView {
  readonly id: string;
  readonly status: 'READY' | 'PENDING';
  readonly cached: boolean;
  readonly reason: string;
  readonly reusedRuns: number;
  readonly computedRuns: number;
  readonly job: JobView | null;
  readonly table: TableView;
}

/** A table as it comes over HTTP. */
export interface TableView {
  readonly rowCount: number;
  readonly columns: readonly {
    readonly name: string;
    readonly unit: string | null;
    readonly numbers: string | null;
    readonly strings: readonly (string | null)[] | null;
  }[];
}

/** What {@link sweepQuery} gives. */
export interface SweepData {
  readonly sweep: SweepView;
}

export const sweepFields = `
  id status cached reason reusedRuns computedRuns job { ${jobFields} }
  table { rowCount columns { name unit numbers strings } }`;

/** Asks for a sweep; variables `input`, `waitMs`. */
export const sweepQuery = `query ($input: SweepInput!, $waitMs: Int = 60000) {
  sweep(input: $input, waitMs: $waitMs) { ${sweepFields} }
}`;

/** Looks a sweep up; variable `id`. */
export const sweepNode = `query ($id: ID!) { node(id: $id) { ... on Sweep { ${sweepFields} } } }`;

/** The numbers of a column, as a client decodes them. */
export function numbersOf({ columns, rowCount }: TableView, name: string): readonly number[] {
  const column = columns.find((each) => each.name === name);
  assert.equal(column?.strings, null, `${name} holds no texts`);
  const bytes = Buffer.from(column?.numbers ?? '', 'base64');
  assert.equal(bytes.length, 8 * rowCount, `${name} has a number a row`);
  return Array.from({ length: rowCount }, (_, row) => bytes.readDoubleLE(8 * row));
}

/** The texts of a column. */
export function stringsOf({ columns, rowCount }: TableView, name: string): readonly (string | null)[] {
  const column = columns.find((each) => each.name === name);
  assert.equal(column?.numbers, null, `${name} holds no numbers`);
  assert.equal(column?.strings?.length, rowCount, `${name} has a text a row`);
  return column?.strings ?? [];
}
