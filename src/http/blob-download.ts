import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Answer } from './exchange.js';
import { HttpError } from './http-error.js';
import { sendStream } from './send-stream.js';

/** Finds the blob of a digest; null when there is none, and for what is no digest. */
export type OpenBlob = (digest: string) => Promise<{ readonly bytes: number; stream(): Readable } | null>;

/** Where blobs are found: below it each by its digest. */
export const blobFolder = '/blobs/';

/** Sends the blob of the digest that the path names. All blobs are Arrow streams, and none ever changes. */
export function answerBlob(open: OpenBlob): Answer {
  return async ({ request, response, path }) => {
    const digest = path.slice(blobFolder.length);
    const blob = await open(digest);
    if (blob === null) throw new HttpError(404, 'NOT_FOUND', 'There is no blob of this digest.');
    const lasting = { etag: `"${digest}"`, 'cache-control': 'private, max-age=31536000, immutable' };
    if (hasAlready(request, lasting.etag)) {
      response.writeHead(304, lasting).end();
      return;
    }
    response.writeHead(200, {
      ...lasting,
      'content-type': 'application/vnd.apache.arrow.stream',
      'content-length': blob.bytes,
      'content-disposition': `attachment; filename="${digest.slice(0, 16)}.arrows"`,
    });
    if (request.method === 'HEAD') response.end();
    else await sendStream(response, blob.stream());
  };
}

function hasAlready({ headers }: IncomingMessage, etag: string): boolean {
  const known = headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return known?.some((tag) => tag === etag || tag === '*') ?? false;
}
