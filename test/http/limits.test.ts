import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getIntrospectionQuery } from 'graphql';
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
    const { agent: patient } = await tinyServer({ config: { maxTokens: 10_000, maxQueryDepth: 5 } });
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
