import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overEachStore } from '../support/each-store.js';
import { eventually } from '../support/front-door.js';
import type { ResponseView, RunPayload } from '../support/questions.js';
import { responseQuery, runMutation, shortProtocol } from '../support/questions.js';
import type { SweepData } from '../support/sweeps.js';
import { stringsOf, sweepQuery } from '../support/sweeps.js';

const invalidateMutation = `mutation ($id: ID!, $reason: String!) { invalidateResult(id: $id, reason: $reason) {
  node { __typename id } invalidation { id target reason createdBy createdAt }
} }`;

const validityQuery = `query ($id: ID!) { node(id: $id) { id
  ... on SimulationRun { tainted invalidation { reason } recordings { id tainted invalidation { reason } } }
  ... on Response { tainted invalidation { reason } outputs { value } }
} }`;

interface Validity {
  readonly node: {
    readonly id: string;
    readonly tainted: boolean;
    readonly invalidation: { readonly reason: string } | null;
    readonly outputs?: readonly { readonly value: number }[];
    readonly recordings?: readonly { readonly id: string; readonly tainted: boolean }[];
  };
}

interface Invalidated {
  readonly invalidateResult: {
    readonly node: { readonly __typename: string; readonly id: string };
    readonly invalidation: { readonly id: string; readonly target: string; readonly reason: string };
  };
}

const reason = 'The memory of that machine was bad.';

overEachStore('an invalidation', (door) => {
  const respond = async (input: object): Promise<ResponseView> =>
    (await door().data<{ response: ResponseView }>(responseQuery, { input })).response;
  const invalidate = async (id: string, because = reason): Promise<Invalidated['invalidateResult']> =>
    (await door().data<Invalidated>(invalidateMutation, { id, reason: because })).invalidateResult;
  const validity = async (id: string): Promise<Validity['node']> =>
    (await door().data<Validity>(validityQuery, { id })).node;
  const firstRunOf = ({ runs }: ResponseView): string => {
    const [run] = runs;
    assert.ok(run);
    return run.id;
  };

  test('of a run: it stays readable, what was made of it is tainted, and its replicate is skipped', async () => {
    const input = { parameters: { lgnRateE: 241 }, protocol: shortProtocol };
    const before = await respond(input);
    const id = firstRunOf(before);
    assert.deepEqual([(await validity(id)).tainted, (await validity(before.id)).tainted], [false, false]);

    const { node, invalidation } = await invalidate(id);
    assert.deepEqual([node.__typename, node.id, invalidation.target], ['SimulationRun', id, id]);
    assert.deepEqual([(await validity(id)).tainted, (await validity(id)).invalidation], [true, { reason }]);
    const tainted = await validity(before.id);
    assert.deepEqual([tainted.tainted, tainted.invalidation], [true, null]);
    assert.deepEqual(
      tainted.outputs?.map(({ value }) => value),
      before.outputs.map(({ value }) => value),
    );

    const after = await respond(input);
    assert.equal(after.cached, false);
    assert.notEqual(firstRunOf(after), id);
    assert.notEqual(after.id, before.id);
    assert.equal((await validity(after.id)).tainted, false);
    assert.deepEqual((await respond(input)).id, after.id);
  });

  test('of a run: an answer says that it goes without it, computed or stored, as do its explanation and a sweep', async () => {
    const input = { parameters: { lgnRateE: 264 }, protocol: shortProtocol, replicates: 2 };
    const [first, second] = (await respond(input)).runs;
    assert.ok(first && second);
    await invalidate(first.id);
    assert.equal((await respond(input)).reason, '1 computed, 1 reused; 1 invalid run left out');
    assert.equal((await respond(input)).reason, '2 stored runs answer it; 1 invalid run left out');
    await invalidate(second.id);
    const explain = `query ($input: ResponseInput!) { explain(input: $input) { reason } }`;
    const { explain: miss } = await door().data<{ explain: { readonly reason: string } }>(explain, { input });
    assert.match(miss.reason, /about 1 more would be computed; 2 invalid runs left out$/);
    const axes = [{ name: 'lgnRateE', min: 264, max: 265, points: 2 }];
    const base = { parameters: {}, protocol: shortProtocol };
    const { sweep } = await door().data<SweepData>(sweepQuery, { input: { base, axes } });
    assert.match(sweep.reason, /; 1 runs computed, 1 reused; 2 invalid runs left out$/);
    const estimate = `query ($input: EstimateCostInput!) { estimateCost(input: $input) { basis } }`;
    const { estimateCost } = await door().data<{ estimateCost: { readonly basis: string } }>(estimate, {
      input: { sweep: { base, axes } },
    });
    assert.match(estimateCost.basis, /by stored runs; 2 invalid runs left out\.$/);
  });

  test('of another network’s run, or of a shorter one that would not count, is not told of', async () => {
    const input = { parameters: { lgnRateE: 266 }, protocol: shortProtocol };
    const other = await respond({ ...input, protocol: { ...shortProtocol, networkSeed: 2 } });
    await invalidate(firstRunOf(other));
    const kept = await respond(input);
    const seeds = (await door().collections.runs.findOne({ _id: firstRunOf(kept) }))?.protocol;
    assert.ok(seeds);
    const shorter = { ...input, protocol: { ...seeds, durationMs: (seeds.durationMs ?? 0) - 100 } };
    await invalidate(firstRunOf(await respond(shorter)));
    assert.equal((await respond(input)).reason, '1 stored run answers it');
  });

  test('of a run that is asked for by its seeds: a conflict that says why, and nothing is computed', async () => {
    const input = { parameters: { lgnRateE: 242 }, protocol: { ...shortProtocol, noiseSeed: 7 } };
    const { runSimulation } = await door().data<RunPayload>(runMutation, { input, waitMs: 60_000 });
    await invalidate(runSimulation.simulationRun.id);
    for (const [query, variables] of [
      [runMutation, { input, waitMs: 60_000 }],
      [responseQuery, { input }],
    ] as const) {
      const { message, extensions } = await door().refusal(query, variables);
      assert.equal(extensions.code, 'CONFLICT');
      assert.equal(extensions['reason'], reason);
      assert.match(message, /was invalidated by local at/);
    }
    const explain = `query ($input: ResponseInput!) { explain(input: $input) { willCompute refusal } }`;
    const { explain: explained } = await door().data<{
      explain: { readonly willCompute: boolean; readonly refusal: string | null };
    }>(explain, { input });
    assert.equal(explained.willCompute, false);
    assert.match(explained.refusal ?? '', /^CONFLICT/);
  });

  test('of a network’s run: an average over networks takes another run of that network', async () => {
    const input = { parameters: { lgnRateE: 243 }, protocol: { ...shortProtocol }, estimand: 'NETWORK_AVERAGE' };
    const before = await respond(input);
    const third = before.runs.find(({ protocol }) => protocol.networkSeed === 3);
    assert.ok(third);
    await invalidate(third.id);
    const after = await respond(input);
    assert.deepEqual([after.reusedRuns, after.computedRuns], [3, 1]);
    const again = after.runs.find(({ protocol }) => protocol.networkSeed === 3);
    assert.ok(again);
    assert.notEqual(again.protocol.noiseSeed, third.protocol.noiseSeed);
  });

  test('of a response: the very answer is not given again', async () => {
    const input = { parameters: { lgnRateE: 244 }, protocol: shortProtocol };
    const { id } = await respond(input);
    await invalidate(id);
    const { extensions } = await door().refusal(responseQuery, { input });
    assert.deepEqual([extensions.code, extensions['invalidated']], ['CONFLICT', id]);
    const more = await respond({ ...input, replicates: 2 });
    assert.deepEqual([more.reusedRuns, more.computedRuns], [1, 1]);
    assert.equal((await validity(id)).tainted, true);
  });

  test('of a recording or its run taints the recording', async () => {
    const input = (noiseSeed: number): object => ({
      parameters: { lgnRateE: 245 },
      protocol: { ...shortProtocol, noiseSeed },
      recordings: ['cellRates'],
    });
    const make = async (noiseSeed: number): Promise<{ readonly run: string; readonly recording: string }> => {
      const variables = { input: input(noiseSeed), waitMs: 60_000 };
      const { runSimulation } = await door().data<RunPayload>(runMutation, variables);
      const [recording] = (await validity(runSimulation.simulationRun.id)).recordings ?? [];
      assert.ok(recording);
      assert.equal(recording.tainted, false);
      return { run: runSimulation.simulationRun.id, recording: recording.id };
    };
    const [first, second] = [await make(1), await make(2)];
    await invalidate(first.run);
    assert.equal((await validity(first.run)).recordings?.[0]?.tainted, true);
    await invalidate(second.recording);
    const ofSecond = await validity(second.run);
    assert.deepEqual([ofSecond.tainted, ofSecond.recordings?.[0]?.tainted], [false, true]);
    const { extensions } = await door().refusal(runMutation, { input: input(2), waitMs: 60_000 });
    assert.deepEqual([extensions.code, extensions['invalidated']], ['CONFLICT', second.recording]);
  });

  test('in a sweep: a point goes without an invalid run, and a point about that run says why it fails', async () => {
    const fixed = { protocol: { ...shortProtocol, noiseSeed: 5 } };
    const { runSimulation } = await door().data<RunPayload>(runMutation, {
      input: { parameters: { lgnRateE: 250 }, ...fixed },
      waitMs: 60_000,
    });
    await invalidate(runSimulation.simulationRun.id);
    const base = { parameters: {}, ...fixed };
    const input = { base, axes: [{ name: 'lgnRateE', min: 249, max: 250, points: 2 }] };
    const { data } = await door().ask<SweepData>(sweepQuery, { input });
    assert.ok(data);
    assert.deepEqual(stringsOf(data.sweep.table, 'status'), ['READY', 'CONFLICT']);
  });

  test('of a response: the point of a sweep that it answers is a conflict as well', async () => {
    const base = { parameters: {}, protocol: shortProtocol };
    const { id } = await respond({ ...base, parameters: { lgnRateE: 252 } });
    await invalidate(id);
    const input = { base, axes: [{ name: 'lgnRateE', min: 252, max: 252, points: 1 }] };
    const { data } = await door().ask<SweepData>(sweepQuery, { input });
    assert.ok(data);
    assert.deepEqual(stringsOf(data.sweep.table, 'status'), ['CONFLICT']);
  });

  test('of a run whose seed nobody gave: the next seed is taken', async () => {
    const input = { parameters: { lgnRateE: 253 }, protocol: shortProtocol };
    const make = async (): Promise<RunPayload['runSimulation']> =>
      (await door().data<RunPayload>(runMutation, { input, waitMs: 60_000 })).runSimulation;
    const first = await make();
    await invalidate(first.simulationRun.id);
    const second = await make();
    assert.equal(second.created, true);
    assert.notEqual(second.simulationRun.protocol.noiseSeed, first.simulationRun.protocol.noiseSeed);
    assert.equal((await make()).simulationRun.id, second.simulationRun.id);
  });

  test('of a response: what would be told of it beforehand is the conflict', async () => {
    const input = { parameters: { lgnRateE: 254 }, protocol: shortProtocol };
    await invalidate((await respond(input)).id);
    const { explain, estimateCost } = await door().data<{
      readonly explain: { readonly refusal: string | null };
      readonly estimateCost: { readonly wouldBeRefused: boolean };
    }>(
      `query ($input: ResponseInput!) {
        explain(input: $input) { refusal } estimateCost(input: { response: $input }) { wouldBeRefused } }`,
      { input },
    );
    assert.match(explain.refusal ?? '', /^CONFLICT/);
    assert.equal(estimateCost.wouldBeRefused, true);
  });

  test('of a run while an answer is computed from it: the answer goes without it', async () => {
    const parameters = { lgnRateE: 255 };
    const asked = respond({ parameters, protocol: { warmupMs: 100, durationMs: 3000 }, replicates: 30 });
    const { runs } = door().collections;
    const first = await eventually(
      async () => (await runs.find({ 'protocol.durationMs': 3000 }, { limit: 1 }).toArray())[0] ?? null,
      (found) => found !== null,
    );
    assert.ok(first);
    await invalidate(first._id);
    const answer = await asked;
    assert.equal(answer.runs.length, 30);
    assert.ok(!answer.runs.some(({ id }) => id === first._id));
    assert.equal((await validity(answer.id)).tainted, false);
  });

  test('said twice changes nothing; another reason is a conflict that shows the first', async () => {
    const { id } = await respond({ parameters: { lgnRateE: 246 }, protocol: shortProtocol });
    const first = await invalidate(id);
    assert.deepEqual(await invalidate(id, ` ${reason} `), first);
    const error = await door().refusal(invalidateMutation, { id, reason: 'Another one.' });
    assert.deepEqual([error.extensions.code, error.extensions['reason']], ['CONFLICT', reason]);
  });

  test('of two at once one is kept, whichever', async () => {
    const { id } = await respond({ parameters: { lgnRateE: 247 }, protocol: shortProtocol });
    const replies = await Promise.all(
      ['one.', 'two.', 'three.'].map((because) => door().ask(invalidateMutation, { id, reason: because })),
    );
    assert.equal(replies.filter(({ errors }) => errors === undefined).length, 1);
  });

  test('shows in the provenance, both ways', async () => {
    const response = await respond({ parameters: { lgnRateE: 248 }, protocol: shortProtocol });
    const { invalidation } = await invalidate(firstRunOf(response));
    const provenance = `query ($id: ID!, $direction: ProvenanceDirection) { provenance(id: $id, direction: $direction) {
      nodes { id kind type } edges { from to relation } } }`;
    interface Graph {
      readonly provenance: {
        readonly nodes: readonly { readonly id: string; readonly kind: string }[];
        readonly edges: readonly { readonly from: string; readonly to: string; readonly relation: string }[];
      };
    }
    const edge = { from: firstRunOf(response), to: invalidation.id, relation: 'wasInvalidatedBy' };
    const up = await door().data<Graph>(provenance, { id: response.id, direction: 'UPSTREAM' });
    assert.deepEqual(
      up.provenance.edges.filter(({ relation }) => relation === 'wasInvalidatedBy'),
      [edge],
    );
    const down = await door().data<Graph>(provenance, { id: invalidation.id, direction: 'DOWNSTREAM' });
    assert.ok(down.provenance.nodes.some(({ id }) => id === response.id));
    const by = await door().data<Graph>(provenance, { id: invalidation.id, direction: 'UPSTREAM' });
    assert.deepEqual(by.provenance.nodes.map(({ kind }) => kind).sort(), ['Agent', 'Invalidation', 'SoftwareAgent']);
  });

  test('is refused for what is not stored, or is no result, or without a reason', async () => {
    const { parameterSet, id } = await respond({ parameters: { lgnRateE: 251 }, protocol: shortProtocol });
    const cases: readonly (readonly [string, string, string])[] = [
      [parameterSet.id, reason, 'BAD_USER_INPUT'],
      ['run_00000000000000000000000000000000', reason, 'NOT_FOUND'],
      ['nonsense', reason, 'BAD_USER_INPUT'],
      [id, '  ', 'BAD_USER_INPUT'],
      [id, 'x'.repeat(1001), 'BAD_USER_INPUT'],
      [id, '\uD800', 'BAD_USER_INPUT'],
    ];
    for (const [target, because, code] of cases) {
      const { extensions } = await door().refusal(invalidateMutation, { id: target, reason: because });
      assert.equal(extensions.code, code, `${target} ${because.slice(0, 10)}`);
    }
  });
});
