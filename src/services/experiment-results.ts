import { setImmediate } from 'node:timers/promises';
import { decodeCursor, encodeCursor } from '../domain/cursor.js';
import type { ExperimentDocument, ExperimentRowDocument, RunDocument } from '../domain/documents.js';
import { badUserInput, notFound } from '../domain/errors.js';
import { groupedBy } from '../domain/grouped-by.js';
import { requireId } from '../domain/ids.js';
import { completed } from '../domain/model-definition.js';
import { quoted } from '../domain/nearest.js';
import type { Table } from '../domain/table.js';
import type { StoreFilter } from '../store/seam.js';
import { experimentOf } from './experiment.js';
import type { PointResult } from './experiment-point.js';
import { pointResult } from './experiment-point.js';
import type { ExperimentService } from './experiment-service.js';
import type { ColumnRange } from './experiment-table.js';
import { experimentTable, varyingInputs } from './experiment-table.js';
import type { Lab } from './lab.js';
import { requireModel } from './lab.js';
import type { List } from './lists.js';
import { pageOf, sizeOf } from './pages.js';

/** Which rows or points of an experiment. */
export interface ResultFilter {
  /** COMPLETED, or a code of the model's own. */
  readonly outcome?: string | null;
  /** Only rows without a run, or points that have such. */
  readonly failed?: boolean | null;
  readonly fromPoint?: number | null;
  readonly toPoint?: number | null;
}

/** The order of rows and points: by point, then by replicate. */
export const resultOrders = ['POINT_ASC', 'POINT_DESC'] as const;

/** A name of {@link resultOrders}. */
export type ResultOrder = (typeof resultOrders)[number];

/** The most points that one table holds. */
export const maxTablePoints = 10_000;

/** The most rows that one table, or one page of points, is made of. */
export const maxRowsRead = 100_000;

/** How many rows, or points, are read by one call of the store. */
const ROWS_A_CALL = 2000;

type Row = ExperimentRowDocument;

/** What experiments came to: their rows, and their points with the figures over replicates. */
export class ExperimentResults {
  constructor(
    private readonly lab: Lab,
    private readonly experiments: ExperimentService,
  ) {}

  /**
   * The rows of an experiment that are stored, of which those that failed have no run.
   * @throws CortigraphError BAD_USER_INPUT for a filter that can match nothing
   */
  rows(experiment: ExperimentDocument, filter: ResultFilter, order: ResultOrder): List<Row> {
    const { experimentRows } = this.lab.collections;
    const matching = this.filterOf(experiment, filter);
    return {
      page: async (request) => {
        const { size, backward } = sizeOf(request);
        const ascending = (order === 'POINT_ASC') !== backward;
        const bounds: StoreFilter<Row>[] = [];
        if (request.after != null) bounds.push(beyondRow(request.after, order === 'POINT_ASC'));
        if (request.before != null) bounds.push(beyondRow(request.before, order !== 'POINT_ASC'));
        const direction = ascending ? 1 : -1;
        const found = await experimentRows
          .find(
            { ...matching, ...(bounds.length > 0 ? { $and: bounds } : {}) },
            { sort: { point: direction, replicate: direction }, limit: size + 1 },
          )
          .toArray();
        return pageOf(found, request, itemOfRow);
      },
      total: () => this.totalOf(experiment, filter, matching),
    };
  }

  /**
   * The runs of an experiment, by point, then by replicate.
   * @throws CortigraphError BAD_USER_INPUT for a filter that can match nothing
   */
  runs(experiment: ExperimentDocument, filter: ResultFilter, order: ResultOrder): List<RunDocument> {
    if (filter.failed === true) throw badUserInput('A row that failed has no run: ask for its rows.');
    const rows = this.rows(experiment, filter.outcome == null ? { ...filter, failed: false } : filter, order);
    return {
      page: async (request) => {
        const page = await rows.page(request);
        const ids = page.items.flatMap(({ document: { runId } }) => runId ?? []);
        const runs = await this.lab.collections.runs.find({ _id: { $in: ids } }).toArray();
        const byId = new Map(runs.map((run) => [run._id, run]));
        const items = page.items.flatMap(({ cursor, document: { runId } }) => {
          const document = byId.get(runId ?? '');
          return document ? [{ cursor, document }] : [];
        });
        return { ...page, items };
      },
      total: () => rows.total(),
    };
  }

  /**
   * The points of an experiment, those that have no row yet among them unless a filter asks for rows.
   * @throws CortigraphError BAD_USER_INPUT for a filter that can match nothing
   */
  points(experiment: ExperimentDocument, filter: ResultFilter, order: ResultOrder): List<PointResult> {
    const asksForRows = filter.outcome != null || filter.failed != null;
    const matching = this.filterOf(experiment, filter);
    const first = Math.max(filter.fromPoint ?? 0, 0);
    const end = Math.min((filter.toPoint ?? Infinity) + 1, experiment.size);
    return {
      page: async (request) => {
        const { size, backward } = sizeOf(request);
        const ascending = (order === 'POINT_ASC') !== backward;
        const [above, below] =
          order === 'POINT_ASC' ? [request.after, request.before] : [request.before, request.after];
        const from = above == null ? first : Math.max(first, pointOf(above) + 1);
        const until = below == null ? end : Math.min(end, pointOf(below));
        const indexes = asksForRows
          ? await this.pointsWith(matching, from, until, ascending, size + 1)
          : Array.from({ length: Math.max(Math.min(size + 1, until - from), 0) }, (_, i) =>
              ascending ? from + i : until - 1 - i,
            );
        const page = pageOf(indexes, request, itemOfPoint);
        const results = await this.resultsOf(experiment, page.items.map(({ document }) => document)); // prettier-ignore
        return { ...page, items: page.items.map(({ cursor }, i) => ({ cursor, document: results[i] as PointResult })) }; // one of each
      },
      total: async () => {
        if (!asksForRows) return Math.max(end - first, 0);
        return (await this.pointsWith(matching, first, end, true, Infinity)).length;
      },
    };
  }

  /**
   * A range of points as a table, a row a point, with the columns that vary.
   * @throws CortigraphError BAD_USER_INPUT for a range or a column that is none
   */
  async table(
    experiment: ExperimentDocument,
    from: number,
    count: number,
    where: readonly ColumnRange[],
  ): Promise<Table> {
    if (!Number.isInteger(from) || from < 0) throw badUserInput(`from must be a point, counted from 0, not ${from}.`);
    if (!Number.isInteger(count) || count < 1 || count > maxTablePoints) {
      throw badUserInput(`points must be a whole number from 1 to ${maxTablePoints}, not ${count}.`, {
        allowed: { min: 1, max: maxTablePoints },
      });
    }
    const indexes = Array.from({ length: Math.max(Math.min(count, experiment.size - from), 0) }, (_, i) => from + i);
    const job = await this.experiments.jobOf(experiment._id);
    const model = requireModel(this.lab, experiment.model);
    const points = await this.resultsOf(experiment, indexes);
    return experimentTable(model, varyingInputs(model, experiment), points, job, where);
  }

  /** @throws CortigraphError NOT_FOUND, BAD_USER_INPUT */
  async row(id: string): Promise<Row> {
    requireId(id, 'ExperimentRow');
    const row = await this.lab.collections.experimentRows.findOne({ _id: id });
    if (!row) throw notFound(`row ${id} of an experiment`);
    return row;
  }

  /** What is stored of some points, in their order; a few hundred at a time, so that others have their turn. */
  private async resultsOf(document: ExperimentDocument, indexes: readonly number[]): Promise<readonly PointResult[]> {
    const experiment = experimentOf(this.lab, document);
    const results: PointResult[] = [];
    const { replicates } = document;
    if (indexes.length * replicates > maxRowsRead) {
      const max = Math.max(Math.floor(maxRowsRead / replicates), 1);
      throw badUserInput(`${indexes.length} points of ${replicates} replicates are too many at once: ask for ${max}.`, {
        allowed: { max },
      });
    }
    const pointsACall = Math.max(Math.floor(ROWS_A_CALL / replicates), 1);
    for (let first = 0; first < indexes.length; first += pointsACall) {
      const some = indexes.slice(first, first + pointsACall);
      const rows = await this.lab.collections.experimentRows
        .find({ experimentId: document._id, point: { $in: some } }, { sort: { point: 1, replicate: 1 } })
        .toArray();
      const invalid = await this.invalidOf(rows);
      const byPoint = groupedBy(rows, ({ point }) => point);
      for (const point of some) {
        results.push(pointResult(experiment, replicates, point, byPoint.get(point) ?? [], invalid));
      }
      if (indexes.length > pointsACall) await setImmediate();
    }
    return results;
  }

  /** The runs of rows that were invalidated since. */
  private async invalidOf(rows: readonly Row[]): Promise<ReadonlySet<string>> {
    const ids = [...new Set(rows.map(({ parameterSetId }) => parameterSetId))];
    if (ids.length === 0) return new Set();
    const found = await this.lab.collections.invalidations.find({ parameterSetId: { $in: ids } }).toArray();
    return new Set(found.map(({ target }) => target));
  }

  private filterOf({ _id, model }: ExperimentDocument, filter: ResultFilter): StoreFilter<Row> {
    const { outcome, failed, fromPoint, toPoint } = filter;
    if (outcome != null && failed === true)
      throw badUserInput('A row that failed has no outcome: give one of the two.');
    if (fromPoint != null && toPoint != null && fromPoint > toPoint)
      throw badUserInput(`fromPoint is ${fromPoint}, and toPoint is less: ${toPoint}.`, { field: 'toPoint' });
    const { outcomes } = requireModel(this.lab, model);
    const codes = [completed, ...outcomes.map(({ code }) => code)];
    if (outcome != null && !codes.includes(outcome)) {
      throw badUserInput(`${model} has no outcome ${quoted(outcome)}.`, { allowed: [...new Set(codes)] });
    }
    const point = {
      ...(fromPoint == null ? {} : { $gte: fromPoint }),
      ...(toPoint == null ? {} : { $lte: toPoint }),
    };
    return {
      experimentId: _id,
      ...(outcome == null ? {} : { outcome }),
      ...(failed == null || outcome != null ? {} : { outcome: failed ? null : { $ne: null } }),
      ...(Object.keys(point).length === 0 ? {} : { point }),
    };
  }

  /** From the counts of chunks where they tell it. */
  private async totalOf(
    { _id }: ExperimentDocument,
    filter: ResultFilter,
    matching: StoreFilter<Row>,
  ): Promise<number> {
    const { outcome, failed, fromPoint, toPoint } = filter;
    const [counts] = fromPoint == null && toPoint == null ? await this.experiments.counts([_id]) : [];
    // Of chunks under way the counts are not stored yet, and their rows are.
    if (!counts || counts.open > 0) return this.lab.collections.experimentRows.countDocuments(matching);
    if (outcome != null) return counts.outcomes.find((each) => each.outcome === outcome)?.count ?? 0;
    if (failed != null) return failed ? counts.failed : counts.done;
    return counts.done + counts.failed;
  }

  /** The points, of a range, that have matching rows. */
  private async pointsWith(
    matching: StoreFilter<Row>,
    from: number,
    until: number,
    ascending: boolean,
    most: number,
  ): Promise<readonly number[]> {
    const direction = ascending ? 1 : -1;
    const found = new Set<number>();
    let [low, high] = [from, until];
    while (found.size < most && low < high) {
      const rows = await this.lab.collections.experimentRows
        .find<Pick<Row, 'point'>>(
          { ...matching, point: { $gte: low, $lt: high } },
          { sort: { point: direction, replicate: direction }, limit: ROWS_A_CALL, projection: { point: 1 } },
        )
        .toArray();
      for (const { point } of rows) if (found.size < most) found.add(point);
      const last = rows.at(-1)?.point;
      if (last === undefined || rows.length < ROWS_A_CALL) break;
      if (ascending) low = last + 1;
      else high = last;
    }
    return [...found];
  }
}

const itemOfPoint = (point: number) => ({
  cursor: encodeCursor({ field: 'point', value: point, id: '' }),
  document: point,
});

const itemOfRow = (row: Row) => ({
  cursor: encodeCursor({ field: 'point', value: row.point, id: String(row.replicate) }),
  document: row,
});

function pointOf(cursor: string): number {
  const { value } = decodeCursor(cursor, 'point');
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw badUserInput(`${quoted(cursor)} is not a cursor of this list.`);
  }
  return value;
}

/** What lies beyond a cursor; the plain bound beside the `$or` lets an index serve it. */
function beyondRow(cursor: string, above: boolean): StoreFilter<Row> {
  const point = pointOf(cursor);
  const replicate = Number(decodeCursor(cursor, 'point').id);
  if (decodeCursor(cursor, 'point').id === '' || !Number.isInteger(replicate))
    throw badUserInput(`${quoted(cursor)} is not a cursor of this list.`);
  return above
    ? { point: { $gte: point }, $or: [{ point: { $gt: point } }, { point, replicate: { $gt: replicate } }] }
    : { point: { $lte: point }, $or: [{ point: { $lt: point } }, { point, replicate: { $lt: replicate } }] };
}
