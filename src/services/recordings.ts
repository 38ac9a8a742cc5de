import { buffer } from 'node:stream/consumers';
import type { EncodedRecording } from '../compute/simulation-task.js';
import type { BlobReference, ExecutionDocument, RecordingDocument, RunDocument } from '../domain/documents.js';
import { documentVersion } from '../domain/documents.js';
import { CortigraphError, badUserInput, notFound } from '../domain/errors.js';
import { recordingId } from '../domain/identity.js';
import { requireId } from '../domain/ids.js';
import type { ModelDefinition } from '../domain/model-definition.js';
import type { Table } from '../domain/table.js';
import type { StoredBlob } from '../store/blob-store.js';
import type { Write } from '../store/in-order.js';
import type { Lab } from './lab.js';
import { requireModel } from './lab.js';

/** What every recording's blob is. */
export const arrowStream = 'application/vnd.apache.arrow.stream';

/** The largest recording whose table can be read as part of an answer, in bytes of its blob. */
export const maxTableBytes = 1_000_000;

/** The most of tables in one answer, in bytes of their blobs. */
const MAX_ANSWER_BYTES = 4 * maxTableBytes;

/** What was recorded of runs beside their figures: a document with the summary, a blob with the table. */
export class Recordings {
  constructor(private readonly lab: Lab) {}

  /** Those of these kinds that are not stored of a run as today's code records them, or whose blob was lost. */
  async missing(model: string, runId: string, kinds: readonly string[]): Promise<readonly string[]> {
    if (kinds.length === 0) return [];
    const ids = idsOfRecordings(requireModel(this.lab, model), runId, kinds);
    const found = await this.lab.collections.recordings
      .find<Pick<RecordingDocument, '_id' | 'blob'>>({ _id: { $in: ids } }, { projection: { blob: 1 } })
      .toArray();
    const whole = await Promise.all(
      found.map(async ({ blob }) => (await this.lab.blobs.open(blob.digest))?.bytes === blob.bytes),
    );
    const stored = new Set(found.filter((_, i) => whole[i]).map(({ _id }) => _id));
    return kinds.filter((_kind, i) => !stored.has(ids[i] ?? ''));
  }

  /** Stores the tables, before anything that speaks of them. */
  storeTables(recorded: readonly EncodedRecording[]): Promise<readonly BlobReference[]> {
    return Promise.all(
      recorded.map(async ({ arrow, digest }) => ({
        ...(await this.lab.blobs.put(arrow, digest)),
        mediaType: arrowStream,
      })),
    );
  }

  /** The writes that store what was recorded of a run, once its tables, its execution and the run are stored. */
  writes(
    run: RunDocument,
    execution: ExecutionDocument,
    recorded: readonly EncodedRecording[],
    blobs: readonly BlobReference[],
  ): readonly Write[] {
    const { _id: runId, model, numericsDigest } = run;
    const documents = recorded.flatMap(({ kind, version, figures }, i): RecordingDocument[] => {
      const blob = blobs[i];
      if (!blob) return [];
      const common = { schemaVersion: documentVersion, createdAt: execution.finishedAt, executionId: execution._id };
      const _id = recordingId({ runId, kind, version });
      return [{ _id, ...common, runId, model, numericsDigest, kind, version, figures, blob }];
    });
    if (documents.length === 0) return [];
    return [() => this.lab.collections.recordings.insertMany(documents, { ordered: false })];
  }

  /** Everything that is recorded of each of these runs. */
  of(runIds: readonly string[]): Promise<readonly RecordingDocument[]> {
    return this.lab.collections.recordings
      .find({ runId: { $in: runIds } }, { sort: { runId: 1, kind: 1, createdAt: 1, _id: 1 } })
      .toArray();
  }

  /** @throws CortigraphError NOT_FOUND, BAD_USER_INPUT */
  async get(id: string): Promise<RecordingDocument> {
    requireId(id, 'Recording');
    const recording = await this.lab.collections.recordings.findOne({ _id: id });
    if (!recording) throw notFound(`recording ${id}`);
    return recording;
  }

  /**
   * The tables of blobs, in their order. One is null when it is larger than {@link maxTableBytes}, and an error
   * BAD_USER_INPUT when those before it are as much as an answer may hold.
   */
  async tables(digests: readonly string[]): Promise<readonly (Table | Error | null)[]> {
    const tables: (Table | Error | null)[] = [];
    let bytes = 0;
    for (const digest of digests) {
      const blob = await this.lab.blobs.open(digest);
      if (!blob) tables.push(lostTable(digest));
      else if (blob.bytes > maxTableBytes) tables.push(null);
      else if ((bytes += blob.bytes) > MAX_ANSWER_BYTES) tables.push(tooMuch());
      else tables.push(await readTable(blob));
    }
    return tables;
  }

  /** The table of a recording, however large: for who is in this process. */
  async wholeTable({ blob: { digest } }: RecordingDocument): Promise<Table> {
    const blob = await this.lab.blobs.open(digest);
    if (!blob) throw lostTable(digest);
    return readTable(blob);
  }
}

/** The ids of recordings of these kinds as today's code makes them of a run. */
export function idsOfRecordings(
  { recordings }: Pick<ModelDefinition, 'recordings'>,
  runId: string,
  kinds: readonly string[],
): readonly string[] {
  const versions = new Map(recordings.map(({ kind, version }) => [kind, version]));
  return kinds.map((kind) => recordingId({ runId, kind, version: versions.get(kind) ?? '' }));
}

async function readTable(blob: StoredBlob): Promise<Table> {
  const { decodeArrowStream } = await import('../compute/arrow-table.js'); // few servers are asked for one
  return decodeArrowStream(await buffer(blob.stream()));
}

const lostTable = (digest: string): Error =>
  new CortigraphError(
    'UNAVAILABLE',
    'The table of this recording is lost. Ask for the recording again to have it made again.',
    {
      digest,
    },
  );

const tooMuch = (): Error =>
  badUserInput('These are more tables than one answer may hold: ask for fewer, or have them from their urls.', {
    limit: { bytes: MAX_ANSWER_BYTES },
  });
