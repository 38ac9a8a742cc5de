import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SimulationPool } from '../../src/compute/simulation-pool.js';
import type { SimulationReply } from '../../src/compute/simulation-task.js';
import type { Table } from '../../src/domain/table.js';
import type { Lab } from '../../src/services/lab.js';
import type { Services } from '../../src/services/services.js';
import { createServices } from '../../src/services/services.js';
import type { SweepAnswer } from '../../src/services/sweep-service.js';
import type { Store } from '../../src/store/store.js';
import { testStores } from '../store/stores.js';
import { withFault } from './faulty-lab.js';
import { openTestLab } from './test-lab.js';

/** Workers whose simulator fails at x1 = 0.5, for so long as it is told to. */
class FailingPool extends SimulationPool {
  fails = true;

  override async simulate(...[task, options]: Parameters<SimulationPool['simulate']>): Promise<SimulationReply> {
    if (!this.fails || task.values['x1'] !== 0.5) return super.simulate(task, options);
    await options.begin();
    throw new Error('the kernel broke');
  }
}

const strings = ({ columns }: Table, name: string): readonly (string | null)[] => {
  const column = columns.find((each) => each.name === name);
  return column && 'strings' in column ? column.strings : assert.fail(`no texts ${name}`);
};

const ask = (services: Services, x2: number): Promise<SweepAnswer> =>
  services.sweeps.ask(
    {
      base: { model: 'ishigami', parameters: { x2 }, source: 'AUTO', estimand: 'FIXED_NETWORK' },
      axes: [{ name: 'x1', min: 0, max: 1, points: 3 }],
    },
    { waitMs: 20_000, mayCompute: true },
  );

for (const { name, open } of testStores) {
  describe(`a sweep with a point at which the simulator fails (${name})`, () => {
    const simulations = new FailingPool(2);
    let store: Store;
    let lab: Lab;
    let services: Services;
    before(async () => {
      store = await open();
      lab = await openTestLab(store, simulations);
      services = createServices(lab, 'a');
      await services.start();
    });
    after(async () => {
      await services.close();
      await simulations.close();
      await store.close();
    });

    it('has the others, tells the failure in its row and by its id, and is retried when it is asked for again', async () => {
      const failed = await ask(services, 0);
      assert.deepEqual(strings(failed.table, 'status'), ['READY', 'INTERNAL', 'READY']);
      assert.match(strings(failed.table, 'error')[1] ?? '', /failed at run .*ask again to retry/);
      assert.deepEqual([failed.status, failed.job?.status, failed.computedRuns], ['READY', 'COMPLETED', 2]);
      const { total, done, failed: lost, running } = failed.job?.progress ?? assert.fail('no job');
      assert.deepEqual({ total, done, lost, running }, { total: 3, done: 2, lost: 1, running: 0 });
      assert.deepEqual((await services.sweeps.get(failed.id)).table, failed.table);

      simulations.fails = false;
      const again = await ask(services, 0);
      simulations.fails = true;
      assert.deepEqual(strings(again.table, 'status'), ['READY', 'READY', 'READY']);
      assert.deepEqual([again.id, again.computedRuns, again.reusedRuns], [failed.id, 1, 2]);
      assert.notEqual(again.job?._id, failed.job?._id);
    });

    it('is given back, not failed, when the store is lost at a point', async () => {
      simulations.fails = false;
      const faulty = withFault(
        { ...lab, settings: { ...lab.settings, heartbeatMs: 5 } },
        { collection: 'executions', method: 'insertOne', call: 2 },
      );
      const losing = createServices(faulty, 'b');
      await losing.start();
      const sweep = await ask(losing, 1);
      await losing.close();
      assert.ok(faulty.struck());
      assert.deepEqual(strings(sweep.table, 'status'), ['READY', 'READY', 'READY']);
      assert.deepEqual([sweep.job?.status, sweep.job?.attempt], ['COMPLETED', 2]);
      simulations.fails = true;
    });
  });
}
