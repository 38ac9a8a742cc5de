import type { StoreCollection, StoreFilter } from '../../../src/store/seam.js';

/** Documents of the contract's cases. */
export interface Sample {
  readonly _id: string;
  readonly a?: string | number | boolean | null;
  readonly b?: string | number | boolean | null;
  readonly n?: number;
  readonly at?: string;
  readonly state?: string;
  readonly version?: number;
  readonly nested?: { readonly value?: string | number | null; readonly deep?: { readonly name?: string } };
  readonly bulk?: unknown;
}

/** One promise of the seam, named after the behaviour. `samples` is empty and used by this case alone. */
export interface ContractCase {
  readonly name: string;
  run(samples: StoreCollection<Sample>): Promise<void>;
}

/** The ids of those that match, in the order of their names. */
export async function idsOf(samples: StoreCollection<Sample>, filter: StoreFilter<Sample>): Promise<readonly string[]> {
  return (await samples.find(filter).toArray()).map(({ _id }) => _id).sort();
}

/** Inserts documents that are known not to clash. */
export async function fill(samples: StoreCollection<Sample>, documents: readonly Sample[]): Promise<void> {
  await samples.insertMany(documents, { ordered: false });
}
