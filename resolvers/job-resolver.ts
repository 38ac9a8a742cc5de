import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { Connection } from '../schema/connection.js';
import { connectionOf } from '../schema/connection.js';
import { Job, JobConnection, JobFilterInput, JobPayload, toJob } from '../schema/job.js';
import { ListOrderEnum, PageArgs } from '../schema/paging.js';
import type { ListOrder } from '../src/services/pages.js';
import type { RequestContext } from './context.js';

@Resolver(() => Job)
export class JobResolver {
  @Query(() => Job, { nullable: true })
  async job(@Arg('id', () => ID) id: string, @Ctx() { services }: RequestContext): Promise<Job> {
    return toJob(await services.jobs.get(id));
  }

  @Query(() => JobConnection, { nullable: true })
  jobs(
    @Args() page: PageArgs,
    @Arg('filter', () => JobFilterInput, { nullable: true }) filter: JobFilterInput | undefined,
    @Arg('orderBy', () => ListOrderEnum, { nullable: true, defaultValue: 'CREATED_AT_DESC' }) orderBy: ListOrder,
    @Ctx() { services }: RequestContext,
  ): Promise<Connection<Job>> {
    return connectionOf(services.lists.jobs(filter ?? {}, orderBy), page, toJob);
  }

  @Mutation(() => JobPayload, {
    description:
      'Ends a job that is under way. Simulations stop when no other job wants them; what is stored stays. A job that is at an end stays as it is.',
  })
  async cancelJob(@Arg('id', () => ID) id: string, @Ctx() { services }: RequestContext): Promise<JobPayload> {
    return { job: toJob(await services.jobs.cancel(id)) };
  }

  @Mutation(() => JobPayload, {
    description:
      'Stops a job that is under way until it is resumed, also over restarts; what is stored stays. A job that is at an end stays as it is.',
  })
  async pauseJob(@Arg('id', () => ID) id: string, @Ctx() { services }: RequestContext): Promise<JobPayload> {
    return { job: toJob(await services.jobs.pause(id)) };
  }

  @Mutation(() => JobPayload, { description: 'Lets a paused job go on. Any other stays as it is.' })
  async resumeJob(@Arg('id', () => ID) id: string, @Ctx() { services }: RequestContext): Promise<JobPayload> {
    return { job: toJob(await services.jobs.resume(id)) };
  }

  @Mutation(() => JobPayload, {
    description:
      'Does again what a job did not: a new job, where this one failed, was cancelled, or left out parts that failed. One that is under way stays as it is.',
  })
  async retryJob(@Arg('id', () => ID) id: string, @Ctx() { services }: RequestContext): Promise<JobPayload> {
    return { job: toJob(await services.jobs.retry(id)) };
  }
}
