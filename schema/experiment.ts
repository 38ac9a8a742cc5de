import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { ExperimentDocument, ExperimentRowDocument } from '../src/domain/documents.js';
import { defaultModel } from '../src/domain/model-definition.js';
import { designKinds } from '../src/design/design.js';
import { spaceRequestOf } from '../src/design/parameter-space.js';
import { designOf } from '../src/services/experiment.js';
import type { PointResult } from '../src/services/experiment-point.js';
import { resultOrders } from '../src/services/experiment-results.js';
import { connectionType } from './connection.js';
import { graphqlEnum } from './enum.js';
import { Estimate, OutcomeCount, toEstimate } from './estimate.js';
import { Job } from './job.js';
import { Node } from './node.js';
import { ListFilterInput } from './paging.js';
import { Protocol, ProtocolInput } from './protocol.js';
import { DateTime, JsonScalar, ParameterValuesScalar } from './scalars.js';
import { InputRange } from './sweep.js';

export const DesignEnum = graphqlEnum('Design', designKinds, 'Which points of a parameter space, and in which order.', {
  SOBOL: 'A Sobol sequence, scrambled by a seed: fills the space evenly, and grows.',
  GRID: 'Every combination of the points of the ranges, the first range slowest. Does not grow.',
  LIST: 'Points that are given one by one. Grows at its end.',
});

export const ResultOrderEnum = graphqlEnum('ResultOrder', resultOrders, 'By point, then by replicate.');

@InputType({ description: 'Where points may lie. An input that is neither moved nor fixed takes its default.' })
export class SpaceInput {
  @Field(() => [InputRange], { description: 'The ranges; `points` of each for a GRID. None (`[]`) for a LIST.' })
  inputs: InputRange[];

  @Field(() => ParameterValuesScalar, { nullable: true })
  fixed?: Readonly<Record<string, number>>;
}

@InputType()
export class CreateExperimentInput {
  @Field({ description: 'The same request under it again gives the same experiment; another one is a CONFLICT.' })
  name: string;

  @Field(() => String, { nullable: true, defaultValue: defaultModel })
  model?: string;

  @Field()
  space: SpaceInput;

  @Field(() => DesignEnum)
  design: keyof typeof DesignEnum;

  @Field(() => Int, { nullable: true, description: 'Points, of a SOBOL design.' })
  size?: number;

  @Field(() => [ParameterValuesScalar], { nullable: true, description: 'Of a LIST design.' })
  points?: readonly Readonly<Record<string, number>>[];

  @Field(() => Int, { nullable: true, description: 'Of the scrambling of a SOBOL design: 31 bits; 1 when left out.' })
  seed?: number;

  @Field(() => ProtocolInput, { nullable: true, description: 'What one replicate is. Without a noise seed.' })
  protocol?: ProtocolInput;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 1,
    description: 'Runs of each point, each with a noise seed of its own.',
  })
  replicates?: number;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'Whether the nth replicates of all points share their noise seed, so that points differ by less than their noise.',
  })
  commonRandomNumbers?: boolean;

  @Field(() => [String], { nullable: true })
  tags?: readonly string[];
}

@InputType({ description: 'How an experiment grows: its points stay the first ones, its replicates too.' })
export class ExtendExperimentInput {
  @Field(() => ID)
  id: string;

  @Field(() => Int, { nullable: true, description: 'Points in all. A GRID does not grow.' })
  targetSize?: number;

  @Field(() => Int, { nullable: true, description: 'Replicates of each point in all.' })
  targetReplicates?: number;

  @Field(() => [ParameterValuesScalar], {
    nullable: true,
    description: 'Of a LIST: all points, those that there are first.',
  })
  points?: readonly Readonly<Record<string, number>>[];
}

@InputType({ description: 'Rows of a table whose column of numbers lies within, both ends included.' })
export class RangeFilter {
  @Field()
  column: string;

  @Field(() => Float, { nullable: true })
  min?: number;

  @Field(() => Float, { nullable: true })
  max?: number;
}

@InputType()
export class ResultFilterInput {
  @Field(() => String, { nullable: true, description: "COMPLETED, or a code of the model's own." })
  outcome?: string;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True: only what has no run, for that failed. False: only what has one.',
  })
  failed?: boolean;

  @Field(() => Int, { nullable: true, description: 'This point or a later one; points count from 0.' })
  fromPoint?: number;

  @Field(() => Int, { nullable: true, description: 'This point or an earlier one.' })
  toPoint?: number;
}

@ObjectType({ description: 'Why a row has no run.' })
export class RowError {
  @Field({ description: 'From the same table as the codes of errors.' })
  code: string;

  @Field({ description: 'What was being done: simulate.' })
  step: string;

  @Field()
  message: string;
}

@ObjectType({ implements: Node, description: 'A replicate of a point of an experiment, and what became of it.' })
export class ExperimentRow extends Node {
  @Field(() => Int, { description: 'Counts from 0.' })
  point: number;

  @Field(() => Int, { description: 'Counts from 0.' })
  replicate: number;

  @Field(() => String, { nullable: true })
  outcome: string | null;

  @Field(() => RowError, { nullable: true })
  error: RowError | null;

  @Field(() => DateTime)
  createdAt: string;

  /** Not fields: resolvers make `simulationRun` and `parameterSet` of them. */
  runId: string | null;
  parameterSetId: string;
}

@ObjectType({ description: 'A point of an experiment: its values, and its figures over replicates.' })
export class ExperimentPoint {
  @Field(() => Int, { description: 'Counts from 0.' })
  index: number;

  @Field(() => ParameterValuesScalar)
  values: Readonly<Record<string, number>>;

  @Field(() => ID, { description: 'Its parameter set, which is stored once a row of it is.' })
  parameterSetId: string;

  @Field(() => [Estimate], {
    description:
      'The mean over replicates with its standard error over their distinct seeds; of a single replicate the error by the batches of its run. None where a run aborted, or there is none.',
  })
  outputs: readonly Estimate[];

  @Field(() => [OutcomeCount], { description: 'Of its runs, without those that were invalidated.' })
  outcomes: readonly OutcomeCount[];

  @Field(() => Int, {
    description: 'Rows of it that are invalid, for their run was invalidated. They count in no figure.',
  })
  invalid: number;

  /** Not a field: the resolver gives some of them. */
  rows: readonly ExperimentRow[];
}

@ObjectType({ implements: Node, description: 'A named, stored design over a parameter space, run in the background.' })
export class Experiment extends Node {
  @Field()
  name: string;

  @Field()
  model: string;

  @Field({ description: 'Of the code that computes it; under another it pauses and says so.' })
  numericsDigest: string;

  @Field(() => DesignEnum)
  design: keyof typeof DesignEnum;

  @Field(() => Int, { nullable: true, description: 'Of the scrambling of a SOBOL design.' })
  seed: number | null;

  @Field(() => JsonScalar, { description: 'The ranges, and what is fixed, as `SpaceInput`.' })
  space: unknown;

  @Field()
  protocol: Protocol;

  @Field(() => Int, { description: 'Points.' })
  size: number;

  @Field(() => Int)
  replicates: number;

  @Field()
  commonRandomNumbers: boolean;

  @Field({ description: 'SHA-256 of the request that made it.' })
  digest: string;

  @Field(() => DateTime)
  createdAt: string;

  @Field()
  createdBy: string;

  /** Not a field: resolvers need it. */
  document: ExperimentDocument;
}

export const ExperimentConnection = connectionType('Experiment', () => Experiment);
export const ExperimentPointConnection = connectionType('ExperimentPoint', () => ExperimentPoint);
export const ExperimentRowConnection = connectionType('ExperimentRow', () => ExperimentRow);

@InputType()
export class ExperimentFilterInput extends ListFilterInput {
  @Field(() => String, { nullable: true })
  model?: string;
}

@ObjectType()
export class CreateExperimentPayload {
  @Field()
  experiment: Experiment;

  @Field(() => Job, { nullable: true, description: 'The work that sees to it.' })
  job: Job | null;

  @Field({ description: 'False when this very request had made it before.' })
  created: boolean;
}

@ObjectType()
export class ExtendExperimentPayload {
  @Field()
  experiment: Experiment;

  @Field(() => Job, { nullable: true, description: 'The work that sees to it.' })
  job: Job | null;
}

/** An experiment as its GraphQL type. */
export function toExperiment(document: ExperimentDocument): Experiment {
  const { _id: id, name, model, numericsDigest, protocol, size, replicates, commonRandomNumbers } = document;
  const { space, design } = designOf(document);
  const { digest, createdAt, createdBy } = document;
  return Object.assign(new Experiment(), {
    ...{ id, name, model, numericsDigest, protocol, size, replicates, commonRandomNumbers },
    ...{ space: spaceRequestOf(space), design: design.kind, digest, createdAt, createdBy, document },
    seed: design.kind === 'SOBOL' ? design.seed : null,
  });
}

/** A row as its GraphQL type. */
export function toExperimentRow({ _id: id, ...row }: ExperimentRowDocument): ExperimentRow {
  const { point, replicate, outcome, error, createdAt, runId, parameterSetId } = row;
  return Object.assign(new ExperimentRow(), { id, point, replicate, outcome, error, createdAt, runId, parameterSetId });
}

/** A point as its GraphQL type. */
export function toExperimentPoint(result: PointResult): ExperimentPoint {
  const { point: index, values, parameterSetId, estimates, outcomes, invalid, rows } = result;
  return Object.assign(new ExperimentPoint(), {
    ...{ index, values, parameterSetId, outcomes, invalid },
    outputs: estimates.map(toEstimate),
    rows: rows.map(toExperimentRow),
  });
}
