/**
 * What a run stores of its outputs: one sum a batch and output, in time order after the warm-up. `batchMs` is the
 * length of a batch (null for a model without time); the last batch is shorter where the duration asks for it.
 */
export interface RawSums {
  readonly batchMs: number | null;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
}
