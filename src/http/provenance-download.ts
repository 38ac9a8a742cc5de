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

/** Sends the provenance of the id that the path names: `?direction=UPSTREAM&depth=10`. */
export function answerProvenance(exportProvenance: ExportProvenance): Answer {
  return async ({ request, response, path }) => {
    const id = path.slice(provenanceFolder.length);
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    const unknown = [...searchParams.keys()].find((name) => name !== 'direction' && name !== 'depth');
    if (unknown !== undefined) {
      throw new CortigraphError('BAD_USER_INPUT', 'Provenance takes direction and depth only.', {
        allowed: ['direction', 'depth'],
      });
    }
    const depth = searchParams.get('depth');
    const document = await exportProvenance(
      id,
      searchParams.get('direction') ?? undefined,
      depth === null ? undefined : depth.trim() === '' ? NaN : Number(depth),
    );
    sendJson(response, 200, document);
  };
}
