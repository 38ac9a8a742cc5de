import assert from 'node:assert/strict';
import { errorCodes } from '../../src/domain/errors.js';
import { secret, type Reply } from './tiny-server.js';

/** The codes of the GraphQL server itself, of documents that are none or do not fit the schema. */
const codesOfGraphQL = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'PERSISTED_QUERY_NOT_SUPPORTED'];

/** What no answer may show: stacks, folders of this machine, and what the tests hide. */
export const unseemly = new RegExp(
  `\\\\n +at |"stack|node_modules|node:internal|file://|/(?:work|root|home|tmp)/|\\.[jt]s:\\d|${secret}`,
);

/** What the errors of every door have in common, and what none may show. */
export function assertOneShape(reply: Reply): void {
  assert.match(reply.headers['content-type'] ?? '', /^application\/(graphql-response\+)?json; charset=utf-8$/);
  assert.match(reply.headers['x-request-id'] ?? '', /^[A-Za-z0-9._-]{1,64}$/);
  assert.equal(reply.headers['x-content-type-options'], 'nosniff');
  assert.equal(reply.headers['cache-control'], 'no-store');
  const keys = Object.keys(reply.body).filter((key) => key !== 'data');
  assert.deepEqual(keys, ['errors']);
  assert.ok(reply.body.errors && reply.body.errors.length > 0);
  for (const error of reply.body.errors) {
    assert.equal(typeof error.message, 'string');
    const { code } = error.extensions;
    assert.ok(code in errorCodes || codesOfGraphQL.includes(code), `${code} is in no table`);
    const { message: _message, extensions: _extensions, ...rest } = error;
    assert.deepEqual(
      Object.keys(rest).filter((key) => key !== 'locations' && key !== 'path'),
      [],
    );
  }
  assert.doesNotMatch(JSON.stringify(reply.body), unseemly);
}
