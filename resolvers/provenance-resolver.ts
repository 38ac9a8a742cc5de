import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import { ProvenanceDirectionEnum, ProvenanceGraph } from '../schema/provenance.js';
import type { ProvenanceDirection } from '../src/services/trace-service.js';
import { defaultProvenanceDepth } from '../src/services/trace-service.js';
import type { RequestContext } from './context.js';

@Resolver()
export class ProvenanceResolver {
  @Query(() => ProvenanceGraph, {
    nullable: true,
    description: 'Where something came from, and what came from it.',
  })
  async provenance(
    @Arg('id', () => ID) id: string,
    @Arg('direction', () => ProvenanceDirectionEnum, { nullable: true, defaultValue: 'UPSTREAM' })
    direction: ProvenanceDirection | null,
    @Arg('depth', () => Int, { nullable: true, defaultValue: defaultProvenanceDepth }) depth: number | null,
    @Ctx() { services, origin }: RequestContext,
  ): Promise<ProvenanceGraph> {
    const asked = { direction: direction ?? 'UPSTREAM', depth: depth ?? defaultProvenanceDepth };
    const graph = await services.trace.trace(id, asked.direction, asked.depth);
    return { ...graph, url: `${origin}/provenance/${id}?direction=${asked.direction}&depth=${asked.depth}` };
  }
}
