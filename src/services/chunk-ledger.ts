import type { ChunkDocument, ExperimentDocument } from '../domain/documents.js';
import type { OutcomeCount } from '../domain/estimate.js';
import { groupedBy } from '../domain/grouped-by.js';
import { addedUp } from '../domain/outcome-counts.js';
import { duplicateIndexes } from '../store/store-errors.js';
import type { ChunkCounts } from './chunk-work.js';
import { chunksOf, numberOfChunks } from './chunks.js';
import type { Lab } from './lab.js';

/** How many chunks are inserted by one call. */
const CHUNKS_A_CALL = 1000;

/** What an experiment came to so far: the sum over its chunks, each as it was when it ended, or was given back. */
export interface ExperimentCounts {
  readonly done: number;
  readonly failed: number;
  readonly computed: number;
  readonly outcomes: readonly OutcomeCount[];
  /** Chunks that have not ended. */
  readonly open: number;
}

type CountedChunk = Pick<ChunkDocument, '_id' | 'experimentId' | 'state' | 'done' | 'failed' | 'computed' | 'outcomes'>;

/** The documents of chunks. Every change of state is one conditional write of one of them. */
export class ChunkLedger {
  constructor(
    private readonly lab: Lab,
    /** Names this process among all that share the store. */
    private readonly holder: string,
  ) {}

  /** Stores the chunks of an experiment that are not there; of no effect where all are. */
  async ensure({ _id, extents }: Pick<ExperimentDocument, '_id' | 'extents'>): Promise<void> {
    if ((await this.chunks.countDocuments({ experimentId: _id })) === numberOfChunks(extents)) return;
    const chunks = [...chunksOf(_id, this.lab.clock.now().toISOString(), extents)];
    for (let first = 0; first < chunks.length; first += CHUNKS_A_CALL) {
      const some = chunks.slice(first, first + CHUNKS_A_CALL);
      await this.chunks.insertMany(some, { ordered: false }).catch(duplicateIndexes);
    }
  }

  /** The next chunks that wait, by replicates, then by points. */
  async waiting(experimentId: string, limit: number): Promise<readonly string[]> {
    const sort = { firstReplicate: 1, firstPoint: 1 } as const;
    const filter = { experimentId, state: 'WAITING' } as const;
    const found = await this.chunks.find<{ _id: string }>(filter, { sort, limit, projection: { state: 1 } }).toArray();
    return found.map(({ _id }) => _id);
  }

  async get(id: string): Promise<ChunkDocument | null> {
    return this.chunks.findOne({ _id: id });
  }

  /** Takes a chunk that waits; null when it does not, or somebody else was first. */
  async take({ _id, attempt }: ChunkDocument): Promise<ChunkDocument | null> {
    return this.chunks.findOneAndUpdate(
      { _id, attempt, state: 'WAITING' },
      { $set: { state: 'RUNNING', attempt: attempt + 1, holder: this.holder } },
      { returnDocument: 'after' },
    );
  }

  /** Says how many runs were computed for a chunk of ours. */
  async storeComputed({ _id, attempt }: ChunkDocument, computed: number): Promise<void> {
    await this.chunks.updateOne({ _id, attempt, state: 'RUNNING', holder: this.holder }, { $set: { computed } });
  }

  /** Ends a chunk of ours, whose rows are stored before; false, and of no effect, when somebody else has taken it. */
  async end({ _id, attempt }: ChunkDocument, counts: ChunkCounts): Promise<boolean> {
    const { matchedCount } = await this.chunks.updateOne(
      { _id, attempt, state: 'RUNNING', holder: this.holder },
      { $set: { state: 'DONE', holder: null, ...counts } },
    );
    return matchedCount === 1;
  }

  /** Gives a chunk of ours back, with the counts of what is stored of it. */
  async giveBack({ _id, attempt }: ChunkDocument, counts: ChunkCounts): Promise<void> {
    await this.chunks.updateOne(
      { _id, attempt, state: 'RUNNING', holder: this.holder },
      { $set: { state: 'WAITING', holder: null, ...counts } },
    );
  }

  /** Gives back the chunks of an experiment that count as under way although nobody works on any. */
  async giveBackLost(experimentId: string): Promise<void> {
    const lost = await this.chunks.find({ experimentId, state: 'RUNNING' }).toArray();
    await Promise.all(
      lost.map(({ _id, attempt }) =>
        this.chunks.updateOne({ _id, attempt, state: 'RUNNING' }, { $set: { state: 'WAITING', holder: null } }),
      ),
    );
  }

  /** Lets the chunks be done again that have rows without a run. */
  async reopenFailed(experimentId: string): Promise<void> {
    const failed = await this.chunks.find({ experimentId, state: 'DONE', failed: { $gt: 0 } }).toArray();
    await Promise.all(
      failed.map(({ _id, attempt }) =>
        this.chunks.updateOne({ _id, attempt, state: 'DONE' }, { $set: { state: 'WAITING' } }),
      ),
    );
  }

  /** Whether an experiment has chunks that have not ended. */
  async isOpen(experimentId: string): Promise<boolean> {
    return (await this.chunks.countDocuments({ experimentId, state: { $in: ['WAITING', 'RUNNING'] } })) > 0;
  }

  /**
   * What one came to.
   * @param without the ids of chunks whose counts are left out, as the caller knows them; they count as open all the same
   */
  async countsOf(experimentId: string, without: ReadonlyMap<string, unknown>): Promise<ExperimentCounts> {
    const chunks = await this.counted([experimentId]);
    return { ...sumOf(chunks.filter(({ _id }) => !without.has(_id))), open: openOf(chunks) };
  }

  /** What each of these experiments came to. */
  async counts(experimentIds: readonly string[]): Promise<readonly ExperimentCounts[]> {
    const chunks = await this.counted(experimentIds);
    const byExperiment = groupedBy(chunks, ({ experimentId }) => experimentId);
    return experimentIds.map((id) => sumOf(byExperiment.get(id) ?? []));
  }

  private counted(experimentIds: readonly string[]): Promise<readonly CountedChunk[]> {
    const projection = { experimentId: 1, state: 1, done: 1, failed: 1, computed: 1, outcomes: 1 } as const;
    return this.chunks.find<CountedChunk>({ experimentId: { $in: experimentIds } }, { projection }).toArray();
  }

  private get chunks(): Lab['collections']['chunks'] {
    return this.lab.collections.chunks;
  }
}

function sumOf(chunks: readonly CountedChunk[]): ExperimentCounts {
  return {
    done: chunks.reduce((sum, { done }) => sum + done, 0),
    failed: chunks.reduce((sum, { failed }) => sum + failed, 0),
    computed: chunks.reduce((sum, { computed }) => sum + computed, 0),
    outcomes: addedUp(chunks.flatMap((chunk) => chunk.outcomes)),
    open: openOf(chunks),
  };
}

const openOf = (chunks: readonly CountedChunk[]): number => chunks.filter(({ state }) => state !== 'DONE').length;
