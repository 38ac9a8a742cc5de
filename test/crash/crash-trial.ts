import assert from 'node:assert/strict';
import { sha256 } from '../../src/domain/digest.js';
import { collectionsOf } from '../../src/store/collections.js';
import type { Store } from '../../src/store/store.js';
import { eventually } from '../support/front-door.js';
import { Acknowledged } from './acknowledged.js';
import { Load, parameterSetFields, responseFields, runFields } from './load.js';
import type { RunningServer, ServedStore } from './served-store.js';
import type { Snapshot } from './snapshot.js';
import { changed, computedAgain, halfWritten, nothingStored, repetitions, snapshotOf } from './snapshot.js';

/** Simulations at once, of which a crash may cut off each. */
const workers = 2;

/** Clients at once. */
const clients = 6;

/** What a trial came to. */
export interface Findings {
  readonly kills: number;
  readonly acknowledged: number;
  readonly pendingFinished: number;
  readonly executions: number;
  /** Executions whose figures were not stored when the process died, and so were computed again. */
  readonly repetitions: number;
}

/**
 * Servers on one store, one after the other, each killed while clients write. After each kill the next one must have
 * everything that was acknowledged, and finish what was under way.
 */
export class CrashTrial {
  private readonly acknowledged = new Acknowledged();
  private readonly load: Load;
  private server: RunningServer | undefined;
  private last = nothingStored;
  private lastDiedAt = '';
  private kills = 0;
  private pendingFinished = 0;

  constructor(
    private readonly served: ServedStore,
    seed: number,
  ) {
    this.load = new Load(seed, this.acknowledged);
  }

  /** Lets clients write to a server until it dies; `doom` sees to that. Then checks everything on the next one. */
  async kill(doom: (server: RunningServer) => Promise<void>): Promise<void> {
    const server = (this.server ??= await this.served.startServer());
    const doomed = doom(server);
    await Promise.all([this.load.run(server, clients), doomed]);
    assert.deepEqual(this.acknowledged.problems, [], server.log());
    assert.equal(await server.ended, 'SIGKILL', server.log());
    this.kills += 1;
    const diedAt = new Date().toISOString();
    const atDeath = await this.look(this.served.openRemains());
    assert.deepEqual(halfWritten(atDeath), []);
    assert.deepEqual(changed(this.last, atDeath), []);
    assert.deepEqual(computedAgain(this.last, atDeath, this.lastDiedAt, workers), []);

    const next = (this.server = await this.served.startServer());
    const settled = await this.look(this.served.open(), (store) => settle(next, store));
    assert.deepEqual(halfWritten(settled), []);
    assert.deepEqual(changed(atDeath, settled), []);
    assert.deepEqual(computedAgain(atDeath, settled, diedAt, 0), []);
    await this.checkAcknowledged(next);
    await this.checkPending(next);
    this.last = settled;
    this.lastDiedAt = diedAt;
  }

  /** Ends the last server. */
  async end(): Promise<Findings> {
    await this.server?.kill();
    const last = await this.look(this.served.openRemains());
    return {
      kills: this.kills,
      acknowledged: this.acknowledged.count,
      pendingFinished: this.pendingFinished,
      executions: last.executions.size,
      repetitions: repetitions(last),
    };
  }

  private async look(opening: Promise<Store>, until?: (store: Store) => Promise<void>): Promise<Snapshot> {
    const store = await opening;
    try {
      await until?.(store);
      return await snapshotOf(store);
    } finally {
      await store.close();
    }
  }

  private async checkAcknowledged(server: RunningServer): Promise<void> {
    const fields = {
      ps: ['ParameterSet', parameterSetFields],
      run: ['SimulationRun', runFields],
      resp: ['Response', responseFields],
    };
    const found = new Map<string, string>();
    const ids = [...this.acknowledged.figures.keys()];
    for (let first = 0; first < ids.length; first += 50) {
      const parts = ids.slice(first, first + 50).map((id, i) => {
        const [type, wanted] = Object.entries(fields).find(([prefix]) => id.startsWith(`${prefix}_`))?.[1] ?? [];
        return `n${i}: node(id: "${id}") { ... on ${type} { ${wanted} } }`;
      });
      const { data, errors } = await server.ask<Record<string, { id: string; recordings?: unknown }>>(
        `{ ${parts.join(' ')} }`,
      );
      assert.equal(errors, undefined);
      for (const { recordings: _recordings, ...node } of Object.values(data ?? {}))
        found.set(node.id, JSON.stringify(node));
    }
    assert.deepEqual(found, this.acknowledged.figures);
    for (const [id, digest] of this.acknowledged.recordings) {
      const reply = await fetch(`${server.url}blobs/${digest}`);
      assert.equal(sha256(new Uint8Array(await reply.arrayBuffer())), digest, id);
    }
  }

  /** What was promised is there, under the id that was given; what was cancelled stays so. */
  private async checkPending(server: RunningServer): Promise<void> {
    const { pending, cancelledJobs } = this.acknowledged;
    type Found = { node: { status: string }; job: { status: string; error: unknown } };
    for (const [id, job] of pending) {
      const { data } = await server.ask<Found>(
        `{ node(id: "${id}") { ... on Response { status } } job(id: "${job}") { status error { message } } }`,
      );
      if (cancelledJobs.has(job)) continue;
      if (data?.job.status === 'CANCELLED') continue; // the client was gone before it was told so
      assert.deepEqual([id, data?.node.status, data?.job], [id, 'READY', { status: 'COMPLETED', error: null }]);
      this.pendingFinished += 1;
      pending.delete(id);
    }
    for (const id of cancelledJobs) {
      const { data } = await server.ask<Pick<Found, 'job'>>(`{ job(id: "${id}") { status } }`);
      assert.equal(data?.job.status, 'CANCELLED', id);
    }
  }
}

/** Waits until a server has finished what the one before it left, and holds nothing. */
async function settle(server: RunningServer, store: Store): Promise<void> {
  const { jobs, claims } = collectionsOf(store.database);
  const left = async (): Promise<unknown[]> => [
    ...(await jobs.find({ active: true }).toArray()),
    ...(await claims.find({ state: 'RUNNING' }).toArray()),
  ];
  await eventually(left, ({ length }) => length === 0).catch((error: unknown) => {
    throw new Error(`It does not come to rest: ${server.log()}`, { cause: error });
  });
}
