import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { SimulationPool } from '../../src/compute/simulation-pool.js';
import type { ClaimDocument } from '../../src/domain/documents.js';
import { CortigraphError } from '../../src/domain/errors.js';
import { runIdentity } from '../../src/domain/identity.js';
import { WorkStoppedError } from '../../src/jobs/work-signal.js';
import type { Lab } from '../../src/services/lab.js';
import { Claims } from '../../src/services/claims.js';
import { RunService } from '../../src/services/run-service.js';
import type { Store } from '../../src/store/store.js';
import { testStores } from '../store/stores.js';
import { openTestLab, wantedRun } from './test-lab.js';

const want = (): { signal: AbortSignal; priority: number } => ({ signal: new AbortController().signal, priority: 0 });

const runsOf = (lab: Lab, holder: string): RunService => new RunService(lab, new Claims(lab, holder));

for (const { name, open } of testStores) {
  describe(`claims of runs (${name})`, () => {
    const simulations = new SimulationPool(2);
    let store: Store;
    let lab: Lab & { forward(ms: number): void };
    before(async () => {
      store = await open();
      lab = await openTestLab(store, simulations);
    });
    after(async () => {
      await simulations.close();
      await store.close();
    });

    /** Puts a claim of another process into the store. */
    async function claimElsewhere(noiseSeed: number, fields: Partial<ClaimDocument>): Promise<string> {
      const { model, numericsDigest, parameterSetId, protocol, values } = await wantedRun(lab, noiseSeed);
      const { id, digest } = runIdentity({ model, numericsDigest, values, protocol });
      const now = new Date().toISOString();
      const known = { model, numericsDigest, parameterSetId, protocol };
      await lab.collections.claims.insertOne({
        _id: id,
        schemaVersion: 1,
        createdAt: now,
        digest,
        ...known,
        state: 'RUNNING',
        attempt: 1,
        holder: 'elsewhere',
        heartbeat: 0,
        startedAt: now,
        error: null,
        ...fields,
      });
      return id;
    }

    it('let two processes that want one run at the same time compute it once', async () => {
      const wanted = await wantedRun(lab, 1);
      const services = [runsOf(lab, 'a'), runsOf(lab, 'b'), runsOf(lab, 'c')];
      const obtained = await Promise.all(services.map((service) => service.obtain(wanted, want())));
      assert.equal(new Set(obtained.map(({ run }) => run._id)).size, 1);
      assert.equal(obtained.filter(({ computed }) => computed).length, 1);
      assert.equal(await lab.collections.executions.countDocuments({ runId: obtained[0]?.run._id ?? '' }), 1);
      assert.equal(await lab.collections.claims.countDocuments({}), 0);
    });

    it('that failed or were given back are taken at once, with the next attempt', async () => {
      for (const [seed, fields] of [
        [2, { state: 'FAILED', holder: null, error: 'it broke' }],
        [3, { holder: null }],
      ] as const) {
        const id = await claimElsewhere(seed, fields);
        const { run, computed } = await runsOf(lab, 'a').obtain(await wantedRun(lab, seed), want());
        assert.deepEqual([run._id, computed], [id, true]);
        const [execution] = await lab.collections.executions.find({ runId: id }).toArray();
        assert.equal(execution?.attempt, 2);
      }
    });

    it('of a holder that lives are waited for, and taken when its heartbeat stands still', async () => {
      const id = await claimElsewhere(4, {});
      const looks = new EventTarget();
      const watched: Lab = {
        ...lab,
        collections: {
          ...lab.collections,
          claims: new Proxy(lab.collections.claims, {
            get: (target, property) => {
              if (property === 'findOne') looks.dispatchEvent(new Event('look'));
              const value: unknown = Reflect.get(target, property);
              return typeof value === 'function' ? (value.bind(target) as unknown) : value;
            },
          }),
        },
      };
      const obtaining = runsOf(watched, 'a').obtain(await wantedRun(lab, 4), want());
      await once(looks, 'look');
      await once(looks, 'look');
      assert.equal(await lab.collections.runs.findOne({ _id: id }), null);
      lab.forward(20_000);
      const { run, computed } = await obtaining;
      assert.deepEqual([run._id, computed], [id, true]);
      assert.equal(await lab.collections.claims.findOne({ _id: id }), null);
    });

    it('end with the run that another process stored meanwhile', async () => {
      const wanted = await wantedRun(lab, 5);
      const { run } = await runsOf(lab, 'a').obtain(wanted, want());
      await lab.collections.runs.deleteMany({ _id: run._id });
      await claimElsewhere(5, {});
      const obtaining = runsOf(lab, 'b').obtain(wanted, want());
      await lab.collections.runs.insertOne(run);
      const obtained = await obtaining;
      assert.equal(obtained.computed, false);
      assert.deepEqual(obtained.run, run);
      await lab.collections.claims.deleteMany({ _id: run._id });
    });

    it('are given back when nobody wants the run any more', async () => {
      const wanted = { ...(await wantedRun(lab, 6)), model: 'local-circuit' };
      const { numericsDigest } = await simulations.numericsOf('local-circuit');
      const values = Object.fromEntries((lab.models[0]?.inputs ?? []).map((input) => [input.name, input.default]));
      const protocol = { warmupMs: 0, durationMs: 600_000, networkSeed: 1, noiseSeed: 6 };
      const service = runsOf(lab, 'a');
      const [one, two] = [new AbortController(), new AbortController()];
      let tell = (): void => undefined;
      const hasBegun = new Promise<void>((resolve) => (tell = resolve));
      const run = { ...wanted, numericsDigest, values, protocol };
      const first = service.obtain(run, { signal: one.signal, priority: 0, begun: () => tell() });
      await hasBegun;
      const second = service.obtain(run, { signal: two.signal, priority: 0 });
      const gone = assert.rejects(first, WorkStoppedError);
      one.abort(new WorkStoppedError('cancelled'));
      await gone;
      assert.equal(await lab.collections.claims.countDocuments({ holder: 'a' }), 1);
      const goneToo = assert.rejects(second, WorkStoppedError);
      two.abort(new WorkStoppedError('cancelled'));
      await goneToo;
      const third = service.obtain({ ...run, protocol: { ...protocol, durationMs: 10 } }, want());
      assert.equal((await third).computed, true);
    });

    it('do not compute what workers would compute under other numerics', async () => {
      const wanted = { ...(await wantedRun(lab, 7)), numericsDigest: 'f'.repeat(64) };
      await assert.rejects(runsOf(lab, 'a').obtain(wanted, want()), (error) => {
        return error instanceof CortigraphError && error.code === 'UNAVAILABLE';
      });
      assert.equal(await lab.collections.claims.countDocuments({ numericsDigest: 'f'.repeat(64) }), 0);
    });
  });
}
