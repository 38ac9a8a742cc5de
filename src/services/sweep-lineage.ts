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
      for (const document of sweeps) {
        for (const ofSet of bySet) found.push(...(await this.among(ofSet, document)));
      }
    }
    return found;
  }

  /** Those of the runs of one parameter set that a sweep rests on. */
  private async among(runs: readonly RunDocument[], document: SweepDocument): Promise<readonly SweepRun[]> {
    const sweep = this.read(document);
    const [first] = runs;
    const point = first && sweep?.pointAt(valuesOf(first));
    if (!sweep || point === undefined) return [];
    const { pool } = await this.pools.poolOf(sweep.questionAt(point));
    const ids = new Set(pool.map(({ _id }) => _id));
    return runs.filter(({ _id }) => ids.has(_id)).map((run) => ({ sweep: document, run }));
  }

  /** Undefined for a sweep of a model that this version does not have. */
  private read({ model, preimage }: SweepDocument): Sweep | undefined {
    if (!this.lab.models.some(({ name }) => name === model)) return undefined;
    return sweepOf(this.lab, JSON.parse(preimage) as JsonObject);
  }
}

const valuesOf = ({ preimage }: RunDocument): ParameterValues =>
  (JSON.parse(preimage) as { readonly values: ParameterValues }).values; // written by runIdentity
