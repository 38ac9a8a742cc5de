/** The protocol fields that a model may declare that it reads. Times are whole milliseconds, seeds 31-bit integers. */
export const protocolFields = ['warmupMs', 'durationMs', 'networkSeed', 'noiseSeed'] as const;

/** A name of {@link protocolFields}. */
export type ProtocolField = (typeof protocolFields)[number];

/** How a run is done. A field that the model does not read is null. */
export type Protocol = Readonly<Record<ProtocolField, number | null>>;

/** The greatest seed: seeds are 31-bit, so that every client's `Int` holds them. */
export const maxSeed = 2 ** 31 - 1;

/** What a model says of a protocol field that it reads. A null default is derived for each replicate. */
export interface ProtocolFieldDefinition {
  readonly default: number | null;
  readonly min: number;
  readonly max: number;
}

/** The protocol fields that a model reads; those that are absent it does not read. */
export type ProtocolDefinition = Readonly<Partial<Record<ProtocolField, ProtocolFieldDefinition>>>;
