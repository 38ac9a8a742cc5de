import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { SimulationPool } from '../../src/compute/simulation-pool.js';
import type { SimulationReply } from '../../src/compute/simulation-task.js';
import { StopFlag } from '../../src/compute/stop-flag.js';
import { ishigami } from '../../src/models/ishigami/ishigami.js';
import { localCircuitDefinition } from '../../src/models/local-circuit/definition.js';
import { oracleSimulator } from '../../src/models/local-circuit/oracle.js';
import { simulatorOf } from '../support/simulator-of.js';
import { canonicalValues } from '../../src/domain/parameter-values.js';

const circuit = canonicalValues(localCircuitDefinition, {});

describe('SimulationPool', () => {
  const pool = new SimulationPool(1);
  after(() => pool.close());

  const simulate = async (
    durationMs: number,
    options: {
      stop?: StopFlag;
      begin?: () => Promise<boolean>;
      priority?: number;
      numericsDigest?: string;
      id?: string;
    } = {},
  ): Promise<SimulationReply> => {
    const { numericsDigest } = await pool.numericsOf('local-circuit');
    return pool.simulate(
      {
        model: 'local-circuit',
        numericsDigest: options.numericsDigest ?? numericsDigest,
        values: circuit,
        protocol: { warmupMs: 0, durationMs, networkSeed: 1, noiseSeed: 1 },
      },
      {
        ...(options.id === undefined ? {} : { id: options.id }),
        priority: options.priority ?? 0,
        stop: options.stop ?? new StopFlag(),
        begin: options.begin ?? (() => Promise.resolve(true)),
      },
    );
  };

  it('tells the digests that the simulators have on this thread, too', async () => {
    assert.equal((await pool.numericsOf('local-circuit')).numericsDigest, oracleSimulator().numericsDigest());
    const { numericsDigest } = await pool.numericsOf('ishigami');
    assert.equal(numericsDigest, simulatorOf(ishigami()).numericsDigest());
  });

  it('gives what the simulator gives, with the digest of the file that computed it', async () => {
    const reply = await simulate(300);
    assert.ok(reply.kind === 'done');
    assert.match(reply.kernelDigest, /^[0-9a-f]{64}$/);
    const protocol = { warmupMs: 0, durationMs: 300, networkSeed: 1, noiseSeed: 1 };
    const here = oracleSimulator().simulate(circuit, protocol, () => false);
    assert.deepEqual({ outcome: reply.outcome, sums: reply.sums }, here);
  });

  it('stops a simulation that would take minutes once its flag is raised, and goes on with the same thread', async () => {
    const stop = new StopFlag();
    let begun: (() => void) | undefined;
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    const long = simulate(600_000, {
      stop,
      begin: async () => {
        begun?.();
        return true;
      },
    });
    await hasBegun;
    stop.raise();
    assert.deepEqual(await long, { kind: 'stopped' });
    assert.equal((await simulate(10)).kind, 'done');
  });

  it('never begins what was stopped while it waited, or what may not begin', async () => {
    const stop = new StopFlag();
    stop.raise();
    const neverAsked = (): Promise<boolean> => assert.fail('asked to begin');
    assert.deepEqual(await simulate(10, { stop, begin: neverAsked }), { kind: 'stopped' });
    assert.deepEqual(await simulate(10, { begin: () => Promise.resolve(false) }), { kind: 'stopped' });
  });

  it('refuses to compute under numerics that are not its own', async () => {
    const reply = await simulate(10, { numericsDigest: 'f'.repeat(64) });
    assert.equal(reply.kind, 'otherNumerics');
  });

  it('takes the highest priority first, and equal ones in order', async () => {
    const order: string[] = [];
    const named = (name: string, priority: number): Promise<SimulationReply> =>
      simulate(10, {
        priority,
        begin: async () => {
          order.push(name);
          return true;
        },
      });
    await Promise.all([
      named('first', 0),
      named('low', -2),
      named('middle', -1),
      named('high', 1),
      named('low too', -2),
    ]);
    assert.deepEqual(order, ['first', 'high', 'middle', 'low', 'low too']);
  });

  it('lets one that waits go before others when it is told to, and knows nothing of one that does not wait', async () => {
    const order: string[] = [];
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const named = (id: string): Promise<SimulationReply> =>
      simulate(10, {
        id,
        begin: async () => {
          order.push(id);
          await released;
          return true;
        },
      });
    await pool.numericsOf('local-circuit');
    const all = ['first', 'second', 'third', 'fourth'].map(named);
    await new Promise((resolve) => setImmediate(resolve)); // now all are with the pool, and the first one holds it
    pool.prioritise('fourth', 5);
    pool.prioritise('nobody', 5);
    release();
    await Promise.all(all);
    pool.prioritise('fourth', 6);
    assert.deepEqual(order, ['first', 'fourth', 'second', 'third']);
  });

  const protocol = { warmupMs: 50, durationMs: 5000, networkSeed: 1, noiseSeed: 1 };
  const speedOf = (withinMs: number): ReturnType<typeof pool.speedOf> =>
    pool.speedOf({ model: 'local-circuit', values: circuit, protocol }, withinMs);

  it('tells how long a run takes: by its seconds, or, of a model without time, by the run', async () => {
    const circuitSpeed = await speedOf(20_000);
    assert.ok(circuitSpeed && circuitSpeed.msPerBiologicalSecond > 0 && circuitSpeed.msPerRun === 0);
    const timeless = { warmupMs: null, durationMs: null, networkSeed: null, noiseSeed: null };
    const values = { x1: 1, x2: 1, x3: 1 };
    const speed = await pool.speedOf({ model: 'ishigami', values, protocol: timeless }, 20_000);
    assert.ok(speed && speed.msPerRun > 0 && speed.msPerBiologicalSecond === 0);
  });

  it('tells no speed while no worker is free, and waits no longer than it is told to', async () => {
    const stop = new StopFlag();
    const long = simulate(600_000, { stop });
    await pool.numericsOf('local-circuit');
    assert.equal(await speedOf(20), null);
    stop.raise();
    assert.deepEqual(await long, { kind: 'stopped' });
  });

  it('gives up timing when a simulation needs the worker', async () => {
    const timing = speedOf(60_000);
    assert.equal((await simulate(10)).kind, 'done');
    assert.equal(await timing, null);
  });
});
