import { CortigraphError } from '../domain/errors.js';
import type { JsonObject } from '../domain/json.js';

/** How commands end. */
export const exitCodes = {
  done: 0,
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** Some points of a sweep could not be answered; the others are printed. */
  incomplete: 3,
  /** The answer is PENDING: its work was given back. */
  unfinished: 4,
  SIGINT: 130,
  SIGTERM: 143,
  SIGHUP: 129,
} as const;

/** The command line is wrong: nothing was tried. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  /** @param details for programs */
  constructor(
    message: string,
    readonly details: JsonObject = {},
  ) {
    super(message);
  }
}

/** Somebody stopped the command. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  /** @param left what became of the work */
  constructor(
    readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP',
    left = 'The work under way was given back: ask again to go on with it.',
  ) {
    super(`Interrupted. ${left}`);
  }
}

/** An error as programs see it, and the code that the process ends with. */
export interface ErrorReport {
  readonly error: { readonly code: string; readonly message: string; readonly [detail: string]: unknown };
  readonly exitCode: number;
}

/** What to show of any thrown value: never a stack. */
export function errorReport(error: unknown): ErrorReport {
  if (error instanceof CortigraphError) {
    const { code, message, details } = error;
    return { error: { ...details, code, message }, exitCode: exitCodes.failed };
  }
  if (error instanceof UsageError) {
    const { message, details } = error;
    return { error: { ...details, code: 'BAD_USER_INPUT', message }, exitCode: exitCodes.usage };
  }
  if (error instanceof InterruptedError) {
    return { error: { code: 'INTERRUPTED', message: error.message }, exitCode: exitCodes[error.signal] };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { error: { code: 'INTERNAL', message: `A fault of the software: ${message}` }, exitCode: exitCodes.failed };
}
