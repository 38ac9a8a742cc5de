import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServerProcess } from './server-process.js';
import { startProcess, startServer } from './server-process.js';

async function withProcess<P extends ServerProcess>(
  started: Promise<P>,
  use: (server: P) => Promise<void>,
): Promise<void> {
  const server = await started;
  try {
    await use(server);
  } finally {
    await server.dispose();
  }
}

async function ask(url: string, query: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return ((await response.json()) as { data: Record<string, unknown> }).data;
}

describe('the server as a process', () => {
  it('prints its addresses and answers there', () =>
    withProcess(startServer(), async ({ url, line }) => {
      const addresses = JSON.parse(await line('"graphql"')) as Record<string, string>;
      assert.match(addresses['explorer'] ?? '', /^http:\/\/127\.0\.0\.1:\d+\/explorer\/$/);
      assert.deepEqual(await ask(url, '{ __typename }'), { __typename: 'Query' });
      assert.equal((await fetch(url.replace('graphql', 'readyz'))).status, 200);
      assert.equal((await fetch(addresses['explorer'] ?? '')).status, 200);
    }));

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`stops cleanly on ${signal} while it simulates, and finishes the work when it starts again`, () =>
      withProcess(startServer({ CORTIGRAPH_WORKERS: '1' }), async (first) => {
        const input = '{ parameters: { lgnRateE: 100 }, protocol: { durationMs: 60000 } }';
        const asked = await ask(first.url, `{ response(input: ${input}, waitMs: 0) { id status job { id } } }`);
        const { id, status, job } = asked['response'] as { id: string; status: string; job: { id: string } };
        assert.equal(status, 'PENDING');
        first.child.kill(signal);
        first.child.kill(signal); // as Ctrl-C under npm does
        assert.equal(await first.ended, 0);
        assert.match(first.output(), /"msg":"stopped"/);
        assert.doesNotMatch(first.output(), /"level":"(error|warn)"/);
        await withProcess(startServer({ DATA_DIR: first.dataDir }), async (second) => {
          const again = await ask(
            second.url,
            `{ job(id: "${job.id}") { status } response(input: ${input}, waitMs: 60000) { status } node(id: "${id}") { id ... on Response { status outputs { name } } } }`,
          );
          assert.notDeepEqual(again['job'], { status: 'FAILED' });
          assert.deepEqual(again['response'], { status: 'READY' });
        });
      }));
  }

  it('says in a sentence that its port is taken, and ends with a code', () =>
    withProcess(startServer(), async ({ url }) => {
      await withProcess(startProcess([], { PORT: new URL(url).port }), async (second) => {
        assert.equal(await second.ended, 1);
        assert.match(second.output(), /^UNAVAILABLE: .*something else listens there/m);
        assert.doesNotMatch(second.output(), /\n\s+at /);
      });
    }));

  it('refuses settings that are wrong, and to listen on all addresses without a flag', async () => {
    for (const [env, told] of [
      [{ CORTIGRAPH_WORKER: '2' }, /CORTIGRAPH_WORKERS/],
      [{ PORT: 'http' }, /PORT/],
      [{ HOST: '0.0.0.0' }, /CORTIGRAPH_ALLOW_REMOTE/],
    ] as const) {
      await withProcess(startProcess([], { ...env }), async (server) => {
        assert.equal(await server.ended, 1);
        assert.match(server.output(), told);
        assert.doesNotMatch(server.output(), /\n\s+at /);
      });
    }
  });

  it('migrates the store by a command of its own, once', () =>
    withProcess(startProcess(['migrate'], {}), async (first) => {
      assert.equal(await first.ended, 0);
      assert.match(first.output(), /applied 001-/);
      await withProcess(startProcess(['migrate'], { DATA_DIR: first.dataDir }), async (second) => {
        assert.equal(await second.ended, 0);
        assert.match(second.output(), /nothing to do/);
      });
    }));

  it('explains its settings by a command', () =>
    withProcess(
      startProcess(['config'], { CORTIGRAPH_WORKERS: '3', MONGODB_URI: 'mongodb://me:secret@host/db' }),
      async (told) => {
        assert.equal(await told.ended, 0);
        assert.match(told.output(), /CORTIGRAPH_WORKERS\s+3\s/);
        assert.doesNotMatch(told.output(), /secret/);
      },
    ));

  it('names the commands that there are', () =>
    withProcess(startProcess(['sevre'], {}), async (server) => {
      assert.equal(await server.ended, 2);
      assert.match(
        server.output(),
        /serve, simulate, sweep, raster, ask, verify, provenance, invalidate, annotate, experiment, backup, restore, load, migrate, config/,
      );
    }));
});
