import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildSchema, getIntrospectionQuery, parse, validate } from 'graphql';
import { queryCost } from '../../src/http/query-cost.js';
import { ask, onlyError, tinyServer } from './tiny-server.js';

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
    assert.equal(onlyError(reply).message, 'The operation nests 6 levels of fields; at most 5 are allowed.');
    assert.deepEqual(reply.body.errors?.[0]?.extensions, {
      code: 'GRAPHQL_VALIDATION_FAILED',
      depth: 6,
      allowed: 5,
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
      config: { maxTokens: 10_000, maxQueryDepth: 5, maxQueryCost: Infinity },
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
  const sizes = { byDefault: 20, atMost: 100, long: { 'Query.long': 1000 } };
  const errors = (query: string, maxCost: number): readonly string[] =>
    validate(schema, parse(query), [queryCost(maxCost, sizes)]).map(({ message }) => message);
  const costs = (query: string, cost: number): void => {
    assert.deepEqual(errors(query, cost), [], `${query} costs more than ${cost}`);
    assert.match(errors(query, cost - 1).join(), new RegExp(`could hold ${cost} fields; at most ${cost - 1}`));
  };

  it('is one a field', () => costs('{ all(first: 1) { totalCount } }', 2));
  it('is multiplied by the size of a page', () => costs('{ all(first: 50) { totalCount } }', 51));
  it('takes the default size where none is given', () => costs('{ all { totalCount } }', 21));
  it('takes the default of the argument where it has one', () => costs('{ runs { id } }', 31));
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
    assert.match(onlyError(reply).message, /could hold 4 fields/);
    assert.deepEqual(reply.body.errors?.[0]?.extensions, {
      code: 'GRAPHQL_VALIDATION_FAILED',
      cost: { fields: 4 },
      limit: { fields: 3 },
    });
  });
});

describe('the tokens of a document', async () => {
  const { agent } = await tinyServer({ config: { maxTokens: 100 } });
  const aliases = (count: number) => `{ ${Array.from({ length: count }, (_, i) => `a${i}: __typename`).join(' ')} }`;

  it('may be few', async () => {
    assert.equal((await ask(agent, aliases(30))).body.errors, undefined);
  });

  it('may not be more than the limit', async () => {
    const reply = await ask(agent, aliases(40));
    assert.equal(onlyError(reply).code, 'GRAPHQL_PARSE_FAILED');
    assert.match(onlyError(reply).message, /more that 100 tokens/);
  });
});
