import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { CortigraphError } from '../../src/domain/errors.js';
import { HttpError } from '../../src/http/http-error.js';
import { createLogger } from '../../src/http/logger.js';
import { answerConnection } from '../../src/http/malformed-request.js';
import { assertOneShape } from './one-shape.js';
import { connectRaw, sendRaw } from './raw-client.js';
import { onlyError, secret, tinySchema, tinyServer, type Reply } from './tiny-server.js';

const digest = 'ab'.repeat(32);
const jsonType = { 'content-type': 'application/json' };
const never = new Promise<never>(() => undefined);

/** A request as it goes over the wire; the connection ends after it. */
function http(start: string, headers: Readonly<Record<string, string>> = {}, body = ''): string {
  const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const all = { host: 'localhost', connection: 'close', ...length, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${start} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
const post = (body: unknown, headers: Readonly<Record<string, string>> = jsonType): string =>
  http('POST /graphql', headers, typeof body === 'string' ? body : JSON.stringify(body));
const asks = (query: string, headers = {}): string => post({ query }, { ...jsonType, ...headers });
const modern = { accept: 'application/graphql-response+json' };
const preflight = { 'apollo-require-preflight': '1' };

/** Every way in which a request goes wrong that a client can bring about: what it sends, and what it gets. */
const doors: readonly (readonly [what: string, bytes: string, status: number, code: string])[] = [
  // No HTTP
  ['what is no HTTP', 'NONSENSE\r\n\r\n', 400, 'BAD_USER_INPUT'],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'BAD_USER_INPUT'],
  ['an unknown method', 'BREW /pot HTTP/1.1\r\nhost: localhost\r\n\r\n', 400, 'BAD_USER_INPUT'],
  ['a head without Host', 'GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n', 400, 'BAD_USER_INPUT'],
  ['a head that is too long', http('GET /graphql', { cookie: 'x'.repeat(17_000) }), 431, 'BAD_USER_INPUT'],
  ['a path that is too long', http(`GET /${'x'.repeat(17_000)}`), 431, 'BAD_USER_INPUT'],
  ['two lengths', http('POST /graphql', { 'transfer-encoding': 'chunked' }, '{}'), 400, 'BAD_USER_INPUT'],
  [
    'a chunk without a length',
    `${http('POST /graphql', { 'transfer-encoding': 'chunked' })}zz\r\n`,
    400,
    'BAD_USER_INPUT',
  ],
  ['a tunnel', http('CONNECT localhost:1'), 405, 'BAD_USER_INPUT'],
  ['an unknown expectation', http('POST /graphql', { expect: 'tea' }), 417, 'BAD_USER_INPUT'],
  // Any path
  ['an unknown path', http('GET /nowhere'), 404, 'NOT_FOUND'],
  ['a path with a slash too many', http('GET /graphql/'), 404, 'NOT_FOUND'],
  ['a path that only ends like another', http('GET /x/healthz'), 404, 'NOT_FOUND'],
  ['a path out of the folder', http('GET /explorer/../../package.json'), 404, 'NOT_FOUND'],
  ['a whole URL', http('GET http://localhost/healthz'), 404, 'NOT_FOUND'],
  ['an asterisk', http('OPTIONS *'), 404, 'NOT_FOUND'],
  ['a foreign host', http('GET /healthz', { host: 'evil.example' }), 403, 'FORBIDDEN'],
  ['another method of /graphql', http('PUT /graphql'), 405, 'BAD_USER_INPUT'],
  ['another method of /healthz', http('POST /healthz'), 405, 'BAD_USER_INPUT'],
  ['another method of the explorer', http('DELETE /explorer/'), 405, 'BAD_USER_INPUT'],
  ['another method of a blob', http(`PATCH /blobs/${digest}`), 405, 'BAD_USER_INPUT'],
  ['an unknown file of the explorer', http('GET /explorer/nothing.js'), 404, 'NOT_FOUND'],
  ['an unknown blob', http(`GET /blobs/${digest}`), 404, 'NOT_FOUND'],
  ['provenance by another argument', http('GET /provenance/run_0?dept=3'), 400, 'BAD_USER_INPUT'],
  ['another method of provenance', http('POST /provenance/run_0'), 405, 'BAD_USER_INPUT'],
  ['a blob by no digest', http('GET /blobs/..%2f..%2fetc%2fpasswd'), 404, 'NOT_FOUND'],
  // GraphQL by POST
  ['another content type', post('{}', { 'content-type': 'text/plain' }), 415, 'BAD_USER_INPUT'],
  ['no content type', post('{}', {}), 415, 'BAD_USER_INPUT'],
  ['another charset', post('{}', { 'content-type': 'application/json; charset=latin1' }), 415, 'BAD_USER_INPUT'],
  ['a compressed body', post('{}', { ...jsonType, 'content-encoding': 'gzip' }), 415, 'BAD_USER_INPUT'],
  ['a long body', post({ query: `{ __typename } #${'x'.repeat(20_000)}` }), 413, 'BAD_USER_INPUT'],
  ['a body that is not JSON', post('{"query":'), 400, 'BAD_USER_INPUT'],
  [
    'a body that is not UTF-8',
    post('{"query":"{ __typename }', { ...jsonType, 'content-length': '2' }),
    400,
    'BAD_USER_INPUT',
  ],
  ['no body', http('POST /graphql', jsonType), 400, 'BAD_USER_INPUT'],
  ['a body that is a number', post('3'), 400, 'BAD_USER_INPUT'],
  ['a body without a query', post({ nothing: 1 }), 400, 'BAD_USER_INPUT'],
  ['a query that is a number', post({ query: 3 }), 400, 'BAD_USER_INPUT'],
  ['variables that are a text', post({ query: '{ __typename }', variables: '{}' }), 400, 'BAD_USER_INPUT'],
  ['a batch', post([{ query: '{ __typename }' }]), 400, 'BAD_USER_INPUT'],
  ['a client that takes no JSON', asks('mutation { touch }', { accept: 'text/csv' }), 406, 'BAD_USER_INPUT'],
  [
    'a stored query',
    post({ extensions: { persistedQuery: { version: 1, sha256Hash: digest } } }),
    200,
    'PERSISTED_QUERY_NOT_SUPPORTED',
  ],
  ['what does not parse', asks('{ self {'), 200, 'GRAPHQL_PARSE_FAILED'],
  ['what does not parse, to a modern client', asks('{ self {', modern), 400, 'GRAPHQL_PARSE_FAILED'],
  ['an unknown field', asks('{ selv }'), 200, 'GRAPHQL_VALIDATION_FAILED'],
  ['an unknown field, to a modern client', asks('{ selv }', modern), 400, 'GRAPHQL_VALIDATION_FAILED'],
  ['a document that is too long', asks(`{ ${'self '.repeat(200)} }`), 200, 'BAD_USER_INPUT'],
  [
    'a document that is too deep',
    asks(`${'{ self '.repeat(6)}{ __typename }${' }'.repeat(6)}`, modern),
    400,
    'BAD_USER_INPUT',
  ],
  ['an operation that is not there', post({ query: '{ __typename }', operationName: 'B' }), 200, 'BAD_USER_INPUT'],
  ['a subscription', asks('subscription { nothing }'), 200, 'BAD_USER_INPUT'],
  ['an error of a resolver', asks('{ missing }'), 200, 'NOT_FOUND'],
  ['an error of a scalar', asks('{ half(of: 3) }'), 200, 'BAD_USER_INPUT'],
  ['a fault of a resolver', asks('{ fault }'), 200, 'INTERNAL'],
  // GraphQL by GET
  ['a GET that any page could forge', http('GET /graphql?query={__typename}'), 400, 'BAD_USER_INPUT'],
  ['a GET without a query', http('GET /graphql', preflight), 400, 'BAD_USER_INPUT'],
  ['a mutation by GET', http('GET /graphql?query=mutation{touch}', preflight), 405, 'BAD_USER_INPUT'],
  ['a GET with bad variables', http('GET /graphql?query={self}&variables=[', preflight), 400, 'BAD_USER_INPUT'],
  ['a GET with two queries', http('GET /graphql?query={a}&query={b}', preflight), 400, 'BAD_USER_INPUT'],
  [
    'a GET with a body type',
    http('GET /graphql?query={a}', { 'content-type': 'text/plain', ...preflight }),
    415,
    'BAD_USER_INPUT',
  ],
];

describe('an error has one shape, by every door:', () => {
  let url = '';
  let stop = (): Promise<void> => Promise.resolve();
  before(async () => {
    const { server } = await tinyServer();
    ({ url } = await server.start(0, '127.0.0.1'));
    stop = () => server.stop();
  });
  after(() => stop());

  for (const [what, bytes, status, code] of doors) {
    it(`${what} is ${status} ${code}`, async () => {
      const reply = await sendRaw(url, bytes);
      assertOneShape(reply);
      assert.deepEqual([reply.status, onlyError(reply).code], [status, code]);
    });
  }

  type Condition = readonly [
    what: string,
    server: Parameters<typeof tinyServer>[0],
    bytes: string,
    status: number,
    code: string,
  ];
  const conditions: readonly Condition[] = [
    ['too many at once', { config: { maxRequestsInFlight: 0 } }, asks('{ self }'), 429, 'RATE_LIMITED'],
    [
      'what takes too long',
      { schema: tinySchema(never), config: { requestTimeoutMs: 10 } },
      asks('{ wait }'),
      504,
      'TIMEOUT',
    ],
    [
      'what does not arrive',
      { config: { receiveTimeoutMs: 10 } },
      post('{}', { ...jsonType, 'content-length': '9' }),
      408,
      'TIMEOUT',
    ],
    [
      'a server that is not ready',
      { readiness: () => Promise.reject(new Error(secret)) },
      http('GET /readyz'),
      503,
      'UNAVAILABLE',
    ],
    [
      'a store that is gone',
      { openBlob: () => Promise.reject(new CortigraphError('UNAVAILABLE', 'The store does not answer.')) },
      http(`GET /blobs/${digest}`),
      503,
      'UNAVAILABLE',
    ],
    [
      'a fault of a download',
      { openBlob: () => Promise.reject(new Error(secret)) },
      http(`GET /blobs/${digest}`),
      500,
      'INTERNAL',
    ],
    [
      'a fault before the question is read',
      {
        createContext: () => {
          throw new Error(secret);
        },
      },
      asks('{ self }'),
      500,
      'INTERNAL',
    ],
  ];
  for (const [what, parts, bytes, status, code] of conditions) {
    it(`${what} is ${status} ${code}`, async () => {
      const { server } = await tinyServer(parts);
      try {
        const reply = await sendRaw((await server.start(0, '127.0.0.1')).url, bytes);
        assertOneShape(reply);
        assert.deepEqual([reply.status, onlyError(reply).code], [status, code]);
      } finally {
        await server.stop(0);
      }
    });
  }

  it('the request id in it is the one that the client gave', async () => {
    const given = { 'x-request-id': 'trace-42' };
    for (const bytes of [
      http('GET /nowhere', given),
      asks('{ selv }', given),
      http('GET /x', { ...given, expect: 'tea' }),
    ]) {
      assert.equal((await sendRaw(url, bytes)).headers['x-request-id'], 'trace-42');
    }
  });

  it('405 says which methods are allowed', async () => {
    const allow = async (start: string): Promise<string | undefined> =>
      (await sendRaw(url, http(start))).headers['allow'];
    assert.equal(await allow('PUT /graphql'), 'GET, POST');
    assert.equal(await allow('POST /healthz'), 'GET, HEAD');
    assert.equal(await allow('CONNECT localhost:1'), 'GET, HEAD, POST');
  });

  it('a connection without a request may be reset while it is answered', () => {
    const socket = new PassThrough();
    answerConnection(socket, new HttpError(405, 'BAD_USER_INPUT', 'This server is no proxy.'), createLogger('silent'));
    assert.doesNotThrow(() => socket.emit('error', new Error('read ECONNRESET'))); // unheard, it would end the process
    socket.destroy();
  });

  it('an answer that has begun is cut off by what follows it, and no error is put into it', async () => {
    const bytes = Buffer.alloc(100_000, 'a');
    let isReading: () => void = () => undefined;
    const reading = new Promise<void>((resolve) => (isReading = resolve));
    const { server } = await tinyServer({
      openBlob: () =>
        Promise.resolve({
          bytes: 1_000_000,
          stream: () => {
            const stream = new Readable({ read: () => isReading() });
            stream.push(bytes);
            return stream;
          },
        }),
    });
    const { socket, ended } = connectRaw((await server.start(0, '127.0.0.1')).url);
    socket.write(http(`GET /blobs/${digest}`));
    await reading;
    await new Promise((resolve) => socket.once('data', resolve));
    socket.write('NONSENSE\r\n\r\n');
    const text = await ended;
    assert.match(text, /^HTTP\/1\.1 200 /);
    assert.doesNotMatch(text, /errors/);
    await server.stop(0);
  });
});

/** So that a reader of this file sees what an error looks like. */
it('the one shape of an error', async () => {
  const { server } = await tinyServer();
  const { url } = await server.start(0, '127.0.0.1');
  const reply: Reply = await sendRaw(url, http('GET /nowhere'));
  assert.deepEqual(reply.body, {
    errors: [{ message: 'There is nothing at this path.', extensions: { code: 'NOT_FOUND' } }],
  });
  await server.stop();
});
