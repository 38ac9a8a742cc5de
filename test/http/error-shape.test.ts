import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { ask, onlyError, secret, tinyServer, type Reply } from './tiny-server.js';

/** What every door must have in common, and what none may show. */
function assertOneShape(reply: Reply): void {
  assert.match(reply.headers['content-type'] ?? '', /^application\/(graphql-response\+)?json/);
  const keys = Object.keys(reply.body).filter((key) => key !== 'data');
  assert.deepEqual(keys, ['errors']);
  for (const error of reply.body.errors ?? []) {
    assert.equal(typeof error.message, 'string');
    assert.match(error.extensions.code, /^[A-Z_]+$/);
    const { message: _message, extensions: _extensions, ...rest } = error;
    assert.deepEqual(
      Object.keys(rest).filter((key) => key !== 'locations' && key !== 'path'),
      [],
    );
  }
  assert.doesNotMatch(JSON.stringify(reply.body), /stack|node_modules|\.js:|hunter2/);
}

const tooLong = JSON.stringify({ query: `{ __typename } # ${'x'.repeat(20_000)}` });

describe('errors of HTTP have the one shape', async () => {
  const { agent } = await tinyServer();
  const doors: readonly (readonly [string, number, string, () => Promise<Reply>])[] = [
    ['an unknown path', 404, 'NOT_FOUND', () => agent.get('/graphql/')],
    ['a path that only ends like another', 404, 'NOT_FOUND', () => agent.get('/x/healthz')],
    ['another method', 405, 'BAD_USER_INPUT', () => agent.put('/graphql')],
    ['another content type', 415, 'BAD_USER_INPUT', () => agent.post('/graphql').type('text/plain').send('{}')],
    [
      'another charset',
      415,
      'BAD_USER_INPUT',
      () => agent.post('/graphql').type('application/json; charset=latin1').send('{}'),
    ],
    ['a long body', 413, 'BAD_USER_INPUT', () => agent.post('/graphql').type('json').send(tooLong)],
    ['a body that is not JSON', 400, 'BAD_USER_INPUT', () => agent.post('/graphql').type('json').send('{"query":')],
    ['a body without a query', 400, 'BAD_USER_INPUT', () => agent.post('/graphql').send({ nothing: 1 })],
    ['a batch', 400, 'BAD_USER_INPUT', () => agent.post('/graphql').send([{ query: '{ __typename }' }])],
    ['a GET that any page could forge', 400, 'BAD_USER_INPUT', () => agent.get('/graphql?query={__typename}')],
  ];
  for (const [what, status, code, send] of doors) {
    it(`${what} gives ${status} ${code}`, async () => {
      const reply = await send();
      assertOneShape(reply);
      assert.equal(reply.status, status);
      assert.equal(onlyError(reply).code, code);
    });
  }

  it('405 says which methods are allowed', async () => {
    assert.equal((await agent.put('/graphql')).headers['allow'], 'GET, POST');
    assert.equal((await agent.post('/healthz')).headers['allow'], 'GET, HEAD');
  });

  it('a body that turns out long while it arrives is refused', async () => {
    const request = agent.post('/graphql').type('json');
    request.write(tooLong);
    const reply: Reply = await request;
    assert.equal(reply.status, 413);
    assertOneShape(reply);
  });

  it('what is not HTTP is answered in the same shape', async () => {
    const { server } = await tinyServer();
    const { url } = await server.start(0, '127.0.0.1');
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('NONSENSE\r\n\r\n');
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    assert.match(head, /^HTTP\/1\.1 400 /);
    assertOneShape({
      status: 400,
      headers: { 'content-type': 'application/json' },
      body: JSON.parse(body) as Reply['body'],
    });
    await server.stop();
  });
});

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
