import { badUserInput } from './errors.js';

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

/** A protocol as somebody asks for it: what is left out takes the model's default. */
export type GivenProtocol = Readonly<Partial<Record<ProtocolField, number | null>>>;

/**
 * Completes a protocol with a model's defaults. A noise seed that nobody gave stays null, to be derived.
 * @throws CortigraphError BAD_USER_INPUT for a field that the model does not read, and for a value that is not an
 * integer in the field's range.
 */
export function completeProtocol(model: string, definition: ProtocolDefinition, given: GivenProtocol): Protocol {
  const entries = protocolFields.map((field) => {
    const value = given[field] ?? null;
    const reads = definition[field];
    if (!reads) {
      if (value === null) return [field, null];
      throw badUserInput(`${model} does not read the protocol field ${field}.`, {
        field,
        allowed: protocolFields.filter((known) => definition[known]),
      });
    }
    if (value === null) return [field, reads.default];
    if (!Number.isInteger(value) || value < reads.min || value > reads.max) {
      throw badUserInput(`${field} must be a whole number from ${reads.min} to ${reads.max}, not ${value}.`, {
        field,
        allowed: { min: reads.min, max: reads.max },
      });
    }
    return [field, value === 0 ? 0 : value];
  });
  return Object.fromEntries(entries) as Protocol;
}

/** Whether runs of a model can differ: it reads a seed. The figures of one that does not are exact. */
export function readsSeed(definition: ProtocolDefinition): boolean {
  return definition.noiseSeed !== undefined || definition.networkSeed !== undefined;
}
