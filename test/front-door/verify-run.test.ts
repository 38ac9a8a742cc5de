import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runIdentity } from '../../src/domain/identity.js';
import { overEachStore } from '../support/each-store.js';
import { onlyError } from '../support/front-door.js';
import type { JobView, RunPayload } from '../support/questions.js';
import { cancelMutation, jobFields, longProtocol, runMutation, shortProtocol } from '../support/questions.js';

const verifyMutation = `mutation ($id: ID!, $waitMs: Int = 60000) { verifyRun(id: $id, waitMs: $waitMs) {
  simulationRun { id verifications { id identical } } identical differences job { ${jobFields} }
  verification { id runId recordings differences kernelDigest softwareVersion }
} }`;

interface Verified {
  readonly verifyRun: {
    readonly simulationRun: { readonly id: string; readonly verifications: readonly { readonly id: string }[] };
    readonly identical: boolean | null;
    readonly differences: readonly string[];
    readonly job: JobView;
    readonly verification: { readonly id: string; readonly recordings: readonly string[] } | null;
  };
}

overEachStore('a run that is run again', (door) => {
  const run = async (lgnRateE: number, more: object = {}): Promise<string> => {
    const input = { parameters: { lgnRateE }, protocol: shortProtocol, ...more };
    return (await door().data<RunPayload>(runMutation, { input, waitMs: 60_000 })).runSimulation.simulationRun.id;
  };
  const verify = async (id: string, waitMs?: number): Promise<Verified['verifyRun']> =>
    (await door().data<Verified>(verifyMutation, { id, waitMs })).verifyRun;

  /** Stores what a run would be under other numerics, or of another model; gives its id. */
  const likeOf = async (id: string, as: { numericsDigest: string } | { model: string }): Promise<string> => {
    const { runs, parameterSets, executions } = door().collections;
    const stored = await runs.findOne({ _id: id });
    const parameterSet = stored && (await parameterSets.findOne({ _id: stored.parameterSetId }));
    const execution = stored && (await executions.findOne({ _id: stored.executionId }));
    assert.ok(parameterSet && execution);
    const { id: likeId, digest, preimage } = runIdentity({ ...stored, ...as, values: parameterSet.values });
    const executionId = likeId.replace('run_', 'exec_');
    await executions.insertOne({ ...execution, _id: executionId, runId: likeId });
    await runs.insertOne({ ...stored, ...as, _id: likeId, digest, preimage, executionId });
    return likeId;
  };

  test('comes out the same, its recordings too, and that is stored', async () => {
    const id = await run(271, { recordings: ['cellRates', 'raster'] });
    const before = await door().counts();
    const first = await verify(id);
    assert.deepEqual([first.identical, first.differences, first.job.kind], [true, [], 'verification']);
    assert.deepEqual(new Set(first.verification?.recordings), new Set(['cellRates', 'raster']));
    const second = await verify(id);
    assert.equal(second.simulationRun.verifications.length, 2);
    const after = await door().counts();
    assert.deepEqual(after, { ...before, verifications: before.verifications + 2, jobs: before.jobs + 2 });
  });

  test('says which figures differ from what is stored', async () => {
    const id = await run(272, { recordings: ['cellRates'] });
    const { runs, recordings } = door().collections;
    const stored = await runs.findOne({ _id: id });
    assert.ok(stored);
    const { rateE: [first = 0, ...others] = [] } = stored.sums.outputs;
    const sums = { ...stored.sums, outputs: { ...stored.sums.outputs, rateE: [first + 1, ...others] } };
    await runs.updateOne({ _id: id }, { $set: { sums } });
    await recordings.updateOne(
      { _id: (await recordings.findOne({ runId: id }))?._id ?? '' },
      { $set: { 'blob.digest': 'f' } },
    );
    const { identical, differences } = await verify(id);
    assert.equal(identical, false);
    assert.equal(differences[0], `rateE, batch 0: ${first + 1} is stored, now it is ${first}`);
    assert.match(differences[1] ?? '', /^cellRates: f is stored/);
  });

  test('is told as damaged where its document is not what its id was made of, and is not run', async () => {
    const id = await run(277);
    const { runs, verifications } = door().collections;
    const stored = await runs.findOne({ _id: id });
    assert.ok(stored);
    const [changed, numericsDigest] = [{ ...stored.protocol, durationMs: 400 }, 'f'.repeat(64)];
    for (const [damaged, told] of [
      [{ protocol: changed }, `protocol.durationMs: 400 is stored, the preimage has ${stored.protocol.durationMs}`],
      [{ numericsDigest }, `numericsDigest: ${numericsDigest} is stored, the preimage has ${stored.numericsDigest}`],
      [{ digest: 'f' }, `digest: f is stored, the preimage hashes to ${stored.digest}`],
    ] as const) {
      await runs.updateOne({ _id: id }, { $set: damaged });
      const { identical, differences, verification } = await verify(id);
      assert.deepEqual([identical, differences], [false, [`the document is damaged: ${told}; nothing was run`]]);
      assert.equal((await verifications.findOne({ _id: verification?.id ?? '' }))?.kernelDigest, null);
      const { protocol, numericsDigest: before, digest } = stored;
      await runs.updateOne({ _id: id }, { $set: { protocol, numericsDigest: before, digest } });
    }
    assert.equal((await verify(id)).identical, true);
  });

  test('of other numerics is not run, nor recorded: the version that can is named', async () => {
    const id = await likeOf(await run(273), { numericsDigest: 'older' });
    const { extensions, message } = await door().refusal(verifyMutation, { id });
    assert.deepEqual([extensions.code, extensions['expected']], ['UNAVAILABLE', 'older']);
    assert.match(message, /Cortigraph \d+\.\d+\.\d+.* can run it again/);
    const options = { waitMs: 60_000, mayCompute: true };
    await assert.rejects(door().server.services.simulate.record(id, ['cellRates'], options), {
      code: 'UNAVAILABLE',
      message,
    });
  });

  test('of a model that this version does not have is told as that, not as changed', async () => {
    const id = await likeOf(await run(278), { model: 'whole-brain' });
    const { extensions, message } = await door().refusal(verifyMutation, { id });
    assert.deepEqual([extensions.code, extensions['model']], ['UNAVAILABLE', 'whole-brain']);
    assert.match(
      message,
      /run_[0-9a-f]+ is a run of "whole-brain", a model that this version of Cortigraph does not have/,
    );
    const node = await door().refusal(`query ($id: ID!) { node(id: $id) { id } }`, { id });
    assert.equal(node.message, message);
  });

  test('is joined by whoever asks meanwhile, and can be cancelled', async () => {
    const id = await run(274, { protocol: longProtocol });
    const first = await verify(id, 0);
    assert.deepEqual([first.identical, first.verification], [null, null]);
    assert.equal((await verify(id, 0)).job.id, first.job.id);
    await door().data(cancelMutation, { id: first.job.id });
    const { status } = (
      await door().data<{ job: JobView }>(`query ($id: ID!) { job(id: $id) { ${jobFields} } }`, { id: first.job.id })
    ).job;
    assert.equal(status, 'CANCELLED');
    assert.equal(await door().collections.verifications.countDocuments({ runId: id }), 0);
  });

  test('shows in the provenance of the run', async () => {
    const id = await run(275);
    const { verification } = await verify(id);
    const { provenance } = await door().data<{
      readonly provenance: {
        readonly nodes: readonly { readonly kind: string }[];
        readonly edges: readonly { readonly from: string; readonly to: string; readonly relation: string }[];
      };
    }>(`query ($id: ID!) { provenance(id: $id, direction: BOTH) { nodes { kind } edges { from to relation } } }`, {
      id,
    });
    const edge = { from: verification?.id, to: id, relation: 'used' };
    assert.ok(provenance.edges.some((each) => JSON.stringify(each) === JSON.stringify(edge)));
  });

  test('must be stored, and is not run over GET', async () => {
    const missing = await door().refusal(verifyMutation, { id: 'run_00000000000000000000000000000000' });
    assert.equal(missing.extensions.code, 'NOT_FOUND');
    const other = await door().refusal(verifyMutation, { id: 'job_00000000000000000000000000000000' });
    assert.equal(other.extensions.code, 'BAD_USER_INPUT');
    assert.ok(onlyError(await door().get(verifyMutation, { id: await run(276) })));
  });
});
