import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import { ProvenanceDirectionEnum, ProvenanceGraph } from '../schema/provenance.js';
import type { ProvenanceDirection } from '../src/services/trace-service.js';
import type { RequestContext } from './context.js';

@Resolver()
export class ProvenanceResolver {
  @Query(() => ProvenanceGraph, {
    nullable: true,
    description: 'Where a parameter set, run, recording, execution or response came from, and what came from it.',
  })
  provenance(
    @Arg('id', () => ID) id: string,
    @Arg('direction', () => ProvenanceDirectionEnum, { nullable: true, defaultValue: 'UPSTREAM' })
    direction: ProvenanceDirection | null,
    @Arg('depth', () => Int, { nullable: true, defaultValue: 10 }) depth: number | null,
    @Ctx() { services }: RequestContext,
  ): Promise<ProvenanceGraph> {
    return services.trace.trace(id, direction ?? 'UPSTREAM', depth ?? 10);
  }
}
