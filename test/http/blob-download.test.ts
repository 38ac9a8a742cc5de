import assert from 'node:assert/strict';
import { get } from 'node:http';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { onlyError, tinyServer } from './tiny-server.js';

const digest = 'ab'.repeat(32);
const bytes = Buffer.from('twelve bytes');

describe('a download', async () => {
  const streams: Readable[] = [];
  const { agent } = await tinyServer({
    openBlob: (asked) =>
      Promise.resolve(
        asked === digest
          ? {
              bytes: bytes.length,
              stream: () => {
                const stream = Readable.from([bytes.subarray(0, 6), bytes.subarray(6)]);
                streams.push(stream);
                return stream;
              },
            }
          : null,
      ),
  });

  it('gives the bytes, their length, their type, a file name, and that they never change', async () => {
    const reply = await agent.get(`/blobs/${digest}`).responseType('blob');
    assert.equal(reply.status, 200);
    assert.deepEqual(Buffer.from(reply.body as Uint8Array), bytes);
    assert.equal(reply.headers['content-length'], '12');
    assert.equal(reply.headers['content-type'], 'application/vnd.apache.arrow.stream');
    assert.equal(reply.headers['content-disposition'], 'attachment; filename="abababababababab.arrows"');
    assert.match(reply.headers['cache-control'] ?? '', /immutable/);
    assert.equal(reply.headers['etag'], `"${digest}"`);
    assert.equal(reply.headers['x-content-type-options'], 'nosniff');
  });

  it('by HEAD tells the same without the bytes, and opens no stream', async () => {
    const before = streams.length;
    const reply = await agent.head(`/blobs/${digest}`);
    assert.deepEqual([reply.status, reply.headers['content-length'], streams.length], [200, '12', before]);
  });

  it('is not sent again to those who have it', async () => {
    for (const tag of [`"${digest}"`, `"x", W/"${digest}"`, '*']) {
      const reply = await agent.get(`/blobs/${digest}`).set('if-none-match', tag);
      assert.deepEqual([reply.status, reply.text], [304, ''], tag);
    }
    assert.equal((await agent.get(`/blobs/${digest}`).set('if-none-match', '"x"')).status, 200);
  });

  it('of what is not there is 404 in the common shape', async () => {
    for (const path of ['/blobs/', `/blobs/${'0'.repeat(64)}`, '/blobs/..%2Fcortigraph.db', `/blobs/${digest}/`]) {
      const reply = await agent.get(path);
      assert.deepEqual([reply.status, onlyError(reply).code], [404, 'NOT_FOUND'], path);
      assert.notEqual(reply.headers['cache-control'], 'immutable');
    }
  });

  it('answers GET and HEAD only, and no foreign host', async () => {
    assert.equal((await agent.post(`/blobs/${digest}`)).status, 405);
    assert.equal((await agent.get(`/blobs/${digest}`).set('host', 'evil.example')).status, 403);
  });
});

describe('a download that does not come to its end', () => {
  it('for its client leaves, closes what it was read from', async () => {
    const endless = new Readable({ read: () => undefined });
    endless.push(Buffer.alloc(1000));
    const { server } = await tinyServer({
      openBlob: () => Promise.resolve({ bytes: 1_000_000, stream: () => endless }),
    });
    const { url } = await server.start(0, '127.0.0.1');
    const closed = new Promise<void>((resolve) => endless.once('error', () => undefined).once('close', resolve));
    const request = get(`${url}blobs/${digest}`, (response) => {
      response.once('data', () => request.destroy());
    });
    request.on('error', () => undefined);
    await closed;
    assert.equal(endless.destroyed, true);
    await server.stop();
  });

  it('for its source breaks, is cut off, and never looks whole', async () => {
    const broken = Readable.from(
      (function* () {
        yield Buffer.alloc(1000);
        throw new Error('the disk is gone');
      })(),
    );
    const { server, log } = await tinyServer({
      openBlob: () => Promise.resolve({ bytes: 1_000_000, stream: () => broken }),
    });
    const { url } = await server.start(0, '127.0.0.1');
    await assert.rejects(fetch(`${url}blobs/${digest}`).then((reply) => reply.arrayBuffer()));
    await log.find(({ level }) => level === 'error');
    await server.stop();
  });
});
