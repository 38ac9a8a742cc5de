/** The numbers of a column, in the type that they are kept in. */
export type NumberArray = Float64Array | Float32Array | Uint32Array | Uint16Array;

/** A column of numbers. One that is missing is NaN, and the table says elsewhere why. */
export interface NumberColumn {
  readonly name: string;
  /** Null for what has none. */
  readonly unit: string | null;
  readonly numbers: NumberArray;
}

/** A column of texts. */
export interface StringColumn {
  readonly name: string;
  readonly unit: null;
  readonly strings: readonly (string | null)[];
}

/** See {@link NumberColumn} and {@link StringColumn}. */
export type Column = NumberColumn | StringColumn;

/** Rows by columns: what sweeps, recordings and experiments give in bulk. */
export interface Table {
  readonly rowCount: number;
  readonly columns: readonly Column[];
}

/** The column of a number of each row; NaN where it is missing. */
export const numberColumn = <R>(
  name: string,
  unit: string | null,
  rows: readonly R[],
  of: (row: R) => number | null | undefined,
): NumberColumn => ({ name, unit, numbers: Float64Array.from(rows, (row) => of(row) ?? NaN) });

/** The column of a text of each row. */
export const stringColumn = <R>(
  name: string,
  rows: readonly R[],
  of: (row: R, index: number) => string | null,
): StringColumn => ({ name, unit: null, strings: rows.map(of) });
