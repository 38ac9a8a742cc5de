import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { onlyError, tinyServer, type Reply } from './tiny-server.js';

describe('the host that a client asks for', async () => {
  const { agent } = await tinyServer({ config: { publicUrl: 'https://lab.example/cortigraph' } });

  for (const host of ['localhost:4000', '127.0.0.1:4000', '[::1]:4000', 'localhost', 'lab.example']) {
    it(`may be ${host}`, async () => {
      assert.equal((await agent.get('/healthz').set('host', host)).status, 200);
    });
  }

  for (const host of ['evil.example:4000', 'localhost.evil.example', '127.0.0.1.evil.example', 'lab.example:81']) {
    it(`may not be ${host}, whose pages could pass for this server's`, async () => {
      const reply: Reply = await agent.post('/graphql').set('host', host).send({ query: '{ __typename }' });
      assert.equal(reply.status, 403);
      assert.equal(onlyError(reply).code, 'FORBIDDEN');
      assert.match(onlyError(reply).message, /CORTIGRAPH_PUBLIC_URL/);
    });
  }

  it('may be that of the public URL only, also when remote clients are allowed', async () => {
    const config = { allowRemote: true, publicUrl: 'https://lab.example/' };
    const { agent: published } = await tinyServer({ config });
    assert.equal((await published.get('/healthz').set('host', 'evil.example')).status, 403);
    assert.equal((await published.get('/healthz').set('host', 'lab.example')).status, 200);
  });

  it('may be any when remote clients are allowed and there is no public URL', async () => {
    const open = await tinyServer({ config: { allowRemote: true } });
    assert.equal((await open.agent.get('/healthz').set('host', 'evil.example')).status, 200);
  });
});
