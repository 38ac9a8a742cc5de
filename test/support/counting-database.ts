import type { StoreCollection, StoreDatabase, StoreDocument } from '../../src/store/seam.js';
import type { Store } from '../../src/store/store.js';

/** The calls that a store was given, as `collection.method`. */
export interface StoreCalls {
  readonly store: Store;
  /** The calls since the last time that this was asked. */
  take(): readonly string[];
}

/** Counts every call of a store's collections. */
export function counting(store: Store): StoreCalls {
  let calls: string[] = [];
  const counted = <T extends StoreDocument>(name: string): StoreCollection<T> => {
    const collection = store.database.collection<T>(name);
    return new Proxy(collection, {
      get: (target, method, receiver) => {
        const member: unknown = Reflect.get(target, method, receiver);
        if (typeof member !== 'function' || typeof method !== 'string') return member;
        return (...given: unknown[]): unknown => {
          calls.push(`${name}.${method}`);
          return (member as (...given: unknown[]) => unknown).apply(target, given);
        };
      },
    });
  };
  const database: StoreDatabase = { collection: counted };
  return {
    store: { ...store, database },
    take: () => {
      const taken = calls;
      calls = [];
      return taken;
    },
  };
}
