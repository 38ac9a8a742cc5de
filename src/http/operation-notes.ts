import type { ApolloServerPlugin, BaseContext } from '@apollo/server';

/** What the access log says of a GraphQL request: what was asked, and with which codes it failed. */
export interface OperationNote {
  /** The operation's name, or the fields at its root. */
  readonly operation?: string;
  readonly errors?: readonly string[];
}

/** The longest text of an operation that is logged. */
const MAX_LENGTH = 120;

/** Notes what each request asked and how it failed, under its request id, until {@link OperationNotes.take} takes it. */
export class OperationNotes {
  private readonly notes = new Map<string, OperationNote>();

  /** The note of a request, once. */
  take(requestId: string): OperationNote {
    const note = this.notes.get(requestId) ?? {};
    this.notes.delete(requestId);
    return note;
  }

  readonly plugin: ApolloServerPlugin<BaseContext> = {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: ({ request, operation, operationName, response }) => {
          const requestId = request.http?.headers.get('x-request-id');
          if (requestId === undefined) return Promise.resolve();
          const fields = operation?.selectionSet.selections.map((each) => ('name' in each ? each.name?.value : '…'));
          const asked = operationName ?? fields?.join(' ');
          const errors = response.body.kind === 'single' ? response.body.singleResult.errors : undefined;
          this.notes.set(requestId, {
            ...(asked === undefined ? {} : { operation: asked.slice(0, MAX_LENGTH) }),
            ...(errors?.length ? { errors: errors.map(({ extensions }) => String(extensions?.['code'])) } : {}),
          });
          return Promise.resolve();
        },
      }),
  };
}
