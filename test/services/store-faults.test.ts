import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SimulationPool } from '../../src/compute/simulation-pool.js';
import { CortigraphError } from '../../src/domain/errors.js';
import { runIdentity } from '../../src/domain/identity.js';
import { Claims } from '../../src/services/claims.js';
import type { JobContext } from '../../src/services/job-runner.js';
import { JobService } from '../../src/services/job-service.js';
import type { Lab } from '../../src/services/lab.js';
import { RunService } from '../../src/services/run-service.js';
import type { Store } from '../../src/store/store.js';
import { testStores } from '../store/stores.js';
import type { Fault } from './faulty-lab.js';
import { LostConnectionError, withFault } from './faulty-lab.js';
import { openTestLab, wantedRun } from './test-lab.js';

const want = (): { signal: AbortSignal; priority: number } => ({ signal: new AbortController().signal, priority: 0 });
const isLost = (error: unknown): boolean => error instanceof LostConnectionError;

/** Waits until a condition holds, looking again after each turn of the event loop; fails after ten seconds. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await holds())) {
    assert.ok(performance.now() < deadline, 'it did not come about in ten seconds');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

for (const { name, open } of testStores) {
  describe(`when the store fails in the middle (${name})`, () => {
    const simulations = new SimulationPool(2);
    let store: Store;
    let lab: Lab & { forward(ms: number): void };
    let seed = 1000;
    before(async () => {
      store = await open();
      lab = await openTestLab(store, simulations);
    });
    after(async () => {
      await simulations.close();
      await store.close();
    });

    const faults: readonly (Fault & { readonly says: string })[] = [
      { collection: 'claims', method: 'insertOne', call: 1, says: 'the claim' },
      { collection: 'runs', method: 'findOne', call: 2, says: 'the look for the run behind the claim' },
      { collection: 'executions', method: 'insertOne', call: 1, says: 'the execution' },
      { collection: 'runs', method: 'insertOne', call: 1, says: 'the run' },
    ];
    for (const fault of faults) {
      it(`${fault.says} is lost: the request fails, and nothing keeps others from computing the run`, async () => {
        const wanted = await wantedRun(lab, (seed += 1));
        const faulty = withFault(lab, fault);
        await assert.rejects(new RunService(faulty, new Claims(faulty, 'a')).obtain(wanted, want()), isLost);
        assert.ok(faulty.struck());
        assert.equal(await lab.collections.claims.findOne({ _id: runIdentity(wanted).id }), null);
        const { computed } = await new RunService(lab, new Claims(lab, 'b')).obtain(wanted, want());
        assert.equal(computed, true);
      });
    }

    it('the end of a claim is lost: the run is given all the same, and the claim is swept by whoever lives', async () => {
      const wanted = await wantedRun(lab, (seed += 1));
      const faulty = withFault(lab, { collection: 'claims', method: 'deleteMany', call: 1 });
      const { run, computed } = await new RunService(faulty, new Claims(faulty, 'a')).obtain(wanted, want());
      assert.equal(computed, true);
      assert.notEqual(await lab.collections.claims.findOne({ _id: run._id }), null);
      const sweeper = new Claims(lab, 'b');
      await sweeper.start();
      await sweeper.close();
      assert.equal(await lab.collections.claims.findOne({ _id: run._id }), null);
    });

    it('a simulator that throws leaves a failed attempt for all to see, and the next one may succeed', async () => {
      const wanted = { ...(await wantedRun(lab, (seed += 1))), model: 'no such model' };
      const { id } = runIdentity(wanted);
      const isInternal = (error: unknown): boolean => error instanceof CortigraphError && error.code === 'INTERNAL';
      const runs = new RunService(lab, new Claims(lab, 'a'));
      await assert.rejects(runs.obtain(wanted, want()), isInternal);
      const claim = await lab.collections.claims.findOne({ _id: id });
      assert.deepEqual([claim?.state, claim?.holder, claim?.attempt], ['FAILED', null, 1]);
      assert.match(claim?.error ?? '', /ask again/);
      await assert.rejects(runs.obtain(wanted, want()), isInternal);
      const executions = await lab.collections.executions.find({ runId: id }, { sort: { attempt: 1 } }).toArray();
      assert.deepEqual(
        executions.map(({ attempt, error }) => [attempt, typeof error]),
        [
          [1, 'string'],
          [2, 'string'],
        ],
      );
    });

    it('a claim is renewed while its holder lives, and marked as failed once it stands still', async () => {
      const beating: Lab = { ...lab, settings: { ...lab.settings, heartbeatMs: 5 } };
      const wanted = await wantedRun(lab, (seed += 1));
      const identity = runIdentity(wanted);
      const holder = new Claims(beating, 'a');
      await holder.start();
      await holder.take(identity, wanted);
      const find = (): ReturnType<typeof lab.collections.claims.findOne> =>
        lab.collections.claims.findOne({ _id: identity.id });
      await until(async () => ((await find())?.heartbeat ?? 0) >= 3);
      await holder.close();

      const observer = new Claims(beating, 'b');
      await observer.start();
      assert.equal((await find())?.state, 'RUNNING');
      lab.forward(20_000);
      await until(async () => (await find())?.state === 'FAILED');
      await observer.close();
      const claim = await find();
      assert.deepEqual([claim?.holder, claim?.attempt], [null, 1]);
    });

    it('a stale claim is taken by one of many, and its late holder ends nothing', async () => {
      const wanted = await wantedRun(lab, (seed += 1));
      const identity = runIdentity(wanted);
      const late = new Claims(lab, 'late');
      const lost = await late.take(identity, wanted);
      assert.ok(typeof lost === 'object');
      const others = Array.from({ length: 5 }, (_, i) => new Claims(lab, `other ${i}`));
      assert.deepEqual(
        new Set(await Promise.all(others.map((other) => other.take(identity, wanted)))),
        new Set(['heldElsewhere']),
      );
      lab.forward(20_000);
      const taken = await Promise.all(others.map((other) => other.take(identity, wanted)));
      assert.equal(taken.filter((result) => typeof result === 'object').length, 1);
      await late.release(identity.id, lost);
      await late.fail(identity.id, lost, 'too late');
      const claim = await lab.collections.claims.findOne({ _id: identity.id });
      assert.deepEqual([claim?.state, claim?.attempt], ['RUNNING', 2]);
    });

    it('a job whose store was lost is given back and finished, not failed', async () => {
      const jobs = new JobService({ ...lab, settings: { ...lab.settings, heartbeatMs: 5 } }, 'a');
      let calls = 0;
      jobs.handle('test', async () => {
        calls += 1;
        if (calls === 1) throw new CortigraphError('UNAVAILABLE', 'gone', {}, { cause: new LostConnectionError() });
        return { result: 'done', computedRuns: 1, reusedRuns: 0 };
      });
      await jobs.start();
      const { _id } = await jobs.submit({ kind: 'test', key: `key ${(seed += 1)}`, payload: {} });
      const ended = await jobs.wait(_id, 10_000);
      assert.deepEqual([ended.status, ended.result, ended.attempt, ended.active], ['COMPLETED', 'done', 2, false]);
      await jobs.close();
    });

    it('a job that somebody else took is not ended by its late holder', async () => {
      const jobs = new JobService(lab, 'late');
      let finish = (): void => undefined;
      let begun = (): void => undefined;
      const hasBegun = new Promise<void>((resolve) => (begun = resolve));
      jobs.handle('test', async (_context: JobContext) => {
        begun();
        await new Promise<void>((resolve) => (finish = resolve));
        return { result: 'late', computedRuns: 1, reusedRuns: 0 };
      });
      const { _id } = await jobs.submit({ kind: 'test', key: `key ${(seed += 1)}`, payload: {} });
      await hasBegun;
      await lab.collections.jobs.updateOne({ _id }, { $set: { attempt: 2, holder: 'other' } });
      finish();
      await jobs.close();
      const job = await lab.collections.jobs.findOne({ _id });
      assert.deepEqual([job?.status, job?.result, job?.holder, job?.active], ['QUEUED', null, 'other', true]);
    });

    it('a job that is submitted while the server closes is given back', async () => {
      const jobs = new JobService(lab, 'closing');
      jobs.handle('test', ({ signal }) => {
        return new Promise((_resolve, reject) => {
          const stop = (): void => reject(signal.reason as Error);
          if (signal.aborted) stop();
          else signal.addEventListener('abort', stop);
        });
      });
      const submitted = jobs.submit({ kind: 'test', key: `key ${(seed += 1)}`, payload: {} });
      await jobs.close();
      const { _id } = await submitted;
      const job = await lab.collections.jobs.findOne({ _id });
      assert.deepEqual([job?.status, job?.holder, job?.active], ['QUEUED', null, true]);
      await assert.rejects(jobs.submit({ kind: 'test', key: 'another', payload: {} }), (error) => {
        return error instanceof CortigraphError && error.code === 'UNAVAILABLE';
      });
    });
  });
}
