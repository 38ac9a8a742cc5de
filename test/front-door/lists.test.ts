import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { encodeCursor } from '../../src/domain/cursor.js';
import { overEachStore } from '../support/each-store.js';
import type { FrontDoor } from '../support/front-door.js';
import { runMutation, shortProtocol } from '../support/questions.js';

interface Page {
  readonly totalCount: number;
  readonly nodes: readonly { readonly id: string; readonly createdAt: string }[];
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

const pageFields = `{
  totalCount nodes { id createdAt } edges { cursor node { id } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
}`;

const lists = ['parameterSets', 'simulationRuns', 'jobs'] as const;
type ListName = (typeof lists)[number];

async function page(door: FrontDoor, list: ListName, args = ''): Promise<Page> {
  const data = await door.data<Record<ListName, Page>>(`{ ${list}${args && `(${args})`} ${pageFields} }`);
  const found = data[list];
  assert.deepEqual(
    found.nodes.map(({ id }) => id),
    found.edges.map(({ node }) => node.id),
  );
  assert.equal(found.pageInfo.startCursor, found.edges[0]?.cursor ?? null);
  assert.equal(found.pageInfo.endCursor, found.edges.at(-1)?.cursor ?? null);
  return found;
}

const make = (door: FrontDoor, x1: number): Promise<unknown> =>
  door.data(runMutation, { input: { model: 'ishigami', parameters: { x1 } } });

const idsOf = ({ nodes }: Page): readonly string[] => nodes.map(({ id }) => id);

overEachStore('a list', (door) => {
  before(() => Promise.all(Array.from({ length: 25 }, (_, i) => make(door(), i / 1000))));

  for (const list of lists) {
    test(`of ${list} is paged forward and backward through every item once, in one order`, async () => {
      const all = await page(door(), list, 'first: 100');
      assert.equal(all.nodes.length, 25);
      assert.equal(all.totalCount, 25);
      assert.deepEqual(
        [...all.nodes].sort((a, b) => compare(b.createdAt, a.createdAt) || compare(b.id, a.id)),
        all.nodes,
      );

      const forward: string[] = [];
      let after = '';
      for (let more = true; more;) {
        const { nodes, pageInfo } = await page(door(), list, `first: 7${after}`);
        assert.equal(pageInfo.hasPreviousPage, after !== '');
        forward.push(...nodes.map(({ id }) => id));
        after = `, after: "${pageInfo.endCursor}"`;
        more = pageInfo.hasNextPage;
      }
      assert.deepEqual(forward, idsOf(all));

      const backward: string[] = [];
      let before = '';
      for (let more = true; more;) {
        const { nodes, pageInfo } = await page(door(), list, `last: 7${before}`);
        assert.equal(pageInfo.hasNextPage, before !== '');
        backward.unshift(...nodes.map(({ id }) => id));
        before = `, before: "${pageInfo.startCursor}"`;
        more = pageInfo.hasPreviousPage;
      }
      assert.deepEqual(backward, idsOf(all));
    });

    test(`of ${list} can be had the other way round`, async () => {
      const descending = await page(door(), list, 'first: 100');
      const ascending = await page(door(), list, 'first: 100, orderBy: CREATED_AT_ASC');
      assert.deepEqual([...idsOf(ascending)].reverse(), idsOf(descending));
      const next = await page(
        door(),
        list,
        `first: 3, orderBy: CREATED_AT_ASC, after: "${ascending.edges[4]?.cursor}"`,
      );
      assert.deepEqual(idsOf(next), idsOf(ascending).slice(5, 8));
    });

    test(`of ${list} holds what lies between two cursors`, async () => {
      const { edges } = await page(door(), list, 'first: 100');
      const between = await page(door(), list, `after: "${edges[3]?.cursor}", before: "${edges[9]?.cursor}"`);
      assert.deepEqual(
        idsOf(between),
        edges.slice(4, 9).map(({ node }) => node.id),
      );
    });

    test(`of ${list} has 20 items a page by default, and 100 at most`, async () => {
      assert.equal((await page(door(), list)).nodes.length, 20);
      for (const args of ['first: 101', 'last: 101', 'first: 0', 'first: -1', 'last: 0']) {
        const { extensions } = await door().refusal(`{ ${list}(${args}) ${pageFields} }`);
        assert.equal(extensions.code, 'BAD_USER_INPUT');
        assert.deepEqual(extensions['allowed'], { min: 1, max: 100 });
      }
    });

    test(`of ${list} is not asked for with first and last together`, async () => {
      const { extensions, message } = await door().refusal(`{ ${list}(first: 1, last: 1) ${pageFields} }`);
      assert.equal(extensions.code, 'BAD_USER_INPUT');
      assert.match(message, /first or last/);
    });

    const place = { value: '2026-01-01T00:00:00.000Z', id: `ps_${'0'.repeat(32)}` };
    const cursors = {
      'is no text of a cursor': 'not a cursor!',
      'is cut short': encodeCursor({ field: 'createdAt', ...place }).slice(0, -9),
      'holds other JSON': Buffer.from('{"createdAt":1}').toString('base64url'),
      'belongs to another order': encodeCursor({ field: 'name', ...place }),
      'has a place that is no time': encodeCursor({ field: 'createdAt', value: 5, id: place.id }),
      'has a place that is null': encodeCursor({ field: 'createdAt', value: null, id: place.id }),
      'has an id of no kind': encodeCursor({ field: 'createdAt', value: place.value, id: 'x' }),
      'is empty': '',
    };
    for (const [what, cursor] of Object.entries(cursors)) {
      test(`of ${list} refuses a cursor that ${what}`, async () => {
        for (const argument of ['after', 'before']) {
          const query = `query ($cursor: String) { ${list}(${argument}: $cursor) ${pageFields} }`;
          const { extensions, message } = await door().refusal(query, { cursor });
          assert.equal(extensions.code, 'BAD_USER_INPUT');
          assert.match(message, /cursor/);
        }
      });
    }

    test(`of ${list} refuses the cursors of lists of other kinds`, async () => {
      for (const other of lists.filter((name) => name !== list)) {
        const { pageInfo } = await page(door(), other, 'first: 1');
        const query = `{ ${list}(after: "${pageInfo.endCursor}") ${pageFields} }`;
        assert.equal((await door().refusal(query)).extensions.code, 'BAD_USER_INPUT');
      }
    });
  }
});

overEachStore('a list into which items are inserted between its pages', (door) => {
  before(() => Promise.all(Array.from({ length: 12 }, (_, i) => make(door(), i / 1000))));

  test('repeats and skips none of those that were there, in either order and direction', async () => {
    let inserted = 12;
    for (const [orderBy, size, cursor, end, flag] of [
      ['CREATED_AT_DESC', 'first', 'after', 'endCursor', 'hasNextPage'],
      ['CREATED_AT_ASC', 'first', 'after', 'endCursor', 'hasNextPage'],
      ['CREATED_AT_DESC', 'last', 'before', 'startCursor', 'hasPreviousPage'],
      ['CREATED_AT_ASC', 'last', 'before', 'startCursor', 'hasPreviousPage'],
    ] as const) {
      const there = idsOf(await page(door(), 'simulationRuns', 'first: 100'));
      const seen: string[] = [];
      let from = '';
      for (let more = true; more;) {
        const found = await page(door(), 'simulationRuns', `${size}: 5, orderBy: ${orderBy}${from}`);
        seen.push(...idsOf(found));
        from = `, ${cursor}: "${found.pageInfo[end]}"`;
        more = found.pageInfo[flag];
        if (seen.length < 12) {
          inserted += 1;
          await make(door(), inserted / 1000);
        }
      }
      assert.equal(new Set(seen).size, seen.length, 'an item was repeated');
      assert.deepEqual(
        there.filter((id) => !seen.includes(id)),
        [],
        'an item was skipped',
      );
    }
    assert.ok(inserted > 15);
  });
});

overEachStore('a filter', (door) => {
  before(async () => {
    await Promise.all([0.1, 0.2, 0.3].map((x1) => make(door(), x1)));
    await door().data(runMutation, { input: { model: 'ishigami-noisy', parameters: { x1: 0.1 } } });
    const aborted = { parameters: { sEE: 0.5, sEI: 0 }, protocol: shortProtocol };
    await door().data(runMutation, { input: aborted });
    await door().data('mutation { createParameterSet(parameters: { sEE: 0.02 }) { created } }');
  });

  const total = async (list: ListName, filter: string): Promise<number> => {
    const { totalCount, nodes } = await page(door(), list, `filter: { ${filter} }`);
    assert.equal(nodes.length, totalCount);
    return totalCount;
  };

  test('takes the items of a model', async () => {
    assert.equal(await total('simulationRuns', 'model: "ishigami"'), 3);
    assert.equal(await total('simulationRuns', 'model: "ishigami-noisy"'), 1);
    assert.equal(await total('parameterSets', 'model: "local-circuit"'), 2);
  });

  test('that can match nothing is refused, with the nearest name', async () => {
    for (const [list, filter, told] of [
      ['parameterSets', 'model: "local-circit"', /Did you mean "local-circuit"/],
      ['simulationRuns', 'model: "none"', /There is no model "none"/],
      ['simulationRuns', 'outcome: "runawy"', /Did you mean "runaway"/],
      ['jobs', 'kind: "simulate"', /Did you mean "simulation"/],
      ['simulationRuns', 'createdAfter: "9999-12-31T23:59:59-12:00"', /1970 to 9999/],
    ] as const) {
      const error = await door().refusal(`{ ${list}(filter: { ${filter} }) { totalCount } }`);
      assert.equal(error.extensions.code, 'BAD_USER_INPUT');
      assert.match(error.message, told);
    }
    const query = 'query ($digest: String) { simulationRuns(filter: { numericsDigest: $digest }) { totalCount } }';
    const error = await door().refusal(query, { digest: 'a\ud800' });
    assert.equal(error.extensions.code, 'BAD_USER_INPUT');
    assert.match(error.message, /half a character/);
  });

  test('takes runs by how they ended, and by their parameter set', async () => {
    assert.equal(await total('simulationRuns', 'outcome: "runaway"'), 1);
    assert.equal(await total('simulationRuns', 'outcome: "COMPLETED"'), 4);
    const [first] = (await page(door(), 'parameterSets', 'filter: { model: "ishigami" }')).nodes;
    assert.equal(await total('simulationRuns', `parameterSet: "${first?.id}"`), 1);
    assert.equal(await total('simulationRuns', `parameterSet: "${first?.id}", outcome: "runaway"`), 0);
  });

  test('takes jobs by kind and status', async () => {
    assert.equal(await total('jobs', 'kind: "simulation"'), 5);
    assert.equal(await total('jobs', 'kind: "response"'), 0);
    assert.equal(await total('jobs', 'status: COMPLETED'), 5);
    assert.equal(await total('jobs', 'status: FAILED'), 0);
  });

  test('takes items by their time, both ends included', async () => {
    const { nodes } = await page(door(), 'simulationRuns', 'first: 100, orderBy: CREATED_AT_ASC');
    const [earliest, latest] = [nodes[0]?.createdAt, nodes.at(-1)?.createdAt];
    assert.ok(earliest !== undefined && latest !== undefined);
    assert.equal(await total('simulationRuns', `createdAfter: "${earliest}", createdBefore: "${latest}"`), 5);
    const later = new Date(Date.parse(latest) + 1).toISOString();
    assert.equal(await total('simulationRuns', `createdAfter: "${later}"`), 0);
    const since = nodes.filter(({ createdAt }) => createdAt >= latest).length;
    assert.equal(await total('simulationRuns', `createdAfter: "${latest}"`), since);
  });

  test('is kept on every page', async () => {
    const first = await page(door(), 'simulationRuns', 'first: 2, filter: { model: "ishigami" }');
    const rest = await page(
      door(),
      'simulationRuns',
      `first: 2, filter: { model: "ishigami" }, after: "${first.pageInfo.endCursor}"`,
    );
    assert.equal(new Set([...idsOf(first), ...idsOf(rest)]).size, 3);
    assert.deepEqual([first.pageInfo.hasNextPage, rest.pageInfo.hasNextPage], [true, false]);
  });

  for (const [what, filter] of [
    ['a malformed id', 'parameterSet: "ps_1"'],
    ['an id of another kind', `parameterSet: "run_${'0'.repeat(32)}"`],
    ['no time', 'createdAfter: "yesterday"'],
    ['times the wrong way round', 'createdAfter: "2026-01-02T00:00:00Z", createdBefore: "2026-01-01T00:00:00Z"'],
  ] as const) {
    test(`that gives ${what} is refused`, async () => {
      const { extensions } = await door().refusal(`{ simulationRuns(filter: { ${filter} }) ${pageFields} }`);
      assert.match(extensions.code, /^(BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED)$/);
    });
  }
});

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
