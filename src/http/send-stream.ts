import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Sends a stream as the rest of an answer, no faster than the client takes it; a client that leaves ends it quietly. */
export async function sendStream(response: ServerResponse, stream: Readable): Promise<void> {
  await pipeline(stream, response).catch(unlessClientLeft);
}

function unlessClientLeft(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw error;
}
