/** What a command found: as a document for programs, and as text for people. */
export interface Report {
  readonly json: unknown;
  /** Whole lines. */
  readonly text: string;
  /** What else a person should know: whole lines for the standard error, in either form. */
  readonly note?: string;
  /** 0 where it is not given. */
  readonly exitCode?: number;
}

/** One JSON document; what is no number is null in it. */
export const jsonText = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`;
