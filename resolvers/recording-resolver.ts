import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Execution, toExecution } from '../schema/execution.js';
import { Recording } from '../schema/recording.js';
import { Table, toTable } from '../schema/table.js';
import type { RequestContext } from './context.js';

/** Where the bytes of a digest are to be had. */
const urlOf = (context: RequestContext, digest: string): string => `${context.origin}/blobs/${digest}`;

@Resolver(() => Recording)
export class RecordingResolver {
  @FieldResolver(() => String, {
    description:
      'Where its table can be had as an Arrow stream: `pyarrow.ipc.open_stream(requests.get(url).content).read_all()`. Begins with CORTIGRAPH_PUBLIC_URL, else with the address that this request was sent to.',
  })
  url(@Root() { digest }: Recording, @Ctx() context: RequestContext): string {
    return urlOf(context, digest);
  }

  @FieldResolver(() => Table, {
    nullable: true,
    description: 'What was recorded; null when it is larger than 1 MB: then have it from the url.',
  })
  async table(@Root() { digest }: Recording, @Ctx() context: RequestContext): Promise<Table | null> {
    const table = await context.loaders.table.load(digest);
    return table && toTable(table, urlOf(context, digest));
  }

  @FieldResolver(() => Execution, {
    description: "The attempt that recorded it; not the run's own where it was later.",
  })
  async execution(@Root() { executionId }: Recording, @Ctx() { loaders }: RequestContext): Promise<Execution> {
    return toExecution(await loaders.execution.load(executionId));
  }
}
