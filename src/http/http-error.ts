import { CortigraphError, type ErrorCode } from '../domain/errors.js';
import type { JsonObject } from '../domain/json.js';
import { detailsOf, messageOf, type Excess } from './beyond-limit.js';

/** An error whose HTTP status says more than its code does, such as 405 or 413. */
export class HttpError extends CortigraphError {
  constructor(
    readonly status: number,
    code: ErrorCode,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    details: JsonObject = {},
  ) {
    super(code, message, details);
  }
}

/** The error of a request that goes beyond a limit, where HTTP has a status of its own for that. */
export function httpErrorBeyond(
  status: number,
  code: ErrorCode,
  excess: Excess,
  headers: Readonly<Record<string, string>> = {},
): HttpError {
  return new HttpError(status, code, messageOf(excess), headers, detailsOf(excess));
}

/** The HTTP status of each code, where the door is plain HTTP and not GraphQL. */
export const statusOfCode: Readonly<Record<ErrorCode, number>> = {
  BAD_USER_INPUT: 400,
  NOT_FOUND: 404,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  CONFLICT: 409,
  TOO_COSTLY: 422,
  RATE_LIMITED: 429,
  OUT_OF_DOMAIN: 422,
  UNAVAILABLE: 503,
  TIMEOUT: 504,
  INTERNAL: 500,
};
