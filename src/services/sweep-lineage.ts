import { setImmediate } from 'node:timers/promises';
import type { RunDocument, SweepDocument } from '../domain/documents.js';
import { groupedBy } from '../domain/grouped-by.js';
import type { ParameterValues } from '../domain/identity.js';
import type { JsonObject } from '../domain/json.js';
import type { Lab } from './lab.js';
import { ResponsePools } from './response-pools.js';
import type { Sweep } from './sweep.js';
import { sweepOf } from './sweep.js';
import { poolsOfPoints } from './sweep-reading.js';

/** A sweep, and a run that its table rests on. */
export interface SweepRun {
  readonly sweep: SweepDocument;
  readonly run: RunDocument;
}

/** Runs of one parameter set, and its values. */
interface RunsOfSet {
  readonly values: ParameterValues;
  readonly runs: readonly RunDocument[];
}

/**
 * Which runs sweeps rest on. No document says so: a sweep's table is read from the runs that are stored whenever it is
 * looked up, and so is this.
 */
export class SweepLineage {
  private readonly pools: ResponsePools;

  constructor(private readonly lab: Lab) {
    this.pools = new ResponsePools(lab);
  }

  /** The runs in the pools of the points of a sweep, in their order; a few more than `most` where there are more. */
  async runsOf(document: SweepDocument, most: number): Promise<readonly SweepRun[]> {
    const found: SweepRun[] = [];
    const sweep = this.read(document);
    if (!sweep) return found;
    for await (const points of poolsOfPoints(this.pools, sweep)) {
      found.push(...points.flatMap(({ held }) => held.pool.map((run) => ({ sweep: document, run }))));
      if (found.length > most) break;
    }
    return found;
  }

  /**
   * The sweeps in the pools of whose points these runs are.
   * @param most how many sweeps of one model are looked through
   * @param cut called when there are more
   */
  async sweepsOf(runs: readonly RunDocument[], most: number, cut: () => void): Promise<readonly SweepRun[]> {
    const found: SweepRun[] = [];
    for (const alike of groupedBy(runs, ({ model, numericsDigest }) => `${model} ${numericsDigest}`).values()) {
      const [{ model, numericsDigest } = {}] = alike;
      if (model === undefined || numericsDigest === undefined) continue;
      const sweeps = await this.lab.collections.sweeps.find({ model, numericsDigest }, { limit: most }).toArray();
      if (sweeps.length === most) cut();
      const bySet = [...groupedBy(alike, ({ parameterSetId }) => parameterSetId).values()];
      const sets = bySet.flatMap((ofSet) => (ofSet[0] ? [{ values: valuesOf(ofSet[0]), runs: ofSet }] : []));
      for (const document of sweeps) {
        found.push(...(await this.among(sets, document)));
        await setImmediate(); // each reads its points: others have their turn
      }
    }
    return found;
  }

  /** Those of the runs of parameter sets that a sweep rests on. */
  private async among(sets: readonly RunsOfSet[], document: SweepDocument): Promise<readonly SweepRun[]> {
    const sweep = this.read(document);
    if (!sweep) return [];
    const own = sets.flatMap(({ values, runs }) => {
      const point = sweep.pointAt(values);
      return point === undefined ? [] : [{ question: sweep.questionAt(point), runs }];
    });
    if (own.length === 0) return [];
    const pools = await this.pools.poolsOf(own.map(({ question }) => question));
    const ids = new Set(pools.flatMap(({ pool }) => pool.map(({ _id }) => _id)));
    return own.flatMap(({ runs }) => runs.filter(({ _id }) => ids.has(_id)).map((run) => ({ sweep: document, run })));
  }

  /** Undefined for a sweep of a model that this version does not have. */
  private read({ model, preimage }: SweepDocument): Sweep | undefined {
    if (!this.lab.models.some(({ name }) => name === model)) return undefined;
    return sweepOf(this.lab, JSON.parse(preimage) as JsonObject);
  }
}

const valuesOf = ({ preimage }: RunDocument): ParameterValues =>
  (JSON.parse(preimage) as { readonly values: ParameterValues }).values; // written by runIdentity
