import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { buildGraphQLSchema } from '../../src/http/graphql-schema.js';
import { responseQuery, runMutation } from '../support/questions.js';
import type { FuzzServer } from './fuzz-server.js';
import { openFuzzServer } from './fuzz-server.js';
import { randomOperation } from './random-operation.js';

/**
 * How many of each kind, and where the choices begin: more by CORTIGRAPH_TEST_FUZZ_RUNS=30000, with another
 * CORTIGRAPH_TEST_FUZZ_SEED each time.
 */
const numRuns = Number(process.env['CORTIGRAPH_TEST_FUZZ_RUNS'] ?? 1200);
const seed = Number(process.env['CORTIGRAPH_TEST_FUZZ_SEED'] ?? 20250);

async function tryAll<T>(arbitrary: fc.Arbitrary<T>, send: (value: T) => Promise<unknown>): Promise<void> {
  const property = fc.asyncProperty(arbitrary, async (value) => {
    await send(value);
  });
  await fc.assert(property, { seed, numRuns });
}

const json = fc.jsonValue({ maxDepth: 5 });

/** Requests that are answered with data. */
const valid: readonly object[] = [
  { query: responseQuery, variables: { input: { model: 'ishigami', parameters: { x1: 1 } } } },
  { query: runMutation, variables: { input: { model: 'ishigami-noisy', parameters: {}, protocol: { noiseSeed: 7 } } } },
  {
    query: `query ($input: SweepInput!) { sweep(input: $input, waitMs: 20) { id status table { columns { name numbers strings } } } }`,
    variables: {
      input: {
        base: { model: 'ishigami', parameters: { x2: 0.5 } },
        axes: [{ name: 'x1', min: -1, max: 1, points: 3 }],
      },
    },
  },
  {
    query: `query ($after: String, $first: Int) { simulationRuns(first: $first, after: $after, filter: { model: "ishigami" }) {
      totalCount pageInfo { endCursor } edges { cursor node { id outputs { value interval(level: 0.9) { lower } } } } } }`,
    variables: { first: 3, after: null },
  },
  { query: '{ provenance(id: "run_0", depth: 3, direction: BOTH) { nodes { id } edges { from to } } }' },
];

describe('whatever is sent, the server shows no fault and goes on:', () => {
  let server: FuzzServer;
  let heapBefore = 0;
  before(async () => {
    server = await openFuzzServer();
    for (const body of valid) await server.post(JSON.stringify(body));
    heapBefore = server.heapMB();
  });
  after(() => server.close());

  it('bytes', async () => {
    const starts = ['', 'GET / HTTP/1.1\r\n', 'POST /graphql HTTP/1.1\r\nhost: localhost\r\n', 'GET /blobs/'];
    const bytes = fc.tuple(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 300 }));
    // Without the end of a head the server would wait for more.
    await tryAll(bytes, ([start, rest]) =>
      server.send(Buffer.concat([Buffer.from(start), rest, Buffer.from('\r\n\r\n\x00\r\n\r\n')])),
    );
    await server.assertUnharmed();
  });

  it('paths, methods, headers and bodies', async () => {
    const segment = fc.oneof(
      fc.constantFrom(
        'graphql',
        'blobs',
        'provenance',
        `run_${'0'.repeat(32)}`,
        'explorer',
        'healthz',
        '..',
        '%2e%2e',
        '',
      ),
      fc.webSegment(),
    );
    const query = fc.oneof(
      fc.constantFrom('query={models{name}}', 'direction=UPSTREAM&depth=3', 'depth=1e999', 'variables={}'),
      fc.webQueryParameters(),
    );
    const path = fc
      .tuple(fc.array(segment, { maxLength: 4 }), query)
      .map(([segments, asked]) => `/${segments.join('/')}?${asked}`);
    const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH', 'CONNECT');
    const value = fc.oneof(
      fc.constantFrom(
        'application/json',
        '*/*',
        'text/html',
        'gzip',
        'x',
        '"',
        'multipart/form-data',
        'chunked',
        '1',
        'null',
      ),
      fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 60 }),
    );
    const name = fc.constantFrom(
      'accept',
      'content-type',
      'content-encoding',
      'origin',
      'host',
      'if-none-match',
      'range',
      'cookie',
      'upgrade',
      'x-request-id',
      'x-forwarded-for',
      'apollo-require-preflight',
      'access-control-request-method',
      'expect',
    );
    const headers = fc.array(fc.tuple(name, value), { maxLength: 5 });
    await tryAll(fc.tuple(method, path, headers, fc.string({ maxLength: 80 })), ([verb, target, given, body]) => {
      const all = [
        ['host', 'localhost'],
        ['connection', 'close'],
        ['content-length', String(Buffer.byteLength(body))],
        ...given,
      ];
      const lines = all.map(([header, text]) => `${header}: ${text}\r\n`);
      return server.send(`${verb} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
    });
    await server.assertUnharmed();
  });

  it('JSON', async () => {
    const asked = fc.record(
      { query: fc.oneof(fc.string(), json), variables: json, operationName: json, extensions: json },
      { requiredKeys: [] },
    );
    const deep = fc
      .nat({ max: 200_000 })
      .map((depth) => `{"query":"{ __typename }","variables":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    const body = fc.oneof(
      { weight: 4, arbitrary: fc.oneof(json, asked).map((value) => JSON.stringify(value)) },
      { weight: 1, arbitrary: deep },
    );
    await tryAll(body, (text) => server.post(text));
    await server.assertUnharmed();
  });

  it('valid requests with something changed', async () => {
    const change = fc.record({
      request: fc.constantFrom(...valid.map((each) => JSON.stringify(each))),
      place: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat({ max: 12 }),
      text: fc.oneof(
        json.map((value) => JSON.stringify(value)),
        fc.constantFrom(
          '',
          '{',
          '}',
          '"',
          '$',
          '...F',
          '@skip(if: true)',
          'null',
          '1e999',
          '-0',
          '\\u0000',
          '\\ud800',
          ':',
        ),
      ),
    });
    await tryAll(change, ({ request, place, length, text }) => {
      const at = Math.floor(place * request.length);
      return server.post(request.slice(0, at) + text + request.slice(at + length));
    });
    await server.assertUnharmed();
  });

  it('operations that fit the schema', async () => {
    const schema = buildGraphQLSchema();
    const known: string[] = [];
    let answered = 0;
    await tryAll(fc.gen(), async (g) => {
      const text = await server.post(JSON.stringify(randomOperation(schema, g, known)));
      if (text.includes('"data":{')) answered += 1;
      for (const [, id = ''] of text.matchAll(/"(?:id|cursor|endCursor)":"([^"]+)"/g)) {
        if (known.length < 500 && !known.includes(id)) known.push(id);
      }
    });
    // Else it would be a test of the validation rules only.
    assert.ok(answered > numRuns / 3, `${answered} of ${numRuns} were answered`);
    assert.ok(known.length > 10);
    await server.assertUnharmed();
  });

  it('the heap stays bounded', () => {
    const grown = server.heapMB() - heapBefore;
    // Parsed documents are kept: 30 MB as Apollo counts them, which is some 150 in truth, once there were many.
    assert.ok(grown < 250, `it grew by ${grown.toFixed()} MB`);
  });
});
