import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { CortigraphError } from '../../src/domain/errors.js';
import { ask, onlyError, tinySchema, tinyServer, type Reply } from './tiny-server.js';

const headers = { 'content-type': 'application/json' };

describe('stopping', () => {
  it('finishes a request under way, refuses new ones, and closes', async () => {
    let finish: (value: string) => void = () => undefined;
    let arrived: () => void = () => undefined;
    const isUnderWay = new Promise<void>((resolve) => (arrived = resolve));
    const { server, agent } = await tinyServer({
      schema: tinySchema(new Promise((resolve) => (finish = resolve))),
      createContext: (asked) => {
        arrived();
        return asked;
      },
    });
    const { url } = await server.start(0, '127.0.0.1');
    const keepAlive = new Agent({ keepAlive: true });
    const slow = request(`${url}graphql`, { method: 'POST', headers, agent: keepAlive });
    slow.end(JSON.stringify({ query: '{ wait }' }));
    await isUnderWay;

    const stopped = server.stop();
    await assert.rejects(fetch(`${url}healthz`));
    const refused = await ask(agent, '{ __typename }');
    assert.equal(refused.status, 503);
    assert.equal(onlyError(refused).code, 'UNAVAILABLE');
    assert.equal(((await agent.get('/readyz')) as Reply).status, 503);

    finish('done');
    const [response] = (await once(slow, 'response')) as [IncomingMessage];
    assert.equal(response.headers.connection, 'close');
    assert.deepEqual(await json(response), { data: { wait: 'done' } });
    await stopped;
    keepAlive.destroy();
  });

  it('does not wait for connections that are idle or have sent nothing', async () => {
    const { server } = await tinyServer();
    const { url } = await server.start(0, '127.0.0.1');
    const keepAlive = new Agent({ keepAlive: true });
    const [response] = (await once(request(`${url}healthz`, { agent: keepAlive }).end(), 'response')) as [
      IncomingMessage,
    ];
    response.resume();
    await once(response, 'end');
    const silent = connect(Number(new URL(url).port), '127.0.0.1');
    await once(silent, 'connect');
    silent.on('error', () => undefined).resume();
    const start = performance.now();
    await server.stop(60_000);
    assert.ok(performance.now() - start < 30_000);
    silent.destroy();
    keepAlive.destroy();
  });

  it('cuts requests that outlast their grace', async () => {
    let arrived: () => void = () => undefined;
    const isUnderWay = new Promise<void>((resolve) => (arrived = resolve));
    const { server } = await tinyServer({
      schema: tinySchema(new Promise(() => undefined)),
      createContext: (asked) => {
        arrived();
        return asked;
      },
    });
    const { url } = await server.start(0, '127.0.0.1');
    const endless = request(`${url}graphql`, { method: 'POST', headers });
    const failed = once(endless, 'error');
    endless.end(JSON.stringify({ query: '{ wait }' }));
    await isUnderWay;
    await server.stop(10);
    const [error] = (await failed) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNRESET');
  });

  it('works for a server that never listened', async () => {
    const { server } = await tinyServer();
    await server.stop();
  });

  it('may be asked for twice', async () => {
    const { server } = await tinyServer();
    await server.start(0, '127.0.0.1');
    await Promise.all([server.stop(), server.stop()]);
  });
});

describe('listening', () => {
  it('on a port that is taken fails with one clear error', async () => {
    const first = (await tinyServer()).server;
    const second = (await tinyServer()).server;
    const { url } = await first.start(0, '127.0.0.1');
    const port = Number(new URL(url).port);
    await assert.rejects(second.start(port, '127.0.0.1'), (error) => {
      assert.ok(error instanceof CortigraphError);
      assert.equal(error.code, 'UNAVAILABLE');
      assert.equal(
        error.message,
        `Cannot listen on port ${port} of 127.0.0.1: something else listens there; stop it or set PORT.`,
      );
      return true;
    });
    await first.stop();
    await second.stop();
  });
});
