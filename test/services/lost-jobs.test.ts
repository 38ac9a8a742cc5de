import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SimulationPool } from '../../src/compute/simulation-pool.js';
import type { JobDocument } from '../../src/domain/documents.js';
import type { JobContext, JobHandler } from '../../src/services/job-runner.js';
import { JobService } from '../../src/services/job-service.js';
import type { Lab } from '../../src/services/lab.js';
import type { Store } from '../../src/store/store.js';
import { eventually } from '../support/front-door.js';
import { testStores } from '../store/stores.js';
import { openTestLab } from './test-lab.js';

/** Work that goes on until it is stopped. */
const endless: JobHandler = ({ signal }: JobContext) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

for (const { name, open } of testStores) {
  describe(`a job whose holders go without a word (${name})`, () => {
    const simulations = new SimulationPool(1);
    let store: Store;
    let lab: Lab & { forward(ms: number): void };
    let jobs: JobService;
    before(async () => {
      store = await open();
      lab = await openTestLab(store, simulations);
      jobs = new JobService({ ...lab, settings: { ...lab.settings, heartbeatMs: 5 } }, 'here');
      jobs.handle('test', endless);
      await jobs.start();
    });
    after(async () => {
      await jobs.close();
      await simulations.close();
      await store.close();
    });

    it('is left to others by a process that takes up nothing, also when it asks again', async () => {
      const asking = new JobService(lab, 'asking', 'nothing');
      asking.handle('test', endless);
      const { _id } = await asking.submit({ kind: 'test', key: 'left', payload: {} });
      await asking.submit({ kind: 'test', key: 'left', payload: {} });
      await asking.close();
      await eventually(
        () => find(_id),
        ({ holder, attempt }) => holder === 'here' && attempt === 2,
      );
      await jobs.cancel(_id);
    });

    const find = async (id: string): Promise<JobDocument> =>
      (await lab.collections.jobs.findOne({ _id: id })) ?? assert.fail(`no ${id}`);

    /** As if the process that works on it had been another one, and had just died. */
    async function die(id: string, done = 0): Promise<void> {
      const holder = `dead after ${(await find(id)).attempt}`;
      await lab.collections.jobs.updateOne({ _id: id }, { $set: { holder, 'progress.done': done } });
    }

    /** Lets leases go stale until somebody has done something about a job of a dead holder. */
    const cared = (id: string): Promise<JobDocument> =>
      eventually(
        async () => {
          lab.forward(20_000);
          return find(id);
        },
        ({ holder, active }) => holder === 'here' || !active,
      );

    it('is taken up four times, and the fifth time fails with the reason', async () => {
      const { _id } = await jobs.submit({ kind: 'test', key: 'poison', payload: {} });
      for (let lost = 1; lost < 5; lost += 1) {
        await die(_id);
        const taken = await cared(_id);
        assert.deepEqual([taken.holder, taken.active, taken.lost], ['here', true, lost]);
      }
      await die(_id);
      const { status, active, error, lost } = await cared(_id);
      assert.deepEqual(
        [status, active, lost, error?.code, error?.details],
        ['FAILED', false, 5, 'INTERNAL', { lost: 5 }],
      );
      assert.match(error?.message ?? '', /^5 processes in a row ended in the middle of the job job_\w+.*Ask again/);
      const again = await jobs.submit({ kind: 'test', key: 'poison', payload: {} });
      assert.deepEqual([again.ordinal, again.active], [2, true]);
      await jobs.cancel(again._id);
    });

    it('goes on for ever while each of them stores a run', async () => {
      const { _id } = await jobs.submit({ kind: 'test', key: 'long', payload: {} });
      for (let death = 1; death <= 7; death += 1) {
        await die(_id, 1);
        const { active, lost, progress } = await cared(_id);
        assert.deepEqual([active, lost, progress.done], [true, 1, 0]);
      }
      await jobs.cancel(_id);
    });

    it('counts as lost by those that only found what others had stored', async () => {
      const { _id } = await jobs.submit({ kind: 'test', key: 'found', payload: {} });
      for (let lost = 1; lost <= 3; lost += 1) {
        const since = { done: 60, at: new Date(0).toISOString() };
        await lab.collections.jobs.updateOne({ _id }, { $set: { 'progress.since': since } });
        await die(_id, 60);
        assert.equal((await cared(_id)).lost, lost);
      }
      await die(_id, 61);
      assert.equal((await cared(_id)).lost, 1, 'this one stored a run');
      await jobs.cancel(_id);
    });

    it('is taken alone once it may be what ends them, so that it takes no other along', async () => {
      const [one, two] = [
        await jobs.submit({ kind: 'test', key: 'one', payload: {} }),
        await jobs.submit({ kind: 'test', key: 'two', payload: {} }),
      ];
      for (const lost of [1, 2]) {
        await Promise.all([die(one._id), die(two._id)]);
        if (lost === 1) for (const { _id } of [one, two]) assert.equal((await cared(_id)).lost, 1);
      }
      const holders = await eventually(
        async () => {
          lab.forward(20_000);
          return [(await find(one._id)).holder, (await find(two._id)).holder];
        },
        (seen) => seen.includes('here'),
      );
      const [held, left] = holders[0] === 'here' ? [one, two] : [two, one];
      await jobs.cancel(held._id);
      assert.deepEqual([(await cared(left._id)).lost], [2]);
      assert.equal(holders.filter((holder) => holder === 'here').length, 1);
      await jobs.cancel(left._id);
    });
  });
}
