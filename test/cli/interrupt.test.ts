import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startServer } from '../process/server-process.js';
import { eventually } from '../support/front-door.js';
import { runCommand, startCommand } from './command.js';

describe('a command beside a server on the same store', () => {
  it('gives its work back on Ctrl-C, and the server goes on with it; both see the same runs', async () => {
    const server = await startServer({ CORTIGRAPH_WORKERS: '1' });
    try {
      interface Job {
        readonly id: string;
        readonly status: string;
        readonly attempt: number;
      }
      const ask = async <T>(query: string): Promise<T> => {
        const headers = { 'content-type': 'application/json' };
        const reply = await fetch(server.url, { method: 'POST', headers, body: JSON.stringify({ query }) });
        return ((await reply.json()) as { data: T }).data;
      };
      const jobs = async (): Promise<readonly Job[]> => {
        const { jobs } = await ask<{ jobs: { nodes: readonly Job[] } }>('{ jobs { nodes { id status attempt } } }');
        return jobs.nodes;
      };

      const long = startCommand(server.dataDir, 'simulate', '--duration', '599000', '--json');
      await eventually(jobs, ([job]) => job?.status === 'RUNNING' && job.attempt === 1);
      long.kill('SIGINT');
      long.kill('SIGINT');
      const { code, stdout, stderr } = await long.ended;
      assert.deepEqual([code, stderr], [130, '']);
      assert.equal((JSON.parse(stdout) as { error: { code: string } }).error.code, 'INTERRUPTED');

      const [job] = await eventually(jobs, ([taken]) => taken?.status === 'RUNNING' && taken.attempt === 2);
      await ask(`mutation { cancelJob(id: "${job?.id}") { job { status } } }`);

      const short = await runCommand(server.dataDir, 'simulate', '--duration', '500', '--noise-seed', '5', '--json');
      const { id, created } = JSON.parse(short.stdout) as { id: string; created: boolean };
      assert.deepEqual([short.code, created], [0, true]);
      const seen = await ask<{ simulationRun: { status: string } }>(`{ simulationRun(id: "${id}") { status } }`);
      assert.deepEqual(seen.simulationRun, { status: 'COMPLETED' });
    } finally {
      await server.dispose();
    }
  });
});
