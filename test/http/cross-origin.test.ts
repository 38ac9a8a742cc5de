import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tinyServer, type Reply } from './tiny-server.js';

const lab = 'https://lab.example';

describe('cross-origin requests', async () => {
  const { agent } = await tinyServer({ config: { corsOrigins: [lab] } });
  const preflight = async (origin: string): Promise<Reply> =>
    agent
      .options('/graphql')
      .set('origin', origin)
      .set('access-control-request-method', 'POST')
      .set('access-control-request-headers', 'content-type');

  it('a listed origin may ask, and read the request id and when to ask again', async () => {
    const reply: Reply = await agent.post('/graphql').set('origin', lab).send({ query: '{ __typename }' });
    assert.equal(reply.headers['access-control-allow-origin'], lab);
    assert.equal(reply.headers['access-control-expose-headers'], 'X-Request-Id,Retry-After');
    assert.equal(reply.headers['access-control-allow-credentials'], undefined);
    const answer = await preflight(lab);
    assert.equal(answer.status, 204);
    assert.equal(answer.headers['access-control-allow-origin'], lab);
    assert.equal(answer.headers['access-control-allow-headers'], 'content-type');
  });

  it('a listed origin may read errors', async () => {
    const reply: Reply = await agent.get('/nowhere').set('origin', lab);
    assert.equal(reply.headers['access-control-allow-origin'], lab);
  });

  for (const origin of ['https://evil.example', 'https://lab.example.evil.example', 'http://lab.example', 'null']) {
    it(`${origin} is not let in`, async () => {
      const reply: Reply = await agent.get('/healthz').set('origin', origin);
      assert.equal(reply.headers['access-control-allow-origin'], undefined);
      assert.equal((await preflight(origin)).headers['access-control-allow-origin'], undefined);
    });
  }

  it('without a list no origin is let in', async () => {
    const closed = await tinyServer();
    const reply: Reply = await closed.agent.options('/graphql').set('origin', lab);
    assert.equal(reply.status, 405);
    assert.equal(reply.headers['access-control-allow-origin'], undefined);
  });
});
