import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type ClientRequest, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { maxExportsAtOnce } from '../../src/http/provenance-download.js';
import { eventually } from '../support/front-door.js';
import { tinyServer } from './tiny-server.js';

describe('exports of provenance that are asked for at once', () => {
  it('are made a few at a time; what nobody waits for any more is not made, and all others are', async () => {
    const made: string[] = [];
    let [atOnce, most] = [0, 0];
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const { server } = await tinyServer({
      exportProvenance: async (id) => {
        made.push(id);
        most = Math.max(most, (atOnce += 1));
        await released;
        atOnce -= 1;
        return { id };
      },
    });
    const arrived = new Map<string, ServerResponse>();
    const listener = createServer((request, response) => {
      arrived.set((request.url ?? '').replace('/provenance/', ''), response);
      server.handler(request, response);
    }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const ask = (id: string): ClientRequest => get({ port, path: `/provenance/${id}`, agent: false });
    const answerTo = async (request: ClientRequest): Promise<string> => {
      const [response] = (await once(request, 'response')) as [AsyncIterable<Buffer>];
      let text = '';
      for await (const chunk of response) text += chunk.toString();
      return (JSON.parse(text) as { id: string }).id;
    };
    try {
      const first = Array.from({ length: maxExportsAtOnce }, (_, i) => `first${i}`);
      const later = Array.from({ length: 5 * maxExportsAtOnce }, (_, i) => `later${i}`);
      const answers = first.map((id) => answerTo(ask(id)));
      await eventually(
        () => Promise.resolve(made.length),
        (count) => count === maxExportsAtOnce,
      );
      answers.push(...later.map((id) => answerTo(ask(id))));
      const leaver = ask('leaver').on('error', () => undefined);
      await eventually(
        () => Promise.resolve(arrived.size),
        (count) => count === first.length + later.length + 1,
      );
      leaver.destroy();
      await once(arrived.get('leaver') ?? assert.fail('it has not arrived'), 'close');
      assert.deepEqual([...made].sort(), first);
      release();
      assert.deepEqual(await Promise.all(answers), [...first, ...later]);
      assert.deepEqual([...made].sort(), [...first, ...later].sort());
      assert.equal(most, maxExportsAtOnce);
    } finally {
      listener.close();
      await server.stop();
    }
  });
});
