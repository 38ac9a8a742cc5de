import type { ChunkDocument, Extent } from '../domain/documents.js';
import { documentVersion } from '../domain/documents.js';

/** Rows of one chunk at most: few enough to begin again after a crash, enough to write them together. */
export const rowsOfChunk = 128;

type Range = Pick<ChunkDocument, 'firstPoint' | 'points' | 'firstReplicate' | 'replicates'>;

/** The chunks of an experiment that grew in these steps; the same, whoever makes them. */
export function* chunksOf(
  experimentId: string,
  createdAt: string,
  extents: readonly Extent[],
): Generator<ChunkDocument, void, undefined> {
  let before: Extent = { size: 0, replicates: 0 };
  for (const extent of extents) {
    yield* newChunks(experimentId, createdAt, before, extent);
    before = extent;
  }
}

/** First the new replicates of the points that there were, then all replicates of the new points. */
function* newChunks(
  experimentId: string,
  createdAt: string,
  before: Extent,
  after: Extent,
): Generator<ChunkDocument, void, undefined> {
  const old = { firstPoint: 0, points: before.size };
  yield* cut(experimentId, createdAt, { ...old, ...between(before.replicates, after.replicates) });
  const added = { firstPoint: before.size, points: after.size - before.size };
  yield* cut(experimentId, createdAt, { ...added, firstReplicate: 0, replicates: after.replicates });
}

const between = (first: number, end: number): Pick<Range, 'firstReplicate' | 'replicates'> => ({
  firstReplicate: first,
  replicates: end - first,
});

function* cut(experimentId: string, createdAt: string, range: Range): Generator<ChunkDocument, void, undefined> {
  const endOfReplicates = range.firstReplicate + range.replicates;
  const endOfPoints = range.firstPoint + range.points;
  for (let firstReplicate = range.firstReplicate; firstReplicate < endOfReplicates; firstReplicate += rowsOfChunk) {
    const replicates = Math.min(rowsOfChunk, endOfReplicates - firstReplicate);
    const step = Math.floor(rowsOfChunk / replicates);
    for (let firstPoint = range.firstPoint; firstPoint < endOfPoints; firstPoint += step) {
      const points = Math.min(step, endOfPoints - firstPoint);
      yield {
        _id: `${experimentId}/${firstPoint}/${firstReplicate}`,
        schemaVersion: documentVersion,
        createdAt,
        experimentId,
        firstPoint,
        points,
        firstReplicate,
        replicates,
        state: 'WAITING',
        attempt: 0,
        holder: null,
        done: 0,
        failed: 0,
        outcomes: [],
      };
    }
  }
}
