import type { ModelDefinition } from '../domain/model-definition.js';
import type { Column, Table } from '../domain/table.js';

/** An output of a sweep. */
export interface SweepOutput {
  readonly name: string;
  readonly unit: string;
  readonly meaning: string;
}

/** A figure with how sure it is; null where that cannot be told. */
export interface SweepFigure {
  readonly value: number;
  readonly standardError: number | null;
}

/** A point of a sweep. */
export interface SweepPoint {
  /** Of the inputs that are moved, in their order. */
  readonly values: readonly number[];
  /** One an output; null where there is none. */
  readonly figures: readonly (SweepFigure | null)[];
  readonly n: number;
  readonly outcome: string | null;
  readonly status: string;
  readonly error: string | null;
}

/** The outputs that a table has, in the order of the model. */
export const outputsOf = ({ outputs }: ModelDefinition, { columns }: Table): readonly SweepOutput[] =>
  outputs.filter(({ name }) => columns.some((column) => column.name === name));

/** The rows of the table of a sweep. */
export function pointsOf(
  { rowCount, columns }: Table,
  moved: readonly string[],
  outputs: readonly SweepOutput[],
): readonly SweepPoint[] {
  const columnOf = (name: string): Column | undefined => columns.find((column) => column.name === name);
  const numberAt = (name: string, row: number): number | null => {
    const column = columnOf(name);
    const value = column && 'numbers' in column ? (column.numbers[row] ?? NaN) : NaN;
    return Number.isFinite(value) ? value : null;
  };
  const textAt = (name: string, row: number): string | null => {
    const column = columnOf(name);
    return column && 'strings' in column ? (column.strings[row] ?? null) : null;
  };
  return Array.from({ length: rowCount }, (_, row) => {
    const status = textAt('status', row) ?? 'PENDING';
    return {
      values: moved.map((name) => numberAt(name, row) ?? NaN),
      figures: outputs.map(({ name }) => {
        const value = status === 'READY' ? numberAt(name, row) : null;
        return value === null ? null : { value, standardError: numberAt(`${name}.standardError`, row) };
      }),
      n: numberAt('n', row) ?? 0,
      outcome: textAt('outcome', row),
      status,
      error: textAt('error', row),
    };
  });
}
