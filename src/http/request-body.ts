import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { HttpError, httpErrorBeyond } from './http-error.js';

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
  try {
    if (isUtf8(bytes)) return JSON.parse(bytes.toString('utf8'));
  } catch {
    // Answered below: the parser's message quotes the body.
  }
  throw new HttpError(400, 'BAD_USER_INPUT', 'The body is not valid JSON.');
}

/** @throws HttpError 413 as soon as the body is known to be too long */
function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxBytes) return Promise.reject(tooLong(maxBytes, announced));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) {
        request.removeAllListeners('data').pause();
        reject(tooLong(maxBytes));
      } else {
        chunks.push(chunk);
      }
    });
    request.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.once('error', () => reject(new HttpError(400, 'BAD_USER_INPUT', 'The body did not arrive whole.')));
  });
}

function tooLong(maxBytes: number, found?: number): HttpError {
  return httpErrorBeyond(413, 'BAD_USER_INPUT', {
    setting: 'CORTIGRAPH_MAX_BODY_BYTES',
    allowed: maxBytes,
    found,
    what: `The body has ${found ?? `more than ${maxBytes}`} bytes`,
    advice: 'Share it out among requests.',
  });
}
