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
