import type { Lab } from '../../src/services/lab.js';

/** A write or a look of one collection that fails, once, as when the connection is lost. */
export interface Fault {
  readonly collection: keyof Lab['collections'];
  readonly method: string;
  /** Which call of it fails, from 1. */
  readonly call: number;
}

/** What the driver throws when its connection breaks. */
export class LostConnectionError extends Error {
  override readonly name = 'MongoNetworkError';
}

/** The same lab, with a store in which one call is lost. `struck` tells whether it was. */
export function withFault<L extends Lab>(lab: L, fault: Fault): L & { struck(): boolean } {
  let calls = 0;
  const collection = new Proxy(lab.collections[fault.collection], {
    get: (target, property) => {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        if (property === fault.method && (calls += 1) === fault.call) {
          return Promise.reject(new LostConnectionError('the connection was lost'));
        }
        return Reflect.apply(value, target, args);
      };
    },
  });
  return {
    ...lab,
    collections: { ...lab.collections, [fault.collection]: collection },
    struck: () => calls >= fault.call,
  };
}
