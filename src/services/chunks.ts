import type { ChunkDocument, Extent } from '../domain/documents.js';
import { documentVersion } from '../domain/documents.js';

/** Rows of one chunk at most: few enough to begin again after a crash, enough to write them together. */
const rowsOfChunk = 128;

/** A range of points by a range of replicates. */
type Range = Pick<ChunkDocument, 'firstPoint' | 'points' | 'firstReplicate' | 'replicates'>;

/** The chunks of an experiment that grew in these steps; the same, whoever makes them. */
export function* chunksOf(
  experimentId: string,
  createdAt: string,
  extents: readonly Extent[],
): Generator<ChunkDocument, void, undefined> {
  for (const block of blocksOf(extents)) {
    const end = block.firstPoint + block.points;
    const step = pointsOfChunk(block);
    for (let firstPoint = block.firstPoint; firstPoint < end; firstPoint += step) {
      yield {
        _id: `${experimentId}/${firstPoint}/${block.firstReplicate}`,
        schemaVersion: documentVersion,
        createdAt,
        experimentId,
        ...block,
        firstPoint,
        points: Math.min(step, end - firstPoint),
        state: 'WAITING',
        attempt: 0,
        holder: null,
        done: 0,
        failed: 0,
        computed: 0,
        outcomes: [],
      };
    }
  }
}

/** How many {@link chunksOf} gives. */
export function numberOfChunks(extents: readonly Extent[]): number {
  let chunks = 0;
  for (const block of blocksOf(extents)) chunks += Math.ceil(block.points / pointsOfChunk(block));
  return chunks;
}

/** All points of a step by as many replicates as a chunk may hold: these are cut into chunks. */
function* blocksOf(extents: readonly Extent[]): Generator<Range, void, undefined> {
  let before: Extent = { size: 0, replicates: 0 };
  for (const after of extents) {
    // First the new replicates of the points that there were, then all replicates of the new points.
    yield* byReplicates({ firstPoint: 0, points: before.size }, before.replicates, after.replicates);
    yield* byReplicates({ firstPoint: before.size, points: after.size - before.size }, 0, after.replicates);
    before = after;
  }
}

function* byReplicates(
  points: Pick<Range, 'firstPoint' | 'points'>,
  first: number,
  end: number,
): Generator<Range, void, undefined> {
  for (let firstReplicate = first; firstReplicate < end; firstReplicate += rowsOfChunk) {
    yield { ...points, firstReplicate, replicates: Math.min(rowsOfChunk, end - firstReplicate) };
  }
}

const pointsOfChunk = ({ replicates }: Range): number => Math.floor(rowsOfChunk / replicates);
