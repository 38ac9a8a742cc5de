import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertOneShape } from './one-shape.js';
import { ask, onlyError, secret, tinyServer, type Reply } from './tiny-server.js';

describe('errors of GraphQL have the one shape', async () => {
  const { agent, log } = await tinyServer();

  const refused: readonly (readonly [string, string, string])[] = [
    ['a document that does not parse', '{ self {', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{ selv }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a missing operation', 'query A { __typename } query B { __typename }', 'BAD_USER_INPUT'],
  ];
  for (const [what, query, code] of refused) {
    it(`${what} gives ${code}, with 200 for clients of application/json and 400 for others`, async () => {
      const plain = await ask(agent, query);
      const modern: Reply = await agent
        .post('/graphql')
        .set('accept', 'application/graphql-response+json')
        .send({ query });
      assertOneShape(plain);
      assertOneShape(modern);
      assert.deepEqual([plain.status, modern.status], [200, 400]);
      assert.deepEqual([onlyError(plain).code, onlyError(modern).code], [code, code]);
    });
  }

  it('a CortigraphError of a resolver shows its code, details and path', async () => {
    const reply = await ask(agent, '{ missing mayCompute }');
    assertOneShape(reply);
    assert.equal(reply.status, 200);
    assert.deepEqual(reply.body.data, { missing: null, mayCompute: true });
    assert.deepEqual(reply.body.errors, [
      {
        message: 'There is no run run_1.',
        locations: [{ line: 1, column: 3 }],
        path: ['missing'],
        extensions: { code: 'NOT_FOUND', nearest: 'run_2' },
      },
    ]);
  });

  it('a CortigraphError of a scalar keeps code and details, in literals and in variables', async () => {
    const literal = await ask(agent, '{ half(of: 3) }');
    const variable = await ask(agent, 'query ($of: Even!) { half(of: $of) }', { of: 3 });
    for (const reply of [literal, variable]) {
      assertOneShape(reply);
      assert.equal(reply.status, 200);
      assert.deepEqual(reply.body.errors?.[0]?.extensions, { code: 'BAD_USER_INPUT', allowed: [0, 2, 4] });
      assert.match(onlyError(reply).message, /An even number is needed\./);
    }
  });

  it('a missing variable is the fault of the request', async () => {
    const reply = await ask(agent, 'query ($of: Even!) { half(of: $of) }');
    assert.equal(onlyError(reply).code, 'BAD_USER_INPUT');
  });

  it('a fault shows the request id only, and the log has the rest', async () => {
    const reply: Reply = await agent.post('/graphql').set('x-request-id', 'req-7').send({ query: '{ fault }' });
    assertOneShape(reply);
    assert.deepEqual(onlyError(reply), {
      code: 'INTERNAL',
      message: 'The server failed; its log has the details under the request id req-7.',
    });
    const line = await log.find((entry) => entry['requestId'] === 'req-7' && entry['level'] === 'error');
    const { message, stack } = line['err'] as { message: string; stack: string };
    assert.ok(message.includes(secret));
    assert.match(stack, /tiny-server/);
  });

  it('a value that the schema does not allow is a fault, and is not shown', async () => {
    const reply = await ask(agent, '{ notANumber }');
    assertOneShape(reply);
    assert.equal(onlyError(reply).code, 'INTERNAL');
  });

  it('a context that cannot be made is an error of the request', async () => {
    const failing = await tinyServer({
      createContext: () => {
        throw new Error(secret);
      },
    });
    const reply = await ask(failing.agent, '{ __typename }');
    assertOneShape(reply);
    assert.equal(reply.status, 500);
    assert.equal(onlyError(reply).code, 'INTERNAL');
  });
});
