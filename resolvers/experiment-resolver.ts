import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Connection } from '../schema/connection.js';
import { connectionOf } from '../schema/connection.js';
import { OutcomeCount } from '../schema/estimate.js';
import {
  CreateExperimentInput,
  CreateExperimentPayload,
  Experiment,
  ExperimentConnection,
  ExperimentFilterInput,
  ExperimentPoint,
  ExperimentPointConnection,
  ExperimentRow,
  ExperimentRowConnection,
  ExtendExperimentInput,
  ExtendExperimentPayload,
  RangeFilter,
  ResultFilterInput,
  ResultOrderEnum,
  toExperiment,
  toExperimentPoint,
  toExperimentRow,
} from '../schema/experiment.js';
import { Estimate } from '../schema/estimate.js';
import { Job, JobStatusEnum, Progress, toJob } from '../schema/job.js';
import { ListOrderEnum, PageArgs } from '../schema/paging.js';
import { ParameterSet, toParameterSet } from '../schema/parameter-set.js';
import { SimulationRun, SimulationRunConnection, toSimulationRun } from '../schema/simulation-run.js';
import { Table, toTable } from '../schema/table.js';
import { badUserInput } from '../src/domain/errors.js';
import { defaultModel } from '../src/domain/model-definition.js';
import type { ExperimentRequest } from '../src/services/experiment.js';
import type { ExperimentCounts } from '../src/services/chunk-ledger.js';
import { experimentProgress, statusWithoutJob } from '../src/services/experiment-progress.js';
import { maxTablePoints } from '../src/services/experiment-results.js';
import type { ResultOrder } from '../src/services/experiment-results.js';
import type { ListOrder } from '../src/services/pages.js';
import { checkedPageSize, defaultPageSize } from '../src/services/pages.js';
import type { RequestContext } from './context.js';
import { outputNamed } from './output-named.js';

@Resolver(() => Experiment)
export class ExperimentResolver {
  @Query(() => Experiment, { nullable: true, description: 'An experiment, by its id or by its name.' })
  async experiment(
    @Arg('id', () => ID, { nullable: true }) id: string | null,
    @Arg('name', () => String, { nullable: true }) name: string | null,
    @Ctx() { services }: RequestContext,
  ): Promise<Experiment> {
    if (id != null && name == null) return toExperiment(await services.experiments.get(id));
    if (name != null && id == null) return toExperiment(await services.experiments.named(name));
    throw badUserInput('Give the id or the name of an experiment, one of the two.');
  }

  @Query(() => ExperimentConnection, { nullable: true })
  experiments(
    @Args() page: PageArgs,
    @Arg('filter', () => ExperimentFilterInput, { nullable: true }) filter: ExperimentFilterInput | undefined,
    @Arg('orderBy', () => ListOrderEnum, { nullable: true, defaultValue: 'CREATED_AT_DESC' }) orderBy: ListOrder,
    @Ctx() { services }: RequestContext,
  ): Promise<Connection<Experiment>> {
    return connectionOf(services.lists.experiments(filter ?? {}, orderBy), page, toExperiment);
  }

  @Mutation(() => CreateExperimentPayload, {
    description:
      'Stores an experiment and begins it, unless it is there. It goes on in the background, also over restarts.',
  })
  async createExperiment(
    @Arg('input', () => CreateExperimentInput) input: CreateExperimentInput,
    @Ctx() { services }: RequestContext,
  ): Promise<CreateExperimentPayload> {
    const { experiment, job, created } = await services.experiments.create(experimentRequest(input));
    return { experiment: toExperiment(experiment), job: job && toJob(job), created };
  }

  @Mutation(() => ExtendExperimentPayload, {
    description: 'Lets an experiment grow. Where it is as large already nothing changes.',
  })
  async extendExperiment(
    @Arg('input', () => ExtendExperimentInput) input: ExtendExperimentInput,
    @Ctx() { services }: RequestContext,
  ): Promise<ExtendExperimentPayload> {
    const { experiment, job } = await services.experiments.extend(input);
    return { experiment: toExperiment(experiment), job: job && toJob(job) };
  }

  @FieldResolver(() => Job, { nullable: true, description: 'The latest work on it.' })
  async job(@Root() { id }: Experiment, @Ctx() { loaders }: RequestContext): Promise<Job | null> {
    const job = await loaders.jobOfExperiment.load(id);
    return job && toJob(job);
  }

  @FieldResolver(() => JobStatusEnum, {
    description: 'That of its latest job; of one that was loaded without jobs, by its chunks.',
  })
  async status(@Root() { id }: Experiment, @Ctx() { loaders }: RequestContext): Promise<keyof typeof JobStatusEnum> {
    const job = await loaders.jobOfExperiment.load(id);
    return job?.status ?? statusWithoutJob(await countsOf(id, loaders));
  }

  @FieldResolver(() => Progress, { description: 'In runs; of work that is at an end, by the counts of its chunks.' })
  async progress(@Root() experiment: Experiment, @Ctx() { loaders }: RequestContext): Promise<Progress> {
    const job = await loaders.jobOfExperiment.load(experiment.id);
    return experimentProgress(experiment.document, job, await countsOf(experiment.id, loaders));
  }

  @FieldResolver(() => [OutcomeCount], {
    description: 'Of its runs, by the counts of its chunks: those under way are counted when they end.',
  })
  async outcomes(@Root() { id }: Experiment, @Ctx() { loaders }: RequestContext): Promise<readonly OutcomeCount[]> {
    return (await countsOf(id, loaders)).outcomes;
  }

  @FieldResolver(() => ExperimentRowConnection, { description: 'Its rows: a replicate of a point each.' })
  rows(
    @Root() { document }: Experiment,
    @Args() page: PageArgs,
    @Arg('filter', () => ResultFilterInput, { nullable: true }) filter: ResultFilterInput | undefined,
    @Arg('orderBy', () => ResultOrderEnum, { nullable: true, defaultValue: 'POINT_ASC' }) orderBy: ResultOrder,
    @Ctx() { services }: RequestContext,
  ): Promise<Connection<ExperimentRow>> {
    return connectionOf(services.experimentResults.rows(document, filter ?? {}, orderBy), page, toExperimentRow);
  }

  @FieldResolver(() => SimulationRunConnection, { description: 'The runs of its rows.' })
  simulationRuns(
    @Root() { document }: Experiment,
    @Args() page: PageArgs,
    @Arg('filter', () => ResultFilterInput, { nullable: true }) filter: ResultFilterInput | undefined,
    @Arg('orderBy', () => ResultOrderEnum, { nullable: true, defaultValue: 'POINT_ASC' }) orderBy: ResultOrder,
    @Ctx() { services }: RequestContext,
  ): Promise<Connection<SimulationRun>> {
    const list = services.experimentResults.runs(document, filter ?? {}, orderBy);
    return connectionOf(list, page, (run) => toSimulationRun(services.simulate.viewOf(run)));
  }

  @FieldResolver(() => ExperimentPointConnection, {
    description: 'Its points, with their figures over replicates; those without a row yet among them.',
  })
  points(
    @Root() { document }: Experiment,
    @Args() page: PageArgs,
    @Arg('filter', () => ResultFilterInput, { nullable: true }) filter: ResultFilterInput | undefined,
    @Arg('orderBy', () => ResultOrderEnum, { nullable: true, defaultValue: 'POINT_ASC' }) orderBy: ResultOrder,
    @Ctx() { services }: RequestContext,
  ): Promise<Connection<ExperimentPoint>> {
    return connectionOf(services.experimentResults.points(document, filter ?? {}, orderBy), page, toExperimentPoint);
  }

  @FieldResolver(() => Table, {
    nullable: true,
    description:
      'Points as rows. Columns: `point`; the inputs that vary; of each output `<output>`, `<output>.standardError` and `<output>.standardDeviation` over replicates; `n`, the runs behind them; `invalid`, runs that were invalidated and do not count; `outcome`; `status`: READY, PENDING, the status of a job that ended before it, or the code of an error; `error`: its message; `parameterSet`: an id.',
  })
  async table(
    @Root() { document }: Experiment,
    @Arg('where', () => [RangeFilter], { nullable: true }) where: readonly RangeFilter[] | null,
    @Arg('from', () => Int, { nullable: true, defaultValue: 0, description: 'The first point.' }) from: number | null,
    @Arg('points', () => Int, { nullable: true, description: `At most so many points; ${maxTablePoints} at most.` })
    points: number | null,
    @Ctx() { services }: RequestContext,
  ): Promise<Table> {
    const table = await services.experimentResults.table(document, from ?? 0, points ?? maxTablePoints, where ?? []);
    return toTable(table, null);
  }
}

@Resolver(() => ExperimentRow)
export class ExperimentRowResolver {
  @FieldResolver(() => SimulationRun, { nullable: true, description: 'Null where it failed.' })
  async simulationRun(
    @Root() { runId }: ExperimentRow,
    @Ctx() { loaders }: RequestContext,
  ): Promise<SimulationRun | null> {
    return runId === null ? null : toSimulationRun(await loaders.run.load(runId));
  }

  @FieldResolver(() => ParameterSet)
  async parameterSet(@Root() row: ExperimentRow, @Ctx() { loaders }: RequestContext): Promise<ParameterSet> {
    return toParameterSet(await loaders.parameterSet.load(row.parameterSetId));
  }
}

@Resolver(() => ExperimentPoint)
export class ExperimentPointResolver {
  @FieldResolver(() => [ExperimentRow], { description: 'Its rows that are stored, by replicate.' })
  rows(
    @Root() { rows }: ExperimentPoint,
    @Arg('first', () => Int, {
      nullable: true,
      defaultValue: defaultPageSize,
      description: 'At most so many; 100 at most.',
    })
    first: number | null,
  ): readonly ExperimentRow[] {
    return rows.slice(0, checkedPageSize(first ?? defaultPageSize));
  }

  @FieldResolver(() => Estimate, { nullable: true })
  output(@Root() { outputs }: ExperimentPoint, @Arg('name', () => String) name: string): Estimate | null {
    return outputNamed(outputs, name);
  }
}

/** An experiment as the services take it. */
export const experimentRequest = ({ model, ...input }: CreateExperimentInput): ExperimentRequest => ({
  ...input,
  model: model ?? defaultModel,
});

/** What an experiment came to, read behind its job: one that is told as ended has all of it. */
async function countsOf(
  id: string,
  { jobOfExperiment, countsOfExperiment }: RequestContext['loaders'],
): Promise<ExperimentCounts> {
  await jobOfExperiment.load(id);
  return countsOfExperiment.load(id);
}
