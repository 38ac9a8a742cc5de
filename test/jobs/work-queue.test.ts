import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WorkQueue } from '../../src/jobs/work-queue.js';
import { InProcessQueue } from '../../src/jobs/work-queue.js';

/** Work that a test ends when it likes. */
class Gate {
  readonly begun: string[] = [];
  private readonly open = new Map<string, () => void>();

  readonly work = (id: string): Promise<void> => {
    this.begun.push(id);
    return new Promise((resolve) => this.open.set(id, resolve));
  };

  async end(id: string): Promise<void> {
    this.open.get(id)?.();
    await settled();
  }
}

/** Lets everything happen that waits for nothing else. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Every queue, by what it is made of. */
const queues: Readonly<Record<string, (failed: (id: string, error: unknown) => void) => WorkQueue>> = {
  'in one process': (failed) => new InProcessQueue(failed),
};

for (const [name, make] of Object.entries(queues)) {
  describe(`a queue ${name}`, () => {
    const open = (): { queue: WorkQueue; gate: Gate; failures: string[] } => {
      const failures: string[] = [];
      return { queue: make((id) => failures.push(id)), gate: new Gate(), failures };
    };

    it('gives out nothing before somebody takes', async () => {
      const { queue, gate } = open();
      await queue.add('a', 0);
      await settled();
      assert.deepEqual(gate.begun, []);
      queue.consume(1, gate.work);
      await settled();
      assert.deepEqual(gate.begun, ['a']);
      await gate.end('a');
      await queue.close();
    });

    it('gives out so many at once, the highest priority first, then in the order in which they came', async () => {
      const { queue, gate } = open();
      for (const [id, priority] of [['a', 0], ['b', 0], ['c', 1], ['d', 0]] as const) await queue.add(id, priority); // prettier-ignore
      queue.consume(2, gate.work);
      await settled();
      assert.deepEqual(gate.begun, ['c', 'a']);
      await gate.end('a');
      assert.deepEqual(gate.begun, ['c', 'a', 'b']);
      await gate.end('c');
      await gate.end('b');
      await gate.end('d');
      await queue.close();
      assert.deepEqual(gate.begun, ['c', 'a', 'b', 'd']);
    });

    it('keeps an id once while it waits, and takes it again once it was given out', async () => {
      const { queue, gate } = open();
      await queue.add('a', 0);
      await queue.add('a', 0);
      queue.consume(1, gate.work);
      await settled();
      await queue.add('a', 0);
      await gate.end('a');
      assert.deepEqual(gate.begun, ['a', 'a']);
      await gate.end('a');
      await queue.close();
      assert.equal(gate.begun.length, 2);
    });

    it('goes on behind work that fails, and tells of it', async () => {
      const { queue, failures } = open();
      const done: string[] = [];
      queue.consume(1, async (id) => {
        if (id === 'bad') throw new Error('it failed');
        done.push(id);
      });
      await queue.add('bad', 0);
      await queue.add('good', 0);
      await settled();
      assert.deepEqual([failures, done], [['bad'], ['good']]);
      await queue.close();
    });

    it('ends when what was given out has ended, and gives out nothing more', async () => {
      const { queue, gate } = open();
      queue.consume(1, gate.work);
      await queue.add('a', 0);
      await queue.add('b', 0);
      await settled();
      let isClosed = false;
      const closed = queue.close().then(() => (isClosed = true));
      await settled();
      assert.equal(isClosed, false);
      await queue.add('c', 0);
      await gate.end('a');
      await closed;
      assert.deepEqual(gate.begun, ['a']);
    });
  });
}
