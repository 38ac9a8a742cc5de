import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { buildGraphQLSchema } from '../../src/http/graphql-schema.js';
import { readConfig } from '../../src/config.js';
import { connectRaw, parseReply } from './raw-client.js';
import { ask, onlyError, tinySchema, tinyServer, type Reply } from './tiny-server.js';

const never = new Promise<never>(() => undefined);
const digest = 'ab'.repeat(32);

describe('the time until a request is answered', () => {
  it('may not be more than the limit: the answer is TIMEOUT, and what was begun goes on', async () => {
    let finish: (value: string) => void = () => undefined;
    const work = new Promise<string>((resolve) => (finish = resolve));
    const { agent, log } = await tinyServer({ schema: tinySchema(work), config: { requestTimeoutMs: 20 } });
    const reply = await ask(agent, '{ wait }');
    assert.equal(reply.status, 504);
    assert.match(onlyError(reply).message, /^The request took more than 20 ms; at most 20 are allowed .* goes on: ask/);
    assert.deepEqual(reply.body.errors?.[0]?.extensions, {
      code: 'TIMEOUT',
      setting: 'CORTIGRAPH_REQUEST_TIMEOUT_MS',
      allowed: 20,
    });
    finish('done');
    await work;
    assert.equal((await ask(agent, '{ mayCompute }')).status, 200);
    assert.deepEqual(
      log.lines.filter(({ level }) => level === 'error' || level === 'warn'),
      [],
    );
  });

  it('holds for a download that does not begin, and for readiness', async () => {
    const { agent } = await tinyServer({
      openBlob: () => never,
      readiness: () => never,
      config: { requestTimeoutMs: 20 },
    });
    for (const path of [`/blobs/${digest}`, '/readyz']) {
      const reply: Reply = await agent.get(path);
      assert.deepEqual([reply.status, onlyError(reply).code], [504, 'TIMEOUT'], path);
    }
  });

  it('does not end a download that has begun', async () => {
    const stream = new Readable({ read: () => undefined });
    const { server } = await tinyServer({
      openBlob: () => Promise.resolve({ bytes: 2, stream: () => stream }),
      readiness: () => never,
      config: { requestTimeoutMs: 20 },
    });
    const { url } = await server.start(0, '127.0.0.1');
    stream.push('a');
    const reply = await fetch(`${url}blobs/${digest}`);
    // One that came later meets the limit, so this one is beyond it.
    assert.equal((await fetch(`${url}readyz`)).status, 504);
    stream.push('b');
    stream.push(null);
    assert.equal(await reply.text(), 'ab');
    await server.stop();
  });

  it('leaves time for the longest waitMs after the slowest arrival', () => {
    const { requestTimeoutMs, receiveTimeoutMs } = readConfig({});
    const { description } =
      buildGraphQLSchema()
        .getQueryType()
        ?.getFields()
        ['response']?.args.find(({ name }) => name === 'waitMs') ?? {};
    const longest = Number(/from 0 to (\d+) ms/.exec(description ?? '')?.[1]);
    assert.ok(requestTimeoutMs > longest + receiveTimeoutMs);
    assert.throws(() => readConfig({ CORTIGRAPH_REQUEST_TIMEOUT_MS: String(longest) }));
  });
});

describe('a client that does not read its answer', () => {
  it('is cut off once nothing has moved for as long as a request may take', async () => {
    const endless = new Readable({
      read() {
        this.push(Buffer.alloc(100_000));
      },
    });
    const { server } = await tinyServer({
      openBlob: () => Promise.resolve({ bytes: 1e12, stream: () => endless }),
      config: { requestTimeoutMs: 100, receiveTimeoutMs: 100 },
    });
    const { url } = await server.start(0, '127.0.0.1');
    const { socket } = connectRaw(url);
    socket.pause().write(`GET /blobs/${digest} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    await new Promise((resolve) => endless.on('error', () => undefined).once('close', resolve));
    socket.destroy();
    await server.stop();
  });
});

describe('the time in which a request arrives', () => {
  const slow: readonly (readonly [string, string])[] = [
    ['line', 'POST /gra'],
    ['headers', 'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-ty'],
    [
      'body',
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"qu',
    ],
  ];
  for (const [what, bytes] of slow) {
    it(`is limited for its ${what}: the answer is TIMEOUT, and the connection ends`, async () => {
      const { server, log } = await tinyServer({ config: { receiveTimeoutMs: 40 } });
      const { url } = await server.start(0, '127.0.0.1');
      const { socket, ended } = connectRaw(url);
      socket.write(bytes);
      const reply = parseReply(await ended);
      assert.equal(reply.status, 408);
      assert.match(onlyError(reply).message, /^The request took more than 40 ms to arrive; at most 40 are allowed /);
      assert.deepEqual(reply.body.errors?.[0]?.extensions, {
        code: 'TIMEOUT',
        setting: 'CORTIGRAPH_RECEIVE_TIMEOUT_MS',
        allowed: 40,
      });
      if (what === 'body') await log.find(({ msg }) => msg === 'request aborted');
      // It goes on sending, as if nothing had been said.
      const sending = setInterval(() => socket.write('x'), 20);
      await new Promise((resolve) => socket.once('close', resolve));
      clearInterval(sending);
      await server.stop();
    });
  }
});
