import { migrations } from '../../migrations/all.js';
import { models } from '../../src/models/registry.js';
import type { LineageDocuments, LineageKind } from '../../src/provenance/lineage.js';
import { lineageRules } from '../../src/provenance/lineage.js';
import type { ArchiveParts } from '../../src/services/archive/archive-service.js';
import { ArchiveService } from '../../src/services/archive/archive-service.js';
import { collectionsOf } from '../../src/store/collections.js';
import type { StoreCollection, StoreDatabase, StoreDocument } from '../../src/store/seam.js';
import type { Store } from '../../src/store/store.js';
import { readBlob } from '../store/blob-contract.js';

/** Backups of a store, at a fixed time. */
export function archivesOf(store: Store, parts: Partial<ArchiveParts> = {}): ArchiveService {
  const now = (): Date => new Date('2026-01-02T03:04:05.678Z');
  return new ArchiveService({
    store,
    migrations,
    models: models.map(({ definition }) => definition),
    softwareVersion: '0',
    now,
    ...parts,
  });
}

/** A store of which every reading of a page waits until something else has been done to it. */
export function withWritesBetween(store: Store, write: () => Promise<void>): Store {
  const collection = <T extends StoreDocument>(name: string): StoreCollection<T> => {
    const inner = store.database.collection<T>(name);
    const find: StoreCollection<T>['find'] = (...given) => {
      const cursor = inner.find<never>(...given);
      return { toArray: () => write().then(() => cursor.toArray()) };
    };
    return new Proxy(inner, {
      get: (target, name) => {
        const member: unknown = name === 'find' ? find : Reflect.get(target, name);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
  };
  const database: StoreDatabase = { collection };
  return { ...store, database };
}

/** What documents of a store refer to that is not there: ids, and digests of blobs. */
export async function danglingReferences(store: Store): Promise<readonly string[]> {
  const { parameterSets, runs, executions, recordings, responses, sweeps, jobs } = collectionsOf(store.database);
  const { invalidations, annotations, verifications, experiments, experimentRows } = collectionsOf(store.database);
  const all = async <T extends StoreDocument>(collection: StoreCollection<T>): Promise<readonly T[]> =>
    collection.find({}).toArray();
  const documents: { readonly [K in LineageKind]: readonly LineageDocuments[K][] } = {
    ParameterSet: await all(parameterSets),
    SimulationRun: await all(runs),
    Execution: await all(executions),
    Recording: await all(recordings),
    Response: await all(responses),
    Invalidation: await all(invalidations),
    Annotation: await all(annotations),
    Verification: await all(verifications),
    Sweep: await all(sweeps),
    Experiment: await all(experiments),
    ExperimentRow: await all(experimentRows),
    Job: await all(jobs),
  };
  const known = new Set(Object.values(documents).flatMap((kind) => kind.map(({ _id }) => _id)));
  const wanted = lineageRules.flatMap(({ from, targets }) => documents[from].flatMap((document) => targets(document)));
  const digests = documents.Recording.map(({ blob }) => blob.digest);
  const lost = await Promise.all(
    digests.map(async (digest) => ((await readBlob(store.blobs, digest)) === null ? [digest] : [])),
  );
  return [...wanted.filter((id) => !known.has(id)), ...lost.flat()];
}
