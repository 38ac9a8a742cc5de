import PQueue from 'p-queue';
import { CortigraphError } from '../domain/errors.js';
import type { JsonObject } from '../domain/json.js';
import type { Answer } from './exchange.js';
import { sendJson } from './exchange.js';

/** Gives the provenance of an id as PROV-JSON. Parts of the query string that are missing are undefined. */
export type ExportProvenance = (
  id: string,
  direction: string | undefined,
  depth: number | undefined,
) => Promise<JsonObject>;

/** Where provenance is found: below it that of each id. */
export const provenanceFolder = '/provenance/';

/** How many exports are made at once: each holds up to a thousand documents. The others wait in line. */
export const maxExportsAtOnce = 4;

/**
 * Sends the provenance of the id that the path names: `?direction=UPSTREAM&depth=10`. One whose turn comes when its client
 * has gone, or was told that it took too long, is not made.
 */
export function answerProvenance(exportProvenance: ExportProvenance): Answer {
  const line = new PQueue({ concurrency: maxExportsAtOnce });
  return async ({ request, response, path }) => {
    const id = path.slice(provenanceFolder.length);
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    const unknown = [...searchParams.keys()].find((name) => name !== 'direction' && name !== 'depth');
    if (unknown !== undefined) {
      throw new CortigraphError('BAD_USER_INPUT', 'Provenance takes direction and depth only.', {
        allowed: ['direction', 'depth'],
      });
    }
    const direction = searchParams.get('direction') ?? undefined;
    const given = searchParams.get('depth');
    const depth = given === null ? undefined : given.trim() === '' ? NaN : Number(given);
    await line.add(async () => {
      if (response.destroyed || response.headersSent) return;
      sendJson(response, 200, await exportProvenance(id, direction, depth));
    });
  };
}
