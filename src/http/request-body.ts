import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.js';

const jsonType = /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i;

/**
 * Reads and parses the JSON body of a request.
 *
 * @param maxBytes the most bytes that are read
 * @throws HttpError 415 for another content type, 413 for too much, 400 for what is not JSON in UTF-8
 */
export async function readJsonBody(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  if (!jsonType.test(type) || encoding !== 'identity') {
    throw new HttpError(415, 'BAD_USER_INPUT', 'The body must be application/json in UTF-8, not compressed.');
  }
  const bytes = await readBytes(request, maxBytes);
  if (bytes === undefined) {
    throw new HttpError(413, 'BAD_USER_INPUT', `The body must not be longer than ${maxBytes} bytes.`);
  }
  try {
    if (isUtf8(bytes)) return JSON.parse(bytes.toString('utf8'));
  } catch {
    // Answered below: the parser's message quotes the body.
  }
  throw new HttpError(400, 'BAD_USER_INPUT', 'The body is not valid JSON.');
}

/** The body, or undefined as soon as it is known to be too long. */
function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) {
        request.removeAllListeners('data').pause();
        resolve(undefined);
      } else {
        chunks.push(chunk);
      }
    });
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    request.once('error', () => reject(new HttpError(400, 'BAD_USER_INPUT', 'The body did not arrive whole.')));
  });
}
