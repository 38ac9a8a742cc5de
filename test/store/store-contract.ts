import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Store } from '../../src/store/store.js';
import type { ContractCase, Sample } from './contract/case.js';
import { filterCases } from './contract/filter-cases.js';
import { indexCases } from './contract/index-cases.js';
import { insertCases } from './contract/insert-cases.js';
import { listCases } from './contract/list-cases.js';
import { updateCases } from './contract/update-cases.js';

const cases: readonly ContractCase[] = [...filterCases, ...listCases, ...insertCases, ...updateCases, ...indexCases];

/** Where a store is known to differ: the name of the case, and why. */
export type Deviations = Readonly<Record<string, string>>;

/**
 * What every store does, as tests. A listed deviation must deviate: when it no longer does, take it off the list.
 * @param openFresh gives a store that is empty, and that is closed when all is done
 */
export function storeContract(
  name: string,
  openFresh: () => Promise<Store>,
  deviations: () => Promise<Deviations> = async () => ({}),
): void {
  describe(`the contract of a store, kept by ${name}`, () => {
    let store: Store;
    let known: Deviations;
    before(async () => {
      store = await openFresh();
      known = await deviations();
    });
    after(() => store.close());

    cases.forEach((contractCase, index) => {
      test(contractCase.name, async (context) => {
        const reason = known[contractCase.name];
        const run = (): Promise<void> => contractCase.run(store.database.collection<Sample>(`samples_${index}`));
        if (reason === undefined) await run();
        else {
          context.diagnostic(`deviates: ${reason}`);
          await assert.rejects(run, `no longer deviates (${reason}): take it off the list`);
        }
      });
    });

    test('every listed deviation names a case', () => {
      const names = new Set(cases.map((contractCase) => contractCase.name));
      assert.deepEqual(
        Object.keys(known).filter((deviation) => !names.has(deviation)),
        [],
      );
    });
  });
}
