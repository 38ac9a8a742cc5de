import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { onlyError, tinyServer, type Reply } from './tiny-server.js';

describe('the explorer', async () => {
  const { agent, server } = await tinyServer({ firstQuery: 'query First { mayCompute }' });

  it('is where a browser is led that opens /graphql without a question', async () => {
    const visit = await agent.get('/graphql').set('accept', 'text/html,application/xhtml+xml,*/*;q=0.8');
    assert.deepEqual([visit.status, visit.headers['location']], [302, 'explorer/']);
    const question = await agent.get('/graphql?query=%7B__typename%7D').set('accept', 'text/html');
    assert.notEqual(question.status, 302);
  });

  it('is where / and /explorer lead', async () => {
    for (const path of ['/', '/explorer']) {
      const reply = await agent.get(path);
      assert.equal(reply.status, 302);
      assert.equal(new URL(reply.headers['location'] ?? '', `http://lab.example${path}`).pathname, '/explorer/');
    }
  });

  it('refers to nothing but files below itself, all of which are there', async () => {
    const page = await agent.get('/explorer/');
    assert.equal(page.status, 200);
    assert.match(page.headers['content-type'] ?? '', /^text\/html/);
    const urls = [...page.text.matchAll(/\b(?:href|src)="([^"]*)"/g)].map((match) => match[1] ?? '');
    assert.ok(urls.length > 5);
    for (const url of urls) {
      const absolute = new URL(url, 'http://lab.example/explorer/');
      assert.equal(absolute.origin, 'http://lab.example', url);
      assert.ok(!url.startsWith('/') && !url.includes(':'), `${url} is not relative`);
      assert.equal((await agent.get(absolute.pathname)).status, 200, url);
    }
  });

  it('may load from and speak to this server only', async () => {
    for (const path of ['/explorer/', '/explorer/main.js']) {
      const policy = (await agent.get(path)).headers['content-security-policy'] ?? '';
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /connect-src 'self'/);
      assert.doesNotMatch(policy, /https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline/);
    }
  });

  it('runs no script of the page itself, and starts with the first query and without accounts', async () => {
    const page = await agent.get('/explorer/');
    assert.doesNotMatch(page.text, /<script(?![^>]*\bsrc=)[^>]*>/);
    const script = await agent.get('/explorer/initial_options.js').buffer(true);
    assert.match(script.text, /query First \{ mayCompute \}/);
    assert.match(script.text, /endpointURL: `\/graphql`/);
    assert.match(script.text, /disableAccount: true/);
  });

  it('sends a file again only when it changed', async () => {
    const first = await agent.get('/explorer/styles.css');
    const second = await agent.get('/explorer/styles.css').set('if-none-match', first.headers['etag'] ?? '');
    assert.equal(second.status, 304);
    const head = await agent.head('/explorer/styles.css');
    assert.equal(head.headers['content-length'], first.headers['content-length']);
  });

  const tricks = [
    '/explorer/../package.json',
    '/explorer/../../package.json',
    '/explorer/%2e%2e/package.json',
    '/explorer/..%2fpackage.json',
    '/explorer/assets/../../index.js',
    '/explorer/..\\index.js',
    '/explorer//etc/passwd',
    '/explorer/main.js/',
    '/explorer/main.js%00.css',
    '/explorer/assets',
  ];
  let port = 0;
  before(async () => {
    port = Number(new URL((await server.start(0, '127.0.0.1')).url).port);
  });
  after(() => server.stop());

  for (const path of tricks) {
    it(`${path} is not found`, async () => {
      // URL parsers tidy such paths away, so this goes out as it is written.
      const sent = request({ port, host: '127.0.0.1', path, agent: false }).end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      assert.equal(response.statusCode, 404);
      const body = (await json(response)) as Reply['body'];
      assert.equal(onlyError({ status: 404, headers: {}, body }).code, 'NOT_FOUND');
    });
  }
});
