import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { JobDocument } from '../src/domain/documents.js';
import { jobStatuses } from '../src/domain/job.js';
import { speedOf } from '../src/services/job-speed.js';
import { connectionType } from './connection.js';
import { graphqlEnum } from './enum.js';
import { Node } from './node.js';
import { ListFilterInput } from './paging.js';
import { DateTime, JsonScalar } from './scalars.js';

export const JobStatusEnum = graphqlEnum(
  'JobStatus',
  jobStatuses,
  'Where a job stands. It ends after its result is stored, never before.',
);

@ObjectType({ description: 'How far work is, in runs.' })
export class Progress {
  @Field(() => Int, { description: 'As far as it is known: tolerances may ask for more.' })
  total: number;

  @Field(() => Int)
  done: number;

  @Field(() => Int, { description: 'Those that do not come, for one of their point failed; the others go on.' })
  failed: number;

  @Field(() => Int)
  running: number;

  @Field(() => Float, { nullable: true, description: 'Since the job was made; null before the first run is done.' })
  runsPerSecond: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'At that speed; null when it cannot be told, or when it did not come to its end.',
  })
  secondsLeft: number | null;

  @Field(() => DateTime, { description: 'When these figures were taken.' })
  at: string;
}

@ObjectType({ description: 'Why a job failed, or is paused.' })
export class JobError {
  @Field({ description: 'From the same table as the codes of errors.' })
  code: string;

  @Field()
  message: string;

  @Field(() => JsonScalar, { description: 'For programs, such as `cost` and `fits`; as in the extensions of errors.' })
  details: unknown;
}

@ObjectType({ implements: Node, description: 'Durable work: stored before it begins, found again after a crash.' })
export class Job extends Node {
  @Field({
    description:
      '`response`, which answers a question, `simulation`, which makes one run, `sweep`, `experiment`, or `verification`, which runs a stored run again.',
  })
  kind: string;

  @Field(() => JobStatusEnum)
  status: keyof typeof JobStatusEnum;

  @Field()
  progress: Progress;

  @Field(() => ID, { nullable: true, description: 'What it made.' })
  result: string | null;

  @Field(() => JobError, { nullable: true })
  error: JobError | null;

  @Field(() => Int, { description: 'How often it was taken up.' })
  attempt: number;

  @Field(() => DateTime)
  createdAt: string;

  @Field(() => DateTime, { nullable: true })
  finishedAt: string | null;
}

export const JobConnection = connectionType('Job', () => Job);

@InputType()
export class JobFilterInput extends ListFilterInput {
  @Field(() => String, {
    nullable: true,
    description: '`response`, `simulation`, `sweep`, `experiment` or `verification`.',
  })
  kind?: string;

  @Field(() => JobStatusEnum, { nullable: true })
  status?: keyof typeof JobStatusEnum;
}

@ObjectType()
export class JobPayload {
  @Field()
  job: Job;
}

/** A stored job as its GraphQL type. */
export function toJob(job: JobDocument): Job {
  const { _id, kind, status, progress, result, error, attempt, createdAt, finishedAt } = job;
  return Object.assign(new Job(), {
    id: _id,
    kind,
    status,
    progress: { ...progress, ...speedOf(job) },
    result,
    error,
    attempt,
    createdAt,
    finishedAt,
  });
}
