import type { ApolloServerPlugin, BaseContext, HTTPGraphQLRequest } from '@apollo/server';

/** What the access log says of a GraphQL request: what was asked, and with which codes it failed. */
export interface OperationNote {
  /** The operation's name, or the fields at its root. */
  readonly operation?: string;
  readonly errors?: readonly string[];
}

/** The longest text of an operation that is logged. */
const MAX_LENGTH = 120;

/**
 * Notes what each request asked and how it failed. Kept by the request itself, for clients choose request ids, and two
 * at once may have chosen the same.
 */
export class OperationNotes {
  private readonly notes = new WeakMap<HTTPGraphQLRequest, OperationNote>();

  /** The note of a request, as it was given to Apollo; undefined when it was not executed. */
  of(request: HTTPGraphQLRequest): OperationNote | undefined {
    return this.notes.get(request);
  }

  readonly plugin: ApolloServerPlugin<BaseContext> = {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: ({ request, operation, operationName, response }) => {
          if (request.http === undefined) return Promise.resolve();
          const fields = operation?.selectionSet.selections.map((each) => ('name' in each ? each.name?.value : '…'));
          const asked = operationName ?? fields?.join(' ');
          const errors = response.body.kind === 'single' ? response.body.singleResult.errors : undefined;
          this.notes.set(request.http, {
            ...(asked === undefined ? {} : { operation: asked.slice(0, MAX_LENGTH) }),
            ...(errors?.length ? { errors: errors.map(({ extensions }) => String(extensions?.['code'])) } : {}),
          });
          return Promise.resolve();
        },
      }),
  };
}
