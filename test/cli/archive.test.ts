import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sha256 } from '../../src/domain/digest.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { halfRestoredFrom } from '../../src/store/restore-marker.js';
import { startServer } from '../process/server-process.js';
import { temporaryFolder } from '../store/stores.js';
import { archivesOf } from '../support/archives.js';
import { eventually } from '../support/front-door.js';
import { runCommand, startCommand } from './command.js';

interface ReportJson {
  readonly documents: number;
  readonly present: number;
  readonly blobs: number;
  readonly error?: { readonly code: string; readonly message: string };
}

describe('the commands of backups', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder.remove());
  const path = (name: string): string => join(folder.path, name);
  const json = async (dataDir: string, ...args: readonly string[]) => {
    const { code, stdout, stderr } = await runCommand(dataDir, ...args, '--json');
    assert.equal(stderr, '');
    return { code, ...(JSON.parse(stdout) as ReportJson) };
  };

  it('take one beside a server that runs, and bring it back into an empty store alone', async () => {
    const server = await startServer({ CORTIGRAPH_WORKERS: '1' });
    try {
      const run = ['simulate', '--set', 'lgnRateE=200', '--duration', '500', '--record', 'isiCv', '--json'];
      const first = await runCommand(server.dataDir, ...run);
      assert.equal(first.code, 0);
      const taken = await json(server.dataDir, 'backup', path('backup'));
      assert.deepEqual([taken.code, taken.blobs], [0, 1]);
      const again = await json(server.dataDir, 'backup', path('backup'));
      assert.deepEqual([again.code, again.error?.code], [1, 'CONFLICT']);
      const text = await runCommand(path('restored'), 'restore', path('backup'));
      assert.equal(text.code, 0);
      assert.match(text.stdout, /^embedded SQLite in .*: \d+ documents and 1 blobs of 20\d\d-[^ ]+Z are restored\n$/);
      const second = await runCommand(path('restored'), ...run);
      const { created, cached, ...figures } = JSON.parse(second.stdout) as Record<string, unknown>;
      assert.deepEqual([created, cached], [false, true]);
      const { created: _, cached: __, ...before } = JSON.parse(first.stdout) as Record<string, unknown>;
      assert.deepEqual(figures, before);
      const refused = await runCommand(path('restored'), 'restore', path('backup'));
      assert.deepEqual([refused.code, refused.stdout], [1, '']);
      assert.match(refused.stderr, /^CONFLICT: A backup is restored into an empty store only[^\n]*\n$/);
      const loaded = await json(path('restored'), 'load', path('backup'));
      assert.deepEqual([loaded.code, loaded.present], [0, loaded.documents]);
    } finally {
      await server.dispose();
    }
  });

  it('say in a sentence what is no backup, and that a folder is missing on the command line', async () => {
    const none = await json(path('other'), 'restore', path('nowhere'));
    assert.deepEqual([none.code, none.error?.code], [1, 'BAD_USER_INPUT']);
    assert.equal((await json(path('other'), 'backup')).code, 2);
  });

  it('go on with a restore that Ctrl-C or kill -9 ended; the half restored store refuses service meanwhile', async () => {
    const source = await openEmbeddedStore(path('large'));
    const count = 20_000;
    const documents = Array.from({ length: count }, (_, i) => ({ _id: `run_${sha256(`${i}`).slice(0, 32)}`, i, text: 'x'.repeat(500) })); // prettier-ignore
    await source.database.collection<{ _id: string; i: number }>('runs').insertMany(documents, { ordered: false });
    await archivesOf(source).backup(path('large backup'));
    await source.close();

    const target = await openEmbeddedStore(path('target'));
    const runs = target.database.collection('runs');
    try {
      for (const [signal, code] of [
        ['SIGINT', 130],
        ['SIGKILL', 'SIGKILL'],
      ] as const) {
        // prettier-ignore
        const had = await runs.countDocuments({});
        const restore = startCommand(path('target'), 'restore', path('large backup'), '--json');
        await eventually(
          () => runs.countDocuments({}),
          (seen) => seen > had,
        );
        restore.kill(signal);
        const ended = await restore.ended;
        assert.equal(ended.code, code);
        if (signal === 'SIGINT') assert.match(ended.stdout, /"INTERRUPTED"[^]*run again/);
        assert.ok((await runs.countDocuments({})) < count);
        assert.notEqual(await halfRestoredFrom(target.database), null);
        const refused = await runCommand(path('target'), 'simulate');
        assert.match(refused.stderr, /^UNAVAILABLE: This store is half restored/);
      }
      const whole = await json(path('target'), 'restore', path('large backup'));
      assert.deepEqual([whole.code, whole.documents], [0, count]);
      assert.ok(whole.present > 0 && whole.present < count);
      assert.equal(await runs.countDocuments({}), count);
      assert.equal(await halfRestoredFrom(target.database), null);
    } finally {
      await target.close();
    }
  });
});
