import { after, before, describe } from 'node:test';
import type { Store } from '../../src/store/store.js';
import type { TestStore } from '../store/stores.js';
import { testStores } from '../store/stores.js';
import type { FrontDoor, FrontDoorOptions } from './front-door.js';
import { kept, openFrontDoor } from './front-door.js';

/**
 * Declares a suite once for each kind of store that this machine can test, over one server on a fresh store. The door
 * is open while tests run, not while they are declared.
 */
export function overEachStore(
  title: string,
  suite: (door: () => FrontDoor, storeName: TestStore['name']) => void,
  options: FrontDoorOptions = {},
): void {
  for (const { name, open } of testStores) {
    describe(`${title}, over the ${name} store`, () => {
      let door: FrontDoor | undefined;
      before(async () => {
        door = await openFrontDoor(await open(), options);
      });
      after(() => door?.close());
      suite(() => {
        if (door === undefined) throw new Error('The server is not open yet.');
        return door;
      }, name);
    });
  }
}

/** Declares a suite once for each kind of store, for tests that open and close servers themselves. */
export function forEachStore(
  title: string,
  suite: (open: TestStore['open'], storeName: TestStore['name']) => void,
): void {
  for (const { name, open } of testStores) {
    describe(`${title}, over the ${name} store`, () => suite(open, name));
  }
}

/** Calls a test with a way to open servers on a fresh store, and with that; closes them all, whatever comes of the test. */
export async function withServers(
  open: TestStore['open'],
  body: (openDoor: (options?: FrontDoorOptions) => Promise<FrontDoor>, store: Store) => Promise<void>,
): Promise<void> {
  const store = await open();
  const opened: FrontDoor[] = [];
  try {
    await body(async (options) => {
      const door = await openFrontDoor(kept(store), options);
      opened.push(door);
      return door;
    }, store);
  } finally {
    await Promise.all(opened.map((door) => door.close()));
    await store.close();
  }
}
