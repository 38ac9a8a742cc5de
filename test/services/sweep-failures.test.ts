import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Table } from '../../src/domain/table.js';
import type { Services } from '../../src/services/services.js';
import { createServices } from '../../src/services/services.js';
import type { SweepAnswer } from '../../src/services/sweep-service.js';
import { overFailingServices } from './failing-services.js';
import { withFault } from './faulty-lab.js';

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

overFailingServices('a sweep with a point at which the simulator fails', ({ simulations, lab, services }) => {
  it('has the others, tells the failure in its row and by its id, and is retried when it is asked for again', async () => {
    const failed = await ask(services(), 0);
    assert.deepEqual(strings(failed.table, 'status'), ['READY', 'INTERNAL', 'READY']);
    assert.match(strings(failed.table, 'error')[1] ?? '', /failed at run .*ask again to retry/);
    assert.deepEqual([failed.status, failed.job?.status, failed.computedRuns], ['READY', 'COMPLETED', 2]);
    const { total, done, failed: lost, running } = failed.job?.progress ?? assert.fail('no job');
    assert.deepEqual({ total, done, lost, running }, { total: 3, done: 2, lost: 1, running: 0 });
    assert.deepEqual((await services().sweeps.get(failed.id)).table, failed.table);

    simulations.fails = false;
    const again = await ask(services(), 0);
    simulations.fails = true;
    assert.deepEqual(strings(again.table, 'status'), ['READY', 'READY', 'READY']);
    assert.deepEqual([again.id, again.computedRuns, again.reusedRuns], [failed.id, 1, 2]);
    assert.notEqual(again.job?._id, failed.job?._id);
  });

  it('is retried by its job where points failed, and not where none did', async () => {
    const failed = await ask(services(), 0.75);
    const jobId = failed.job?._id ?? assert.fail('no job');
    simulations.fails = false;
    const again = await services().jobs.retry(jobId);
    const { status, computedRuns } = await services().jobs.wait(again._id, 20_000);
    simulations.fails = true;
    assert.notEqual(again._id, jobId);
    assert.deepEqual([status, computedRuns], ['COMPLETED', 1]);
    await assert.rejects(services().jobs.retry(again._id), { code: 'CONFLICT' });
  });

  it('is given back, not failed, when the store is lost at a point', async () => {
    simulations.fails = false;
    const faulty = withFault(
      { ...lab(), settings: { ...lab().settings, heartbeatMs: 5 } },
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
