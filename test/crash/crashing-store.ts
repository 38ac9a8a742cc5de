import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BlobStore } from '../../src/store/blob-store.js';
import { blobFolderName } from '../../src/store/embedded/embedded-store.js';
import type { StoreCollection, StoreDocument } from '../../src/store/seam.js';
import type { Store } from '../../src/store/store.js';
import type { CrashPlan } from './transitions.js';
import { transitionOf } from './transitions.js';

/** A store whose process dies in the middle of a write, once it is told in which. */
export interface CrashingStore {
  readonly store: Store;
  readonly arm: (plan: CrashPlan) => void;
}

/** @param dataDir of the embedded store, to see its files come into being */
export function crashing(store: Store, dataDir: string): CrashingStore {
  let plan: CrashPlan | undefined;
  const around = async (
    of: string,
    method: string,
    args: readonly unknown[],
    write: () => unknown,
  ): Promise<unknown> => {
    if (plan === undefined || transitionOf(of, method, args) !== plan.transition) return write();
    plan = { ...plan, nth: plan.nth - 1 };
    if (plan.nth !== 0) return write();
    if (plan.moment === 'before') die();
    const written = write();
    if (plan.moment === 'handed over') {
      if (of === 'blobs' && store.kind === 'embedded') dieWhileItIsWritten(dataDir, plan.delayUs);
      else dieAfter(plan.delayUs);
    }
    await Promise.allSettled([written]);
    die();
  };
  const watched = <O extends object>(of: string, target: O): O =>
    new Proxy(target, {
      get: (object, property) => {
        const member: unknown = Reflect.get(object, property);
        if (typeof member !== 'function' || typeof property !== 'string') return member;
        const call = (args: readonly unknown[]): unknown => Reflect.apply(member, object, args) as unknown;
        // Not `find`, whose answer is no promise.
        const mayWrite = ['insertOne', 'insertMany', 'updateOne', 'findOneAndUpdate', 'put'].includes(property);
        return (...args: unknown[]): unknown => (mayWrite ? around(of, property, args, () => call(args)) : call(args));
      },
    });
  return {
    store: {
      ...store,
      database: {
        collection: <T extends StoreDocument>(name: string): StoreCollection<T> =>
          watched(name, store.database.collection<T>(name)),
      },
      blobs: watched<BlobStore>('blobs', store.blobs),
    },
    arm: (next) => (plan = next),
  };
}

/** As by kill -9: no thread of this process comes to another line. */
function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** Dies when the store has had this long; nothing of its answer is seen meanwhile. */
function dieAfter(delayUs: number): void {
  setImmediate(() => {
    const end = performance.now() + delayUs / 1000;
    while (performance.now() < end);
    die();
  });
}

/** Dies when a file of a blob has come to be that has no name yet: at one of the first turns at which that is seen. */
function dieWhileItIsWritten(dataDir: string, delayUs: number): void {
  const folder = join(dataDir, blobFolderName);
  mkdirSync(folder, { recursive: true });
  const unnamed = (): number => {
    const names = readdirSync(folder, { recursive: true });
    return names.filter((name) => String(name).endsWith('.tmp')).length;
  };
  const leftBefore = unnamed();
  let turns = 1 + (delayUs % 4);
  const look = (): void => {
    if (unnamed() > leftBefore && (turns -= 1) === 0) die();
    setImmediate(look);
  };
  look();
}
