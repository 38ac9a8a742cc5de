import { GraphQLError, Kind } from 'graphql';
import { CortigraphError, errorCodes } from '../domain/errors.js';

/** What a client may learn of an error: the shape is the same over every door. */
export interface PublicError {
  readonly message: string;
  readonly extensions: { readonly code: string; readonly [detail: string]: unknown };
}

/** Codes of Apollo that clients know by name, and what those become that say nothing more than ours. */
export const codeOfApollo: Readonly<Record<string, string>> = {
  GRAPHQL_PARSE_FAILED: 'GRAPHQL_PARSE_FAILED',
  GRAPHQL_VALIDATION_FAILED: 'GRAPHQL_VALIDATION_FAILED',
  PERSISTED_QUERY_NOT_SUPPORTED: 'PERSISTED_QUERY_NOT_SUPPORTED',
  BAD_REQUEST: 'BAD_USER_INPUT',
  OPERATION_RESOLUTION_FAILURE: 'BAD_USER_INPUT',
};

/**
 * What to show of any thrown value. A {@link CortigraphError}, also one that graphql-js has wrapped, shows its code and
 * details; GraphQL's own complaints about the request show as they are; the rest is INTERNAL and shows the request id
 * only.
 */
export function publicError(error: unknown, requestId: string | undefined): PublicError {
  const cause = rootCause(error);
  if (cause instanceof CortigraphError) {
    const message = error instanceof GraphQLError ? error.message : cause.message;
    return { message: shortened(message), extensions: { ...cause.details, code: cause.code } };
  }
  const code = error instanceof GraphQLError ? codeOfGraphQLError(error, cause) : undefined;
  if (error instanceof GraphQLError && code !== undefined) {
    const { http: _http, ...extensions } = error.extensions;
    return { message: shortened(error.message), extensions: { ...extensions, code } };
  }
  return {
    message: `The server failed; its log has the details under the request id ${requestId ?? 'in X-Request-Id'}.`,
    extensions: { code: 'INTERNAL' },
  };
}

/** A message that is not too long to read: graphql-js repeats whole values, and says what is wrong at the end. */
function shortened(message: string): string {
  return message.length <= 1000 ? message : `${message.slice(0, 500)} … ${message.slice(-500)}`;
}

/** Whether an error is a fault of the server. */
export function isFault(error: unknown): boolean {
  return publicError(error, undefined).extensions.code === 'INTERNAL';
}

/** Whether the log should have what the client does not see: a fault, or what lies behind a known error. */
export function hidesDetails(error: unknown): boolean {
  const cause = rootCause(error);
  return isFault(error) || (cause instanceof CortigraphError && cause.cause !== undefined);
}

/** What was thrown first, below the wrappings of graphql-js and Apollo. */
export function rootCause(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError !== undefined) cause = cause.originalError;
  return cause;
}

/** The code of an error that is about the request, or undefined when it is a fault of the server. */
function codeOfGraphQLError(error: GraphQLError, cause: unknown): string | undefined {
  const code = error.extensions['code'];
  if (typeof code === 'string') {
    return codeOfApollo[code] ?? (code in errorCodes && code !== 'INTERNAL' ? code : undefined);
  }
  if (!(cause instanceof GraphQLError)) return undefined;
  // graphql-js gives no codes. What it says without a path, or of an argument, is about the request; what it says of a
  // field is about the value that a resolver returned.
  const kind = cause.nodes?.[0]?.kind;
  const isAboutRequest = error.path === undefined || (kind !== undefined && kind !== Kind.FIELD);
  return isAboutRequest ? 'BAD_USER_INPUT' : undefined;
}
