import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildSchema, getIntrospectionQuery, parse, validate } from 'graphql';
import { readConfig } from '../../src/config.js';
import { buildGraphQLSchema } from '../../src/http/graphql-schema.js';
import { queryCost } from '../../src/http/query-cost.js';
import { ask, onlyError, tinyServer, type Reply } from './tiny-server.js';

/** `self` within `self`, `depth` fields deep. */
function nested(depth: number): string {
  return `${'self { '.repeat(depth - 1)}mayCompute${' }'.repeat(depth - 1)}`;
}

describe('the depth of an operation', async () => {
  const { agent } = await tinyServer({ config: { maxQueryDepth: 5 } });

  it('may be the limit', async () => {
    assert.equal((await ask(agent, `{ ${nested(5)} }`)).body.errors, undefined);
  });

  it('may not be more, and the error says how much is allowed', async () => {
    const reply = await ask(agent, `{ ${nested(6)} }`);
    assert.match(onlyError(reply).message, /^The operation nests 6 levels of fields; at most 5 are allowed /);
    assert.deepEqual(reply.body.errors?.[0]?.extensions, {
      code: 'BAD_USER_INPUT',
      setting: 'CORTIGRAPH_MAX_QUERY_DEPTH',
      allowed: 5,
      found: 6,
    });
  });

  it('counts through fragments, named and inline', async () => {
    const reply = await ask(agent, `{ ... { self { ...A } } } fragment A on Query { ${nested(5)} }`);
    assert.match(onlyError(reply).message, /nests 6 levels/);
  });

  it('survives fragments that spread themselves', async () => {
    const reply = await ask(agent, '{ ...A } fragment A on Query { self { ...A } }');
    assert.match(onlyError(reply).message, /Cannot spread fragment "A" within itself/);
  });

  it('is measured once a fragment, however often it is spread', async () => {
    const levels = 60;
    const { agent: patient } = await tinyServer({
      config: { maxTokens: 10_000, maxQueryDepth: 5, maxQueryCost: Infinity, maxAliases: Infinity },
    });
    const fragments = Array.from(
      { length: levels },
      (_, level) => `fragment F${level} on Query { self { ...F${level + 1} ...F${level + 1} } }`,
    );
    const query = `{ ...F0 } ${fragments.join(' ')} fragment F${levels} on Query { mayCompute }`;
    // Two spreads a level are 2 ** 60 paths: a measure that walked them would never answer.
    assert.match(onlyError(await ask(patient, query)).message, new RegExp(`nests ${levels + 1} levels`));
  });

  it('leaves introspection alone', async () => {
    const { agent: roomy } = await tinyServer({ config: { maxTokens: 2000, maxQueryDepth: 1 } });
    assert.equal((await ask(roomy, getIntrospectionQuery())).body.errors, undefined);
  });
});

describe('the cost of a document', async () => {
  const schema = buildSchema(`
    type Query { all(first: Int, last: Int): Items! few: [Item!]! long: [Item!]! runs(first: Int = 30): [Item!]! }
    type Items { nodes: [Item!]! totalCount: Int }
    type Item { id: ID children(first: Int, last: Int): Items! }
  `);
  const sizes = { byDefault: 20, atMost: 100, long: { 'Query.long': 1000 }, work: { 'Query.runs': 500 } };
  const errors = (query: string, maxCost: number): readonly string[] =>
    validate(schema, parse(query), [queryCost(maxCost, sizes)]).map(({ message }) => message);
  const costs = (query: string, cost: number): void => {
    assert.deepEqual(errors(query, cost), [], `${query} costs more than ${cost}`);
    assert.match(errors(query, cost - 1).join(), new RegExp(`could hold ${cost} fields; at most ${cost - 1}`));
  };

  it('is one a field', () => costs('{ all(first: 1) { totalCount } }', 2));
  it('is multiplied by the size of a page', () => costs('{ all(first: 50) { totalCount } }', 51));
  it('takes the default size where none is given', () => costs('{ all { totalCount } }', 21));
  it('takes the default of the argument where it has one', () => costs('{ runs { id } }', 500 + 31));
  it('counts what is much work wherever it is asked', () => costs('{ runs { id } a: runs { id } }', 2 * (500 + 31)));
  it('takes the greatest size for a variable', () => costs('query ($n: Int) { all(first: $n) { totalCount } }', 101));
  it('takes the one that counts of first and last', () => costs('{ all(first: null, last: 90) { totalCount } }', 91));
  it('counts a list without pages as a few', () => costs('{ few { id } }', 5));
  it('counts a list that may be long by what it may hold', () => costs('{ long { id } }', 1001));
  it('multiplies along nested pages, from either end', () =>
    costs('{ all(first: 100) { nodes { children(last: 100) { nodes { id } } } } }', 1 + 100 * (1 + 4 * (1 + 100 * 5))));
  it('counts through fragments and aliases', () =>
    costs(
      '{ a: all(first: 2) { ...F } b: all(first: 3) { ... on Items { ...F } } } fragment F on Items { totalCount }',
      7,
    ));

  it('is refused over HTTP with what it is and what is allowed', async () => {
    const { agent } = await tinyServer({ config: { maxQueryCost: 3 } });
    const reply = await ask(agent, '{ self { self { self { mayCompute } } } }');
    assert.match(onlyError(reply).message, /could hold 4 fields; at most 3 are allowed/);
    assert.deepEqual(reply.body.errors?.[0]?.extensions, {
      code: 'BAD_USER_INPUT',
      setting: 'CORTIGRAPH_MAX_QUERY_COST',
      allowed: 3,
      found: 4,
    });
  });
});

describe('the cost of questions about the schema', () => {
  const schema = buildGraphQLSchema();
  const { maxQueryCost } = readConfig({});
  const refusals = (query: string, limit = maxQueryCost): readonly string[] =>
    validate(schema, parse(query), [queryCost(limit, { byDefault: 20, atMost: 100 })]).map(({ message }) => message);
  const everything = getIntrospectionQuery({ schemaDescription: true, inputValueDeprecation: true, oneOf: true });

  it('leaves room for the usual one, twice over', () => {
    assert.deepEqual(refusals(everything, maxQueryCost / 2), []);
  });

  it('grows with its aliases, so that one request cannot ask for the whole schema often', () => {
    const aliased = Array.from({ length: 50 }, (_, i) => `a${i}: __schema { types { ...FullType } }`).join(' ');
    assert.match(refusals(everything.replace('{', `{ ${aliased}`)).join(), /could hold \d+ fields/);
  });

  it('grows with the product of what is nested', () => {
    const fields = (name: string, below: string): string =>
      Array.from({ length: 10 }, (_, i) => `${name}${i}: fields { type { ${below} } }`).join(' ');
    const query = `{ __schema { types { ${fields('a', '...B')} } } }
      fragment B on __Type { ${fields('b', '...C')} } fragment C on __Type { name kind description }`;
    assert.match(refusals(query).join(), /could hold \d+ fields/);
  });
});

describe('the aliases of an operation', async () => {
  const { agent } = await tinyServer({ config: { maxAliases: 4 } });

  it('may be as many as the limit', async () => {
    assert.equal(
      (await ask(agent, '{ a: mayCompute b: mayCompute self { c: mayCompute d: mayCompute } }')).status,
      200,
    );
  });

  it('may not be one more, counted through fragments', async () => {
    const query = '{ a: self { ...F } ... on Query { ...F } } fragment F on Query { b: mayCompute c: requestId }';
    const reply = await ask(agent, query);
    assert.match(onlyError(reply).message, /^The operation has 5 aliases; at most 4 are allowed \(.*\)\. Ask for many/);
    assert.deepEqual(reply.body.errors?.[0]?.extensions, {
      code: 'BAD_USER_INPUT',
      setting: 'CORTIGRAPH_MAX_ALIASES',
      allowed: 4,
      found: 5,
    });
  });
});

describe('the tokens of a document', async () => {
  const { agent } = await tinyServer({ config: { maxTokens: 100 } });
  const tokens = (count: number): string => `{ ${'mayCompute '.repeat(count - 2)}}`;

  it('may be as many as the limit', async () => {
    assert.equal((await ask(agent, tokens(100))).body.errors, undefined);
  });

  it('may not be one more', async () => {
    const reply = await ask(agent, tokens(101));
    assert.match(onlyError(reply).message, /^The document has more than 100 tokens; at most 100 are allowed /);
    assert.deepEqual(reply.body.errors?.[0]?.extensions, {
      code: 'BAD_USER_INPUT',
      setting: 'CORTIGRAPH_MAX_TOKENS',
      allowed: 100,
    });
  });
});

describe('what a refusal repeats of a request', async () => {
  const { agent } = await tinyServer({ config: { maxBodyBytes: 1_000_000, maxTokens: 2000 } });

  it('is short, however long the request: the beginning, and the end that says what is wrong', async () => {
    const reply = await ask(agent, 'query ($of: Even!) { half(of: $of) }', { of: 'x'.repeat(500_000) });
    const { code, message } = onlyError(reply);
    assert.equal(code, 'BAD_USER_INPUT');
    assert.ok(message.length < 1100);
    assert.match(message, /^Variable "\$of" got invalid value "xxx.* … .*An even number is needed\.$/);
  });

  it('is little, however many values are wrong', async () => {
    const reply = await ask(agent, 'query ($of: [Even!]) { halves(of: $of) }', { of: new Array(20_000).fill('x') });
    assert.ok((reply.body.errors?.length ?? 0) <= 6);
  });

  it('says what to do about too many fields of one name', async () => {
    const reply = await ask(agent, `{ ${'__typename '.repeat(1990)} }`);
    assert.equal(onlyError(reply).code, 'BAD_USER_INPUT');
    assert.match(onlyError(reply).message, /ask for each once/);
  });
});

describe('the bytes of a body', async () => {
  const { agent } = await tinyServer({ config: { maxBodyBytes: 2000 } });
  const body = (bytes: number): string => '{ "query": "{ mayCompute }" }'.padEnd(bytes);

  it('may be as many as the limit', async () => {
    const reply: Reply = await agent.post('/graphql').type('json').send(body(2000));
    assert.deepEqual(reply.body, { data: { mayCompute: true } });
  });

  it('may not be one more, whether that is announced or turns out', async () => {
    const announced: Reply = await agent.post('/graphql').type('json').send(body(2001));
    assert.equal(announced.status, 413);
    assert.match(onlyError(announced).message, /^The body has 2001 bytes; at most 2000 are allowed /);
    assert.deepEqual(announced.body.errors?.[0]?.extensions, {
      code: 'BAD_USER_INPUT',
      setting: 'CORTIGRAPH_MAX_BODY_BYTES',
      allowed: 2000,
      found: 2001,
    });
    const chunked = agent.post('/graphql').type('json');
    chunked.write(body(2001));
    const turnedOut: Reply = await chunked;
    assert.equal(turnedOut.status, 413);
    assert.match(onlyError(turnedOut).message, /^The body has more than 2000 bytes/);
  });
});

describe('a batch of operations', async () => {
  const { agent } = await tinyServer();

  for (const length of [0, 1, 2]) {
    it(`of ${length} is refused, with what to do instead`, async () => {
      const batch = Array.from({ length }, () => ({ query: '{ mayCompute }' }));
      const reply: Reply = await agent.post('/graphql').send(batch);
      assert.equal(reply.status, 400);
      assert.equal(onlyError(reply).code, 'BAD_USER_INPUT');
      assert.match(onlyError(reply).message, /one operation, as an object\. Ask several fields in it, or send several/);
    });
  }
});
