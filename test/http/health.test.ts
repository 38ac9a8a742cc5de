import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CortigraphError } from '../../src/domain/errors.js';
import { onlyError, secret, tinyServer, type Reply } from './tiny-server.js';

describe('health', () => {
  it('is alive and ready when readiness does not throw', async () => {
    const { agent } = await tinyServer();
    for (const path of ['/healthz', '/readyz']) {
      assert.equal((await agent.get(path)).status, 200);
      const head = await agent.head(path);
      assert.equal(head.status, 200);
      assert.equal(head.text, undefined);
    }
  });

  it('is alive but not ready when something is missing, and says what when it was told', async () => {
    const readiness = () => Promise.reject(new CortigraphError('UNAVAILABLE', 'The store does not answer.'));
    const { agent } = await tinyServer({ readiness });
    assert.equal((await agent.get('/healthz')).status, 200);
    const reply: Reply = await agent.get('/readyz');
    assert.equal(reply.status, 503);
    assert.deepEqual(onlyError(reply), { code: 'UNAVAILABLE', message: 'The store does not answer.' });
  });

  it('does not show why it is not ready when that was not meant to be seen', async () => {
    const { agent, log } = await tinyServer({ readiness: () => Promise.reject(new Error(secret)) });
    const reply: Reply = await agent.get('/readyz');
    assert.equal(reply.status, 503);
    assert.equal(onlyError(reply).code, 'UNAVAILABLE');
    assert.doesNotMatch(JSON.stringify(reply.body), new RegExp(secret));
    assert.match(JSON.stringify(await log.find((line) => line['msg'] === 'not ready')), new RegExp(secret));
  });
});
