import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tinyServer, type Reply } from './tiny-server.js';

describe('request ids', async () => {
  const { agent, log } = await tinyServer();
  const question = { query: '{ requestId }' };

  it('a sane id is kept, echoed, seen by resolvers and logged', async () => {
    const reply: Reply = await agent.post('/graphql').set('x-request-id', 'trace-42').send(question);
    assert.equal(reply.headers['x-request-id'], 'trace-42');
    assert.deepEqual(reply.body.data, { requestId: 'trace-42' });
    await log.find((line) => line['requestId'] === 'trace-42');
  });

  it('one is made when there is none', async () => {
    const reply: Reply = await agent.post('/graphql').send(question);
    assert.match(reply.headers['x-request-id'] ?? '', /^[0-9a-f-]{36}$/);
    assert.deepEqual(reply.body.data, { requestId: reply.headers['x-request-id'] });
  });

  for (const id of ['has space', 'x'.repeat(65), '{"a":1}']) {
    it(`another is made for '${id.slice(0, 12)}'`, async () => {
      const reply: Reply = await agent.get('/healthz').set('x-request-id', id);
      assert.match(reply.headers['x-request-id'] ?? '', /^[0-9a-f-]{36}$/);
    });
  }

  it('errors carry it too', async () => {
    const reply: Reply = await agent.get('/nowhere').set('x-request-id', 'lost');
    assert.equal(reply.headers['x-request-id'], 'lost');
  });
});
