import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overEachStore } from '../support/each-store.js';
import { onlyError } from '../support/front-door.js';
import type { RunPayload } from '../support/questions.js';
import { runMutation, shortProtocol } from '../support/questions.js';

const annotateMutation = `mutation ($id: ID!, $tags: [String!], $note: String, $removeTags: [String!]) {
  annotate(id: $id, tags: $tags, note: $note, removeTags: $removeTags) {
    node { __typename id ... on SimulationRun { tags notes { note createdBy } } }
  } }`;

interface Annotated {
  readonly annotate: {
    readonly node: {
      readonly __typename: string;
      readonly id: string;
      readonly tags: readonly string[];
      readonly notes: readonly { readonly note: string; readonly createdBy: string }[];
    };
  };
}

const taggedQuery = `query ($tag: String!) {
  simulationRuns(filter: { tag: $tag }) { nodes { id tags } totalCount }
  parameterSets(filter: { tag: $tag }) { nodes { id tags } totalCount }
  jobs(filter: { tag: $tag }) { totalCount }
}`;

interface Tagged {
  readonly simulationRuns: { readonly nodes: readonly { readonly id: string }[]; readonly totalCount: number };
  readonly parameterSets: { readonly nodes: readonly { readonly id: string }[]; readonly totalCount: number };
  readonly jobs: { readonly totalCount: number };
}

overEachStore('an annotation', (door) => {
  const run = async (
    lgnRateE: number,
  ): Promise<{ readonly id: string; readonly parameterSet: { readonly id: string } }> => {
    const input = { parameters: { lgnRateE }, protocol: shortProtocol };
    return (await door().data<RunPayload>(runMutation, { input, waitMs: 60_000 })).runSimulation.simulationRun;
  };
  const annotate = async (variables: object): Promise<Annotated['annotate']['node']> =>
    (await door().data<Annotated>(annotateMutation, variables)).annotate.node;

  test('adds tags and notes, in their order, and takes tags off', async () => {
    const { id } = await run(261);
    const first = await annotate({ id, tags: ['fig-1', ' kept '], note: 'Looks odd.' });
    assert.deepEqual(new Set(first.tags), new Set(['fig-1', 'kept']));
    assert.deepEqual(first.notes, [{ note: 'Looks odd.', createdBy: 'local' }]);
    const second = await annotate({ id, note: 'It is not.', removeTags: ['fig-1', 'never there'] });
    assert.deepEqual(second.tags, ['kept']);
    assert.deepEqual(new Set(second.notes.map(({ note }) => note)), new Set(['Looks odd.', 'It is not.']));
  });

  test('said again changes nothing, also by two at once', async () => {
    const { id } = await run(262);
    await Promise.all([1, 2, 3].map(() => annotate({ id, tags: ['a', 'b', 'a'], note: 'n' })));
    const before = await door().counts();
    const { tags, notes } = await annotate({ id, tags: ['b', 'a'], note: 'n' });
    assert.deepEqual([tags.length, notes.length], [2, 1]);
    assert.deepEqual(await door().counts(), before);
  });

  test('is found by its tag, each kind in its list', async () => {
    const [one, two, other] = [await run(263), await run(264), await run(265)];
    for (const { id } of [one, two]) await annotate({ id, tags: ['found'] });
    await door().data(annotateMutation, { id: one.parameterSet.id, tags: ['found'] });
    await annotate({ id: other.id, tags: ['found not'] });
    const { simulationRuns, parameterSets, jobs } = await door().data<Tagged>(taggedQuery, { tag: 'found' });
    assert.deepEqual(simulationRuns.nodes.map(({ id }) => id).sort(), [one.id, two.id].sort());
    assert.deepEqual(
      parameterSets.nodes.map(({ id }) => id),
      [one.parameterSet.id],
    );
    assert.deepEqual([simulationRuns.totalCount, parameterSets.totalCount, jobs.totalCount], [2, 1, 0]);
    const none = await door().data<Tagged>(taggedQuery, { tag: 'nobody gave this' });
    assert.deepEqual([none.simulationRuns.nodes, none.simulationRuns.totalCount], [[], 0]);
  });

  test('is put on whatever is stored', async () => {
    const input = { parameters: { lgnRateE: 266 }, protocol: shortProtocol, recordings: ['cellRates'] };
    const { runSimulation } = await door().data<RunPayload>(runMutation, { input, waitMs: 60_000 });
    const { simulationRun, job } = runSimulation;
    const found = await door().data<{
      readonly simulationRun: {
        readonly executions: readonly { readonly id: string }[];
        readonly recordings: readonly { readonly id: string }[];
      };
    }>(`query ($id: ID!) { simulationRun(id: $id) { executions { id } recordings { id } } }`, { id: simulationRun.id });
    const [execution] = found.simulationRun.executions;
    const [recording] = found.simulationRun.recordings;
    for (const id of [simulationRun.parameterSet.id, execution?.id, recording?.id, job?.id]) {
      assert.equal((await annotate({ id, tags: ['all'] })).id, id);
    }
    const { annotations } = door().collections;
    assert.equal(await annotations.countDocuments({ tag: 'all' }), 4);
  });

  test('shows in the provenance of what it is on', async () => {
    const { id } = await run(267);
    await annotate({ id, note: 'Where does it come from?' });
    const { provenance } = await door().data<{
      readonly provenance: {
        readonly nodes: readonly { readonly id: string; readonly kind: string; readonly label: string }[];
        readonly edges: readonly { readonly from: string; readonly to: string; readonly relation: string }[];
      };
    }>(
      `query ($id: ID!) { provenance(id: $id, direction: DOWNSTREAM) { nodes { id kind label } edges { from to relation } } }`,
      { id },
    );
    const note = provenance.nodes.find(({ kind }) => kind === 'Annotation');
    assert.ok(note);
    assert.deepEqual(
      provenance.edges.filter(({ from }) => from === note.id),
      [{ from: note.id, to: id, relation: 'wasDerivedFrom' }],
    );
    const { node } = await door().data<{ readonly node: { readonly note: string } }>(
      `query ($id: ID!) { node(id: $id) { ... on Annotation { note } } }`,
      { id: note.id },
    );
    assert.equal(node.note, 'Where does it come from?');
  });

  test('is refused where it says nothing, too much, or of what is not stored', async () => {
    const { id } = await run(268);
    const many = Array.from({ length: 201 }, (_, i) => `tag ${i}`);
    const cases: readonly (readonly [object, string])[] = [
      [{ id }, 'BAD_USER_INPUT'],
      [{ id, tags: [] }, 'BAD_USER_INPUT'],
      [{ id, tags: [' '] }, 'BAD_USER_INPUT'],
      [{ id, tags: ['x'.repeat(101)] }, 'BAD_USER_INPUT'],
      [{ id, tags: many }, 'BAD_USER_INPUT'],
      [{ id, note: 'x'.repeat(10_001) }, 'BAD_USER_INPUT'],
      [{ id, tags: ['a'], removeTags: ['a'] }, 'BAD_USER_INPUT'],
      [{ id: 'run_00000000000000000000000000000000', tags: ['a'] }, 'NOT_FOUND'],
      [{ id: 'note_00000000000000000000000000000000', tags: ['a'] }, 'BAD_USER_INPUT'],
    ];
    for (const [variables, code] of cases) {
      const { extensions } = await door().refusal(annotateMutation, variables);
      assert.equal(extensions.code, code, JSON.stringify(variables).slice(0, 60));
    }
    const reply = await door().get(`query { simulationRuns(filter: { tag: "" }) { totalCount } }`);
    assert.equal(onlyError(reply).extensions.code, 'BAD_USER_INPUT');
  });
});
