import { connect, type Socket } from 'node:net';
import type { Reply } from './tiny-server.js';

/** A connection over which tests write what no HTTP client would. */
export interface RawConnection {
  readonly socket: Socket;
  /** Everything that came back, once the server has ended the connection. */
  readonly ended: Promise<string>;
}

/** Connects to the server at a URL. */
export function connectRaw(url: string): RawConnection {
  // Half open, as clients are that go on sending although they were answered.
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
  const chunks: Buffer[] = [];
  const ended = new Promise<string>((resolve) => {
    const end = (): void => resolve(Buffer.concat(chunks).toString('utf8'));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.once('end', end).once('close', end);
    // A reset comes after the answer, or without one; the test sees which.
    socket.on('error', () => undefined);
  });
  return { socket, ended };
}

/** Sends bytes over a connection of their own; the answer, which must be HTTP with a JSON body. */
export async function sendRaw(url: string, bytes: string): Promise<Reply> {
  const { socket, ended } = connectRaw(url);
  socket.write(bytes);
  const reply = parseReply(await ended);
  socket.destroy();
  return reply;
}

/** The one answer in what came back over a connection. */
export function parseReply(text: string): Reply {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const [start = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(start)?.[1];
  if (status === undefined) throw new Error(`Not HTTP: ${JSON.stringify(text.slice(0, 500))}`);
  return { status: Number(status), headers: Object.fromEntries(headers), body: JSON.parse(body) as Reply['body'] };
}
