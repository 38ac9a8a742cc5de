import { canonicalJson } from '../../domain/canonical-json.js';
import { sha256 } from '../../domain/digest.js';
import { CortigraphError } from '../../domain/errors.js';
import type { CollectionName } from '../../store/archive-rules.js';
import { archivedCollections } from '../../store/archive-rules.js';
import { damaged } from './damage.js';

/*
 * A backup is a folder, the same for every kind of store:
 *   manifest.json            this file's Manifest; written last, so what has none is no whole backup
 *   <collection>.ndjson.gz   its documents, one JSON text a line, in the order of their ids
 *   blobs/ab/abcdef…         each blob under its SHA-256
 */

/** The name of the file that makes a folder a backup. */
export const manifestName = 'manifest.json';

/** The folder of the blobs in a backup. */
export const blobsName = 'blobs';

/** The file of a collection's documents in a backup. */
export const fileOf = (collection: CollectionName): string => `${collection}.ndjson.gz`;

const format = 'cortigraph-backup';
const formatVersion = 1;

/** The documents of one collection. */
export interface ArchivedCollection {
  readonly name: CollectionName;
  readonly documents: number;
  /** Of its file. */
  readonly bytes: number;
  /** Of its file. */
  readonly sha256: string;
}

/** What a backup says of itself. */
export interface Manifest {
  /** That of the store which it was taken of. */
  readonly schemaVersion: number;
  /** Of the software that took it. */
  readonly softwareVersion: string;
  /** When it was begun: everything that was stored by then is in it. */
  readonly createdAt: string;
  readonly collections: readonly ArchivedCollection[];
  readonly blobs: {
    readonly count: number;
    readonly bytes: number;
    /** Digests of those that the store had lost or not whole: what they hold is recorded anew when it is asked for. */
    readonly missing: readonly string[];
  };
}

/** A manifest with the digest of what it says, which names the backup. */
export interface ReadManifest extends Manifest {
  readonly digest: string;
}

/** The text of a manifest, which holds its own digest. */
export function manifestText(manifest: Manifest): string {
  const body = { format, formatVersion, ...manifest };
  return `${JSON.stringify({ ...body, digest: digestOf(body) }, null, 2)}\n`;
}

/**
 * Reads the text of a manifest.
 * @throws CortigraphError BAD_USER_INPUT when it is damaged, UNAVAILABLE when newer software wrote it
 */
export function readManifest(text: string): ReadManifest {
  const { digest, ...body } = parsed(text);
  if (body['format'] !== format) throw damaged(manifestName, 'it is no manifest of a backup');
  if (typeof body['formatVersion'] === 'number' && body['formatVersion'] > formatVersion) {
    throw new CortigraphError('UNAVAILABLE', 'A newer Cortigraph took this backup: update Cortigraph.', {
      formatVersion: body['formatVersion'],
      known: formatVersion,
    });
  }
  if (digest !== digestOf(body)) throw damaged(manifestName, 'it is not what was written');
  const manifest = body as unknown as Manifest; // its digest says that manifestText wrote it
  const known = new Set<string>(archivedCollections.map(([name]) => name));
  const stranger = manifest.collections.find(({ name }) => !known.has(name));
  if (stranger !== undefined) {
    throw new CortigraphError('UNAVAILABLE', `This software knows no collection ${stranger.name}: update Cortigraph.`);
  }
  return { ...manifest, digest };
}

const digestOf = (body: object): string => sha256(canonicalJson(body as Parameters<typeof canonicalJson>[0]));

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw damaged(manifestName, 'it is no JSON object');
}
