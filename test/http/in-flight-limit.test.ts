import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request, type ClientRequest } from 'node:http';
import { describe, it } from 'node:test';
import { readConfig } from '../../src/config.js';
import { openEmbedded } from '../store/stores.js';
import { openFrontDoor } from '../support/front-door.js';
import { responseQuery } from '../support/questions.js';
import { onlyError, tinySchema, tinyServer, type KeptLog, type Reply } from './tiny-server.js';

interface BusyServer {
  readonly url: string;
  readonly log: KeptLog;
  /** Sends a question that waits, and resolves once it is being answered. */
  readonly sendWaiting: () => Promise<ClientRequest>;
  /** Lets all that waits be answered. */
  readonly finish: () => void;
  readonly ask: (path?: string, from?: string) => Promise<Reply>;
  readonly stop: () => Promise<void>;
}

async function busyServer(maxRequestsInFlight: number): Promise<BusyServer> {
  let finish: (value: string) => void = () => undefined;
  let arrived: () => void = () => undefined;
  const { server, log } = await tinyServer({
    schema: tinySchema(new Promise((resolve) => (finish = resolve))),
    createContext: (asked) => {
      arrived();
      return asked;
    },
    config: { maxRequestsInFlight },
  });
  const { url } = await server.start(0, '127.0.0.1');
  const send = (query: string, localAddress?: string, path = 'graphql'): ClientRequest => {
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': String(Math.random()) };
    const method = path === 'graphql' ? 'POST' : 'GET';
    const sent = request(`${url}${path}`, { method, headers, localAddress, agent: new Agent() });
    sent.on('error', () => undefined).end(method === 'POST' ? JSON.stringify({ query }) : '');
    return sent;
  };
  return {
    url,
    log,
    finish: () => finish('done'),
    sendWaiting: async () => {
      const isUnderWay = new Promise<void>((resolve) => (arrived = resolve));
      const sent = send('{ wait }');
      await isUnderWay;
      return sent;
    },
    ask: async (path, from) => replyTo(send('{ mayCompute }', from, path)),
    stop: () => server.stop(),
  };
}

async function replyTo(sent: ClientRequest): Promise<Reply> {
  const [response] = (await once(sent, 'response')) as [
    AsyncIterable<Buffer> & { statusCode: number; headers: object },
  ];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const body = JSON.parse(Buffer.concat(chunks).toString()) as Reply['body'];
  return { status: response.statusCode, headers: response.headers as Reply['headers'], body };
}

describe('the requests of one client in flight', () => {
  it('may be as many as the limit, and one more is RATE_LIMITED until one is answered', async () => {
    const busy = await busyServer(2);
    const first = await busy.sendWaiting();
    assert.equal((await busy.ask()).status, 200);
    const second = await busy.sendWaiting();
    const refused = await busy.ask();
    assert.equal(refused.status, 429);
    assert.equal(refused.headers['retry-after'], '1');
    assert.match(onlyError(refused).message, /^This client has 3 requests in flight; at most 2 are allowed /);
    assert.deepEqual(refused.body.errors?.[0]?.extensions, {
      code: 'RATE_LIMITED',
      setting: 'CORTIGRAPH_MAX_REQUESTS_IN_FLIGHT',
      allowed: 2,
      found: 3,
    });
    busy.finish();
    assert.deepEqual([(await replyTo(first)).status, (await replyTo(second)).status], [200, 200]);
    assert.equal((await busy.ask()).status, 200);
    await busy.stop();
  });

  it('leave other clients and health alone, and X-Forwarded-For makes no other client', async () => {
    const busy = await busyServer(1);
    await busy.sendWaiting();
    assert.equal((await busy.ask()).status, 429); // each request of this test claims another origin
    assert.equal((await busy.ask('graphql', '127.0.0.2')).status, 200);
    for (const path of ['healthz', 'readyz']) assert.equal((await busy.ask(path)).status, 200);
    busy.finish();
    await busy.stop();
  });

  it('count downloads', async () => {
    const busy = await busyServer(1);
    await busy.sendWaiting();
    assert.equal((await busy.ask(`blobs/${'0'.repeat(64)}`)).status, 429);
    busy.finish();
    await busy.stop();
  });

  it('are in flight until their work is done, although their client has left', async () => {
    const busy = await busyServer(1);
    const left = await busy.sendWaiting();
    left.destroy();
    await busy.log.find(({ msg }) => msg === 'request aborted');
    assert.equal((await busy.ask()).status, 429);
    busy.finish();
    // What is done has to turn once round the event loop before it is counted.
    const statuses = [];
    for (let i = 0; i < 20 && statuses.at(-1) !== 200; i += 1) statuses.push((await busy.ask()).status);
    assert.equal(statuses.at(-1), 200);
    await busy.stop();
  });

  it('may by default be the 64 of a notebook, and as many again of one that was interrupted', async () => {
    assert.ok(readConfig({}).maxRequestsInFlight >= 2 * 64);
    const door = await openFrontDoor(await openEmbedded());
    try {
      const points = Array.from({ length: 64 }, (_, i) => ({ model: 'ishigami', parameters: { x1: i / 100 } }));
      await Promise.all(points.map((input) => door.data(responseQuery, { input })));
    } finally {
      await door.close();
    }
  });
});
