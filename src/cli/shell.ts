import type { ArchiveService } from '../services/archive/archive-service.js';
import type { ExperimentRequest } from '../services/experiment.js';
import type { TakesUp } from '../services/job-service.js';
import type { Services } from '../services/services.js';

/** A stream of text, and whether a person watches it. */
export interface Output {
  /** @param written called once it is written, or cannot be */
  write(text: string, written?: (error?: Error | null) => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What a GraphQL document asks. */
export interface GraphQLQuestion {
  readonly source: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
}

/** What it gets, as over HTTP. */
export interface GraphQLAnswer {
  readonly data?: unknown;
  readonly errors?: readonly object[];
}

/** A setting as it may be shown. */
export interface ShownSetting {
  readonly name: string;
  readonly value: string | null;
  readonly default: string | null;
  readonly meaning: string;
  /** What may be given, as the end of the sentence "must be …". */
  readonly allowed: string;
  readonly isGiven: boolean;
}

/** What commands work with; main.ts builds it. */
export interface Shell {
  readonly stdout: Output;
  readonly stderr: Output;
  softwareVersion(): string;
  /** Serves until it is stopped; gives the addresses once it listens. */
  serve(logTo: 'stdout' | 'stderr'): Promise<Readonly<Record<string, string>>>;
  /** Brings the store to the software's schema. */
  migrate(): Promise<{ readonly store: string; readonly applied: readonly string[] }>;
  /** @throws CortigraphError BAD_USER_INPUT where one is not valid */
  settings(): readonly ShownSetting[];
  /**
   * Opens the store and all that answers from it, in this process.
   * @param takesUp what it works on: what it is asked for, unless given
   */
  openLab(takesUp?: TakesUp): Promise<{ readonly services: Services; close(): Promise<void> }>;
  /**
   * An experiment of a JSON document that has the fields of the API's CreateExperimentInput.
   * @throws CortigraphError BAD_USER_INPUT, with the field, for one that is unknown, missing, or of another type
   */
  readExperiment(document: unknown): Promise<ExperimentRequest>;
  /**
   * Puts a GraphQL document to services of {@link openLab}.
   * @param begun told the id of each job that the answer waits for
   */
  askGraphQL(services: Services, question: GraphQLQuestion, begun: (jobId: string) => void): Promise<GraphQLAnswer>;
  /** Opens the store alone, for backups of it. */
  openArchives(): Promise<{ readonly archives: ArchiveService; close(): Promise<void> }>;
}
