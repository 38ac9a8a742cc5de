import { after, before, describe } from 'node:test';
import { SimulationPool } from '../../src/compute/simulation-pool.js';
import type { ModelNumerics, SimulationReply } from '../../src/compute/simulation-task.js';
import type { Services } from '../../src/services/services.js';
import { createServices } from '../../src/services/services.js';
import type { Store } from '../../src/store/store.js';
import { testStores } from '../store/stores.js';
import type { TestLab } from './test-lab.js';
import { openTestLab } from './test-lab.js';

/** Workers whose simulator fails at x1 = 0.5 for so long as it is told to, and whose numerics may change. */
export class FailingPool extends SimulationPool {
  fails = true;
  /** Where given, only with this noise seed. */
  failsOnly: number | null | undefined;
  changed = false;

  override async numericsOf(model: string): Promise<ModelNumerics> {
    const numerics = await super.numericsOf(model);
    return this.changed ? { ...numerics, numericsDigest: 'f'.repeat(64) } : numerics;
  }

  override async simulate(...[task, options]: Parameters<SimulationPool['simulate']>): Promise<SimulationReply> {
    const isMeant = this.failsOnly === undefined || this.failsOnly === task.protocol.noiseSeed;
    if (!this.fails || !isMeant || task.values['x1'] !== 0.5) return super.simulate(task, options);
    await options.begin();
    throw new Error('the kernel broke');
  }
}

/** What a suite over failing workers works with, while its tests run. */
export interface FailingServices {
  readonly simulations: FailingPool;
  readonly lab: () => TestLab;
  readonly services: () => Services;
}

/** Declares a suite once for each kind of store, over services whose simulator fails. */
export function overFailingServices(title: string, suite: (failing: FailingServices) => void): void {
  for (const { name, open } of testStores) {
    describe(`${title} (${name})`, () => {
      const simulations = new FailingPool(2);
      let opened: { readonly store: Store; readonly lab: TestLab; readonly services: Services } | undefined;
      const used = (): NonNullable<typeof opened> => {
        if (opened === undefined) throw new Error('The lab is not open yet.');
        return opened;
      };
      before(async () => {
        const store = await open();
        const lab = await openTestLab(store, simulations);
        opened = { store, lab, services: createServices(lab, 'a') };
        await opened.services.start();
      });
      after(async () => {
        await opened?.services.close();
        await simulations.close();
        await opened?.store.close();
      });
      suite({ simulations, lab: () => used().lab, services: () => used().services });
    });
  }
}
