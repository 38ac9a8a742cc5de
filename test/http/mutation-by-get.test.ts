import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ask, onlyError, tinyServer, type Reply } from './tiny-server.js';

describe('HTTP GET', async () => {
  const { agent } = await tinyServer();
  const get = async (query: string): Promise<Reply> =>
    agent.get('/graphql').query({ query }).set('apollo-require-preflight', '1');

  it('may not compute, POST may', async () => {
    assert.deepEqual((await get('{ mayCompute }')).body.data, { mayCompute: false });
    assert.deepEqual((await ask(agent, '{ mayCompute }')).body.data, { mayCompute: true });
  });

  it('may not run a mutation', async () => {
    const reply = await get('mutation { touch }');
    assert.equal(reply.status, 405);
    assert.equal(reply.headers['allow'], 'POST');
    assert.equal(onlyError(reply).code, 'BAD_USER_INPUT');
  });
});
