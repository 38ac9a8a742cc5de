import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readConfig } from '../../src/config.js';
import { createLogger } from '../../src/http/logger.js';
import { openCortigraph } from '../../src/main.js';
import { unseemly } from '../http/one-shape.js';
import { connectRaw } from '../http/raw-client.js';
import { keepLog } from '../http/tiny-server.js';
import { openEmbedded } from '../store/stores.js';

/** A whole server that listens, to send anything to. */
export interface FuzzServer {
  /**
   * Sends bytes over a connection of their own, and gives all that comes back until the server ends it.
   * @throws AssertionError for an answer that shows a fault, or none within the time
   */
  readonly send: (bytes: Uint8Array | string) => Promise<string>;
  /** Asks by POST; fails in the same cases. */
  readonly post: (body: string) => Promise<string>;
  /** What the heap holds after a collection, in MB. */
  readonly heapMB: () => number;
  /** @throws AssertionError when the server logged a fault or does not answer any more */
  readonly assertUnharmed: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A request that is not answered within so many ms has hung. */
const patienceMs = 30_000;

/** Opens a server that computes little for one request, so that many fit in. */
export async function openFuzzServer(): Promise<FuzzServer> {
  const config = readConfig({
    CORTIGRAPH_WORKERS: '1',
    CORTIGRAPH_MAX_RESPONSE_SECONDS: '5',
    CORTIGRAPH_MAX_SWEEP_SECONDS: '5',
    CORTIGRAPH_RECEIVE_TIMEOUT_MS: '1000',
  });
  const log = keepLog();
  const server = await openCortigraph(config, await openEmbedded(), createLogger('warn', log));
  const { url } = await server.http.start(0, '127.0.0.1');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;

  const send = async (bytes: Uint8Array | string): Promise<string> => {
    const { socket, ended } = connectRaw(url);
    socket.write(bytes);
    let timer: NodeJS.Timeout | undefined;
    const hung = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('There was no answer.')), patienceMs);
    });
    try {
      const text = await Promise.race([ended, hung]);
      assert.doesNotMatch(text, /^HTTP\/1\.1 500 |"INTERNAL"/m);
      assert.doesNotMatch(text, unseemly);
      return text;
    } finally {
      clearTimeout(timer);
      socket.destroy();
    }
  };
  const post = (body: string): Promise<string> =>
    send(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n' +
        `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  return {
    send,
    post,
    heapMB: () => {
      collect();
      return process.memoryUsage().heapUsed / 2 ** 20;
    },
    assertUnharmed: async () => {
      assert.match(await post('{"query":"{ models { name } }"}'), /"name":"local-circuit"/);
      const faults = log.lines.filter(({ level }) => level !== 'warn');
      assert.deepEqual(faults, []);
    },
    close: () => server.close(),
  };
}
