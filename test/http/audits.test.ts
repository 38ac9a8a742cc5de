import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { serverAudits } from 'graphql-http';
import { openEmbedded } from '../store/stores.js';
import type { FrontDoor } from '../support/front-door.js';
import { openFrontDoor } from '../support/front-door.js';

/**
 * What the server does not pass, on purpose: these ask by a GET such as any web page can make a browser send, here to a
 * lab's own network. It is refused without a header that no page can add unasked; the specification leaves that to
 * servers (MAY).
 */
const refusedAgainstForgery: ReadonlySet<string> = new Set(['5A70', 'D6D5', '6A70']);

/** Asks as a client does that says it is no forged request. */
const fetchWithPreflight: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set('apollo-require-preflight', 'true');
  return fetch(input, { ...init, headers });
};

describe('GraphQL over HTTP, as graphql-http audits it', () => {
  let door: FrontDoor;
  let url = '';
  before(async () => {
    door = await openFrontDoor(await openEmbedded());
    url = `${(await door.server.http.start(0, '127.0.0.1')).url}graphql`;
  });
  after(() => door.close());

  for (const { id, name, fn } of serverAudits({ url: () => url })) {
    if (refusedAgainstForgery.has(id)) {
      it(`${id} is refused, for a web page could forge it: ${name}`, async () => {
        assert.equal((await fn()).status, 'notice');
        const asked = serverAudits({ url, fetchFn: fetchWithPreflight }).find((audit) => audit.id === id);
        assert.equal((await asked?.fn())?.status, 'ok');
      });
    } else {
      it(`${id} passes: ${name}`, async () => {
        const result = await fn();
        assert.equal(result.status, 'ok', 'reason' in result ? result.reason : '');
      });
    }
  }

  it('is audited as widely as it was', () => {
    const ids = serverAudits({ url }).map(({ id }) => id);
    assert.ok(ids.length >= 61);
    for (const id of refusedAgainstForgery) assert.ok(ids.includes(id), id);
  });
});
