import type { ExperimentDocument, JobDocument, ParameterSetDocument, RunDocument } from '../domain/documents.js';
import { badUserInput } from '../domain/errors.js';
import type { NodeKind } from '../domain/ids.js';
import { requireId } from '../domain/ids.js';
import type { JobStatus } from '../domain/job.js';
import { didYouMean, nearestName, quoted } from '../domain/nearest.js';
import type { StoreCollection, StoreFilter } from '../store/seam.js';
import { countsBy } from '../store/seam.js';
import type { AnnotationService } from './annotation-service.js';
import { experimentJob } from './experiment-service.js';
import type { Lab } from './lab.js';
import { requireModel } from './lab.js';
import { responseJob } from './respond-service.js';
import { simulationJob } from './simulate-service.js';
import { sweepJob } from './sweep-service.js';
import { verificationJob } from './verification-service.js';
import type { ListOrder, Page, PageRequest } from './pages.js';
import { readFirstPages, readPage } from './pages.js';
import { requireWellFormed } from './require-text.js';

/** What every list can be filtered by: bounds of the time of creation, both included, and a tag. */
interface CommonFilter {
  readonly tag?: string | null;
  readonly createdAfter?: Date | null;
  readonly createdBefore?: Date | null;
}

/** Which parameter sets. */
export interface ParameterSetFilter extends CommonFilter {
  readonly model?: string | null;
}

/** Which runs. */
export interface RunFilter extends CommonFilter {
  readonly model?: string | null;
  readonly parameterSet?: string | null;
  readonly outcome?: string | null;
  readonly numericsDigest?: string | null;
}

/** Which jobs. */
export interface JobFilter extends CommonFilter {
  readonly kind?: string | null;
  readonly status?: JobStatus | null;
}

/** Which experiments. */
export interface ExperimentFilter extends CommonFilter {
  readonly model?: string | null;
}

/** A list, of which a page and the total are read apart: whoever asks for one does not pay for the other. */
export interface List<T> {
  page(request: PageRequest): Promise<Page<T>>;
  total(): Promise<number>;
}

/** The lists of stored nouns. */
export class Lists {
  constructor(
    private readonly lab: Lab,
    private readonly annotations: Pick<AnnotationService, 'tagged'>,
  ) {}

  /** @throws CortigraphError BAD_USER_INPUT for a filter that can match nothing */
  parameterSets(filter: ParameterSetFilter, order: ListOrder): List<ParameterSetDocument> {
    if (filter.model != null) requireModel(this.lab, filter.model);
    return this.list('ParameterSet', this.lab.collections.parameterSets, order, filter, {
      ...given({ model: filter.model }),
      ...created(filter),
    });
  }

  /**
   * Runs that are stored; those on their way are seen through their jobs.
   * @throws CortigraphError BAD_USER_INPUT for a filter that can match nothing
   */
  runs(filter: RunFilter, order: ListOrder): List<RunDocument> {
    if (filter.parameterSet != null) requireId(filter.parameterSet, 'ParameterSet');
    if (filter.model != null) requireModel(this.lab, filter.model);
    if (filter.outcome != null) {
      const outcomes = this.lab.models.flatMap((model) => model.outcomes.map(({ code }) => code));
      requireOneOf('outcome', filter.outcome, [...new Set(outcomes)]);
    }
    const { model, outcome, numericsDigest, parameterSet: parameterSetId } = filter;
    return this.list('SimulationRun', this.lab.collections.runs, order, filter, {
      ...given({ model, outcome, numericsDigest, parameterSetId }),
      ...created(filter),
    });
  }

  /** The first page of runs of each of these parameter sets. */
  firstRunsOf(
    parameterSetIds: readonly string[],
    first: number | null | undefined,
  ): Promise<readonly Page<RunDocument>[]> {
    return readFirstPages('SimulationRun', this.lab.collections.runs, 'parameterSetId', parameterSetIds, first);
  }

  /** How many runs each of these parameter sets has. */
  async totalRunsOf(parameterSetIds: readonly string[]): Promise<readonly number[]> {
    const pipeline = countsBy<RunDocument>('parameterSetId', { parameterSetId: { $in: parameterSetIds } });
    const counts = await this.lab.collections.runs.aggregate(pipeline).toArray();
    return parameterSetIds.map((id) => counts.find(({ _id }) => _id === id)?.count ?? 0);
  }

  /** @throws CortigraphError BAD_USER_INPUT for a filter that can match nothing */
  experiments(filter: ExperimentFilter, order: ListOrder): List<ExperimentDocument> {
    if (filter.model != null) requireModel(this.lab, filter.model);
    return this.list('Experiment', this.lab.collections.experiments, order, filter, {
      ...given({ model: filter.model }),
      ...created(filter),
    });
  }

  /** @throws CortigraphError BAD_USER_INPUT for a filter that can match nothing */
  jobs(filter: JobFilter, order: ListOrder): List<JobDocument> {
    if (filter.kind != null)
      requireOneOf('kind of jobs', filter.kind, [responseJob, simulationJob, sweepJob, verificationJob, experimentJob]);
    const { kind, status } = filter;
    return this.list('Job', this.lab.collections.jobs, order, filter, {
      ...given({ kind, status }),
      ...created(filter),
    });
  }

  private list<T extends { readonly _id: string; readonly createdAt: string }>(
    kind: NodeKind,
    collection: StoreCollection<T>,
    order: ListOrder,
    { tag }: CommonFilter,
    filter: StoreFilter<T>,
  ): List<T> {
    // The generic filter is that of any document; T only adds fields.
    const tagged = async (): Promise<StoreFilter<T>> =>
      tag == null ? filter : { ...filter, _id: { $in: await this.annotations.tagged(kind, tag) } };
    return {
      page: async (request) => readPage(kind, collection, await tagged(), order, request),
      total: async () => collection.countDocuments(await tagged()),
    };
  }
}

function requireOneOf(what: string, name: string, allowed: readonly string[]): void {
  if (allowed.includes(name)) return;
  const nearest = nearestName(name, allowed);
  throw badUserInput(`There is no ${what} ${quoted(name)}.${didYouMean(nearest)}`, {
    allowed,
    ...(nearest === undefined ? {} : { nearest }),
  });
}

/** Leaves out what was not given. */
function given<F extends Record<string, string | null | undefined>>(fields: F): { [K in keyof F]?: NonNullable<F[K]> } {
  const entries = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] != null);
  for (const [name, value] of entries) {
    requireWellFormed(name, value);
  }
  return Object.fromEntries(entries) as { [K in keyof F]?: NonNullable<F[K]> };
}

/** The last moment that an ISO text with four digits of the year can name. */
const lastMoment = Date.parse('9999-12-31T23:59:59.999Z');

function created({ createdAfter, createdBefore }: CommonFilter): { createdAt?: { $gte?: string; $lte?: string } } {
  for (const at of [createdAfter, createdBefore]) {
    if (at && (at.getTime() < 0 || at.getTime() > lastMoment)) {
      throw badUserInput('createdAfter and createdBefore must lie in the years 1970 to 9999.');
    }
  }
  if (!createdAfter && !createdBefore) return {};
  if (createdAfter && createdBefore && createdAfter > createdBefore) {
    throw badUserInput('createdAfter lies behind createdBefore.');
  }
  return {
    createdAt: {
      ...(createdAfter ? { $gte: createdAfter.toISOString() } : {}),
      ...(createdBefore ? { $lte: createdBefore.toISOString() } : {}),
    },
  };
}
