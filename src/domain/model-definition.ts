import type { ProtocolDefinition } from './protocol.js';

/** A closed range. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** A scalar that a parameter set gives a value to. */
export interface ModelInput {
  readonly name: string;
  readonly unit: string;
  readonly meaning: string;
  readonly default: number;
  /** The box in which surrogates are trained and statistics are drawn. */
  readonly domain: Range;
  /** What a simulation may be asked for. */
  readonly bounds: Range;
}

/**
 * How an output follows from the raw sums that a run stores, one sum a batch.
 * - `rate`: a sum counts events; the output is events per second and source, so a batch of T seconds has the exposure
 *   T × sources.
 * - `mean`: a sum is the output itself and the run is one batch of exposure 1.
 */
export type OutputSum = { readonly kind: 'rate'; readonly sources: number } | { readonly kind: 'mean' };

/** A figure that a run gives. */
export interface ModelOutput {
  readonly name: string;
  readonly unit: string;
  readonly meaning: string;
  readonly sum: OutputSum;
  /**
   * The standard deviation of the mean over one second (`rate`), or over one run (`mean`), over most of the domain. Tells
   * beforehand, where no run is stored yet, what a tolerance costs at least, and what can be promised to fit.
   */
  readonly typicalNoise: Range;
}

/** How a run may end: COMPLETED, or aborted with a code of the model's own. */
export interface ModelOutcome {
  readonly code: string;
  readonly meaning: string;
}

/** A named part of output space. */
export interface ModelRegion {
  readonly name: string;
  readonly meaning: string;
  contains(outputs: Readonly<Record<string, number>>): boolean;
}

/** A warning that estimates may carry: the Fano factor of one output's batch counts lies above a limit. */
export interface ModelFlag {
  readonly name: string;
  readonly meaning: string;
  readonly output: string;
  readonly fanoFactorAbove: number;
}

/** Sources of events that belong together, such as a population: `count` of them from the number `first`. */
export interface SourceGroup {
  readonly name: string;
  readonly first: number;
  readonly count: number;
}

/** How to read a table that has a row an event: the columns of when and of whose it is, and who there is. */
export interface EventTable {
  readonly time: string;
  readonly source: string;
  /** Of all sources, in the order of their numbers. */
  readonly groups: readonly SourceGroup[];
}

/** Something that a run can record beside its figures, when it is asked to. */
export interface ModelRecording {
  readonly kind: string;
  /** Of the code that records it: raised when the same run would give another recording. */
  readonly version: string;
  readonly meaning: string;
  /** The longest run, in ms after the warm-up, that it can be recorded of; null without a limit. */
  readonly maxDurationMs: number | null;
  /** Of one whose table has a row an event. */
  readonly events?: EventTable;
}

/** The precision to which a model reads its inputs. */
export type Precision = 'float32' | 'float64';

/** What everybody may know of a model without running it. */
export interface ModelDefinition {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly precision: Precision;
  readonly inputs: readonly ModelInput[];
  readonly outputs: readonly ModelOutput[];
  readonly outcomes: readonly ModelOutcome[];
  readonly regions: readonly ModelRegion[];
  readonly flags: readonly ModelFlag[];
  readonly recordings: readonly ModelRecording[];
  readonly protocol: ProtocolDefinition;
}

/** The outcome of a run that went to its end. */
export const completed = 'COMPLETED';

/** The model that is meant where none is named. */
export const defaultModel = 'local-circuit';
