import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { collectionsOf } from '../../src/store/collections.js';
import { openMongoDB } from '../../src/store/mongodb.js';
import { startProcess } from '../process/server-process.js';
import { eventually } from '../support/front-door.js';
import type { RunningServer } from './served-store.js';
import { startServer } from './served-store.js';
import { halfWritten, snapshotOf } from './snapshot.js';

/** A database that a test may kill, and start again with what it kept. */
interface OwnMongoDB {
  readonly uri: string;
  readonly pid: () => number;
  readonly kill: () => Promise<void>;
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const scripts = (await import(new URL('../../../scripts/mongodb-server.mjs', import.meta.url).href)) as {
  startOwnMongoDB(): Promise<OwnMongoDB | null>;
};

/** How one request ended. */
interface Answered {
  readonly ms: number;
  /** The codes of its errors; none when it was answered. */
  readonly codes: readonly string[];
  /** The id of what it made. */
  readonly id: string | undefined;
}

const create = `mutation ($parameters: ParameterValues!) {
  made: createParameterSet(model: "ishigami", parameters: $parameters) { parameterSet { id } }
}`;
const respond = `query ($parameters: ParameterValues!) {
  made: response(input: { model: "ishigami-noisy", parameters: $parameters, replicates: 2 }, waitMs: 500) { id }
}`;
const list = '{ parameterSets(first: 1) { totalCount } }';

/** Clients that write and read without end, and take note of every answer. */
class Clients {
  answers: Answered[] = [];
  readonly ids = new Set<string>();
  private asked = 0;
  private stopped = false;
  private readonly ended: Promise<unknown>;

  constructor(private readonly server: RunningServer) {
    this.ended = Promise.all([create, respond, respond, list].map((query) => this.ask(query)));
    this.ended.catch(() => undefined); // of a server that is killed, for the test has failed
  }

  /** Those that come in from here on, once there are so many. */
  async next(count: number): Promise<readonly Answered[]> {
    this.answers = [];
    return eventually(
      () => Promise.resolve(this.answers),
      ({ length }) => length >= count,
      60_000,
    );
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.ended;
  }

  private async ask(query: string): Promise<void> {
    type Made = { made?: { id?: string; parameterSet?: { id: string } } };
    while (!this.stopped) {
      const begin = performance.now();
      const parameters = { x1: (this.asked += 1) / 1e5 };
      const { data, errors = [] } = await this.server.ask<Made>(query, { parameters });
      const id = data?.made?.parameterSet?.id ?? data?.made?.id;
      const codes = errors.map(({ extensions }) => extensions.code);
      this.answers.push({ ms: performance.now() - begin, codes, id });
      if (id !== undefined) this.ids.add(id);
    }
  }
}

const isGood = ({ codes }: Answered): boolean => codes.length === 0;

const mongodb = await scripts.startOwnMongoDB();
await mongodb?.stop();

describe(
  'a database that goes away under load',
  { skip: mongodb === null ? 'there is no MongoDB here' : false },
  () => {
    const outages = {
      'is killed': { begin: (db: OwnMongoDB) => db.kill(), end: (db: OwnMongoDB) => db.restart(), atOnceMs: 5000 },
      hangs: {
        begin: async (db: OwnMongoDB) => void process.kill(db.pid(), 'SIGSTOP'),
        end: async (db: OwnMongoDB) => void process.kill(db.pid(), 'SIGCONT'),
        atOnceMs: 15_000,
      },
    };
    for (const [what, { begin, end, atOnceMs }] of Object.entries(outages)) {
      test(`and ${what}: requests say UNAVAILABLE soon, and go on when it is back, on the same server`, async (context) => {
        const db = (await scripts.startOwnMongoDB()) ?? assert.fail('there was one');
        const uri = `${db.uri}/outage`;
        const server = await startServer({ MONGODB_URI: uri });
        try {
          const clients = new Clients(server);
          assert.ok((await clients.next(40)).every(isGood), server.log());
          await begin(db);
          const during = await clients.next(8);
          const refused = during.filter((answer) => !isGood(answer));
          assert.ok(refused.length >= during.length - 4, 'only those that were under way may be answered');
          assert.deepEqual([...new Set(refused.flatMap((answer) => answer.codes))], ['UNAVAILABLE'], server.log());
          const slowest = Math.max(...during.map(({ ms }) => ms));
          context.diagnostic(`the slowest refusal took ${slowest.toFixed()} ms`);
          assert.ok(slowest < atOnceMs);
          assert.equal((await fetch(`${server.url}readyz`)).status, 503);
          await end(db);
          await eventually(
            async () => (await fetch(`${server.url}readyz`)).status,
            (status) => status === 200,
          );
          await clients.next(8); // those that were under way
          assert.ok((await clients.next(40)).every(isGood), server.log());
          await clients.stop();

          const store = await openMongoDB(uri);
          const { jobs } = collectionsOf(store.database);
          await eventually(
            () => jobs.countDocuments({ active: true }),
            (count) => count === 0,
          );
          assert.equal(await jobs.countDocuments({ status: 'FAILED' }), 0);
          assert.deepEqual(halfWritten(await snapshotOf(store)), []);
          await store.close();
          for (const id of clients.ids) {
            const { data } = await server.ask<{ node: { id: string } }>(`{ node(id: "${id}") { id } }`);
            assert.ok(data?.node, `${id} was acknowledged and is lost`);
          }
        } finally {
          await server.kill();
          await db.stop();
        }
      });
    }
  },
);

describe('a database that cannot be reached at the start', () => {
  test('ends the server with a code, and words that name it without the password', async () => {
    const begin = performance.now();
    const server = await startProcess([], { MONGODB_URI: 'mongodb://lab:secret@127.0.0.1:9/lab' });
    try {
      assert.equal(await server.ended, 1);
      assert.match(server.output(), /^UNAVAILABLE: MongoDB at 127\.0\.0\.1:9 cannot be reached\. Check that it runs/m);
      assert.doesNotMatch(server.output(), /secret|\n\s+at /);
      assert.ok(performance.now() - begin < 10_000);
    } finally {
      await server.dispose();
    }
  });
});
