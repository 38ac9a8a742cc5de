import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ExperimentDocument, JobDocument } from '../../src/domain/documents.js';
import type { ExperimentRequest } from '../../src/services/experiment.js';
import { experimentOf, readPlan } from '../../src/services/experiment.js';
import type { Lab } from '../../src/services/lab.js';
import { createServices } from '../../src/services/services.js';
import { eventually } from '../support/front-door.js';
import { overFailingServices } from './failing-services.js';
import { withFault } from './faulty-lab.js';

const listed = (name: string, ...x1: readonly number[]): ExperimentRequest => ({
  name,
  model: 'ishigami',
  design: 'LIST',
  space: { inputs: [] },
  points: x1.map((value) => ({ x1: value })),
});

/** The noise seed of a replicate of the first point. */
function experimentSeed(lab: Lab, request: ExperimentRequest, replicate: number): number | null | undefined {
  const plan = readPlan(lab, request);
  const experiment = experimentOf(lab, plan as unknown as ExperimentDocument); // all that is read of it
  return experiment.protocolsOf(experiment.valuesAt(0), replicate, 1, new Set())[0]?.noiseSeed;
}

overFailingServices('an experiment in which something fails', ({ simulations, lab, services }) => {
  const ended = (id: string, status: JobDocument['status'] = 'COMPLETED'): Promise<JobDocument> =>
      eventually(() => services().jobs.get(id), (job) => job.status === status); // prettier-ignore
  const run = async (request: ExperimentRequest): Promise<readonly [ExperimentDocument, JobDocument]> => {
    const { experiment, job } = await services().experiments.create(request);
    return [experiment, await ended(job?._id ?? '')];
  };

  it('has the other rows, and one that says why it has no run; that is done when it is retried', async () => {
    const [experiment, job] = await run(listed('fails', 0, 0.5, 1));
    const { total, done, failed } = job.progress;
    assert.deepEqual({ total, done, failed }, { total: 3, done: 2, failed: 1 });
    const failures = services().experimentResults.rows(experiment, { failed: true }, 'POINT_ASC');
    assert.equal(await failures.total(), 1);
    const [row] = (await failures.page({ first: 10 })).items;
    assert.deepEqual([row?.document.point, row?.document.runId, row?.document.error?.code, row?.document.error?.step], [1, null, 'INTERNAL', 'simulate']); // prettier-ignore
    assert.match(row?.document.error?.message ?? '', /failed at run run_[0-9a-f]{32}: the kernel broke/);
    const points = await services().experimentResults.points(experiment, { failed: true }, 'POINT_ASC').page({});
    assert.deepEqual(points.items.map(({ document }) => document.point), [1]); // prettier-ignore
    assert.deepEqual(points.items[0]?.document.estimates, []);

    const stillFails = await services().jobs.retry(job._id);
    assert.equal((await ended(stillFails._id)).progress.failed, 1);
    simulations.fails = false;
    const again = await services().jobs.retry(stillFails._id);
    const last = await ended(again._id);
    simulations.fails = true;
    assert.deepEqual([last.progress.done, last.progress.failed, last.computedRuns], [3, 0, 1]);
    assert.equal(await failures.total(), 0);
    const [counts] = await services().experiments.counts([experiment._id]);
    assert.deepEqual(counts, {
      done: 3,
      failed: 0,
      computed: 3,
      outcomes: [{ outcome: 'COMPLETED', count: 3 }],
      open: 0,
    });
  });

  it('pauses under other numerics, says so, and goes on under its own', async () => {
    simulations.fails = false;
    const { experiment, job } = await services().experiments.create(listed('pinned', 0.1, 0.2));
    await ended(job?._id ?? '');
    simulations.changed = true;
    const { job: grown } = await services().experiments.extend({ id: experiment._id, points: [{ x1: 0.1 }, { x1: 0.2 }, { x1: 0.3 }] }); // prettier-ignore
    const paused = await ended(grown?._id ?? '', 'PAUSED');
    assert.equal(paused.error?.code, 'UNAVAILABLE');
    assert.match(paused.error.message, /pinned was made under other numerics/);
    simulations.changed = false;
    await services().jobs.resume(paused._id);
    const { error, progress } = await ended(paused._id);
    assert.deepEqual([error, progress.done], [null, 3]);
    simulations.fails = true;
  });

  it('passes over the replicate whose run was invalidated before, and leaves out of figures what is invalid since', async () => {
    const noisy = (name: string): ExperimentRequest => ({
      ...listed(name, 0.25),
      model: 'ishigami-noisy',
      replicates: 2,
    });
    const [first] = await run(noisy('valid'));
    const rows = services().experimentResults.rows(first, {}, 'POINT_ASC');
    const [bad, good] = (await rows.page({})).items.map(({ document }) => document.runId);
    await services().invalidations.invalidate(bad ?? '', 'a test');
    const [point] = (await services().experimentResults.points(first, {}, 'POINT_ASC').page({})).items;
    assert.deepEqual([point?.document.invalid, point?.document.estimates[0]?.n], [1, 1]);
    const [second] = await run(noisy('valid again'));
    const chosen = (await services().experimentResults.rows(second, {}, 'POINT_ASC').page({})).items;
    assert.ok(chosen.every(({ document }) => document.runId !== bad && document.runId !== null));
    assert.ok(chosen.some(({ document }) => document.runId === good));
  });

  it('takes no run twice when what failed is done again behind an invalidation', async () => {
    const request: ExperimentRequest = { ...listed('each once', 0.5), model: 'ishigami-noisy', replicates: 4 };
    simulations.failsOnly = experimentSeed(lab(), request, 1);
    simulations.fails = true;
    const [experiment, job] = await run(request);
    assert.deepEqual([job.progress.done, job.progress.failed], [3, 1]);
    const rows = services().experimentResults.rows(experiment, {}, 'POINT_ASC');
    const [bad] = (await rows.page({})).items;
    await services().invalidations.invalidate(bad?.document.runId ?? '', 'a test');
    simulations.failsOnly = undefined;
    simulations.fails = false;
    await ended((await services().jobs.retry(job._id))._id);
    simulations.fails = true;
    const runs = (await rows.page({})).items.map(({ document }) => document.runId);
    assert.equal(new Set(runs).size, 4);
  });

  let shift = 0; // no two of these share runs
  for (const fault of [
    { collection: 'claims', method: 'insertMany', call: 1 },
    { collection: 'executions', method: 'insertMany', call: 1 },
    { collection: 'runs', method: 'insertMany', call: 1 },
    { collection: 'experimentRows', method: 'insertMany', call: 1 },
    { collection: 'chunks', method: 'updateOne', call: 1 },
    { collection: 'chunks', method: 'findOneAndUpdate', call: 1 },
  ] as const) {
    it(`goes on with right counts when ${fault.method} of ${fault.collection} is lost`, async () => {
      simulations.fails = false;
      shift += 0.5;
      const name = `lost ${fault.collection} ${fault.method}`;
      const faulty = withFault(lab(), fault);
      const others = createServices(faulty, 'b');
      await others.start();
      const x1 = Array.from({ length: 40 }, (_, i) => -3 + shift + i / 100);
      const request: ExperimentRequest = { ...listed(name, ...x1), model: 'ishigami-noisy', replicates: 4 };
      const { experiment, job } = await others.experiments.create(request);
      await eventually(async () => faulty.struck(), (struck) => struck); // prettier-ignore
      if (fault.method !== 'findOneAndUpdate') {
        const told = await eventually(() => others.jobs.get(job?._id ?? ''), ({ status }) => status === 'PAUSED'); // prettier-ignore
        assert.deepEqual([told.error?.code, told.active], ['UNAVAILABLE', true]);
        assert.match(told.error?.message ?? '', /goes on by itself/);
      }
      await others.close();
      lab().forward(30_000);
      const next = createServices(lab(), `c ${name}`);
      await next.start();
      const { progress } = await ended(job?._id ?? '');
      assert.deepEqual([progress.done, progress.failed, progress.total], [160, 0, 160]);
      const [counts] = await next.experiments.counts([experiment._id]);
      assert.deepEqual([counts?.done, counts?.open], [160, 0]);
      assert.equal(await lab().collections.experimentRows.countDocuments({ experimentId: experiment._id }), 160);
      await next.close();
      simulations.fails = true;
    });
  }

  it('that a crash left without a job is left to others by a process that takes up only what it is asked for', async () => {
    const [experiment] = await run(listed('orphaned', 0.6, 0.7));
    const { jobs, chunks } = lab().collections;
    await jobs.deleteMany({ key: experiment._id });
    await chunks.updateOne({ experimentId: experiment._id }, { $set: { state: 'WAITING' } });
    const asking = createServices(lab(), 'asking', 'asked');
    await asking.start();
    await asking.close();
    assert.equal(await jobs.countDocuments({ key: experiment._id }), 0);
    const any = createServices(lab(), 'any');
    await any.start();
    await eventually(() => any.experiments.jobOf(experiment._id), (job) => job?.status === 'COMPLETED'); // prettier-ignore
    await any.close();
  });
});
