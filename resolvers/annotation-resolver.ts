import type { ClassType } from 'type-graphql';
import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import { AnnotatePayload, Annotation, toAnnotation } from '../schema/annotation.js';
import { Experiment } from '../schema/experiment.js';
import type { Node } from '../schema/node.js';
import { ParameterSet } from '../schema/parameter-set.js';
import { Recording } from '../schema/recording.js';
import { Response } from '../schema/response.js';
import { SimulationRun } from '../schema/simulation-run.js';
import type { RequestContext } from './context.js';
import { nodeOf } from './node-resolver.js';

@Resolver()
export class AnnotationResolver {
  @Mutation(() => AnnotatePayload, {
    description: 'Adds tags and a note to anything stored, and takes tags off. Saying it again changes nothing.',
  })
  async annotate(
    @Arg('id', () => ID) id: string,
    @Arg('tags', () => [String], { nullable: true, description: 'Each 1 to 100 characters.' }) tags: string[] | null,
    @Arg('note', () => String, { nullable: true, description: 'At most 10,000 characters.' }) note: string | null,
    @Arg('removeTags', () => [String], { nullable: true }) removeTags: string[] | null,
    @Ctx() { services }: RequestContext,
  ): Promise<AnnotatePayload> {
    await services.annotations.annotate(id, { tags, note, removeTags });
    return { node: await nodeOf(services, id) };
  }
}

/** The fields that show what is said of a type's things. */
function annotationFields(type: () => ClassType<Node>): ClassType {
  @Resolver(type)
  class AnnotationFields {
    @FieldResolver(() => [String], { description: 'Given by annotate, the oldest first.' })
    async tags(@Root() { id }: Node, @Ctx() { loaders }: RequestContext): Promise<readonly string[]> {
      return (await loaders.annotations.load(id)).flatMap(({ tag }) => (tag === null ? [] : [tag]));
    }

    @FieldResolver(() => [Annotation], { description: 'Given by annotate, the oldest first.' })
    async notes(@Root() { id }: Node, @Ctx() { loaders }: RequestContext): Promise<readonly Annotation[]> {
      return (await loaders.annotations.load(id)).filter(({ note }) => note !== null).map(toAnnotation);
    }
  }
  return AnnotationFields;
}

/** One class a type whose things show their tags and notes. */
export const annotationFieldResolvers: readonly ClassType[] = [
  annotationFields(() => ParameterSet),
  annotationFields(() => SimulationRun),
  annotationFields(() => Recording),
  annotationFields(() => Response),
  annotationFields(() => Experiment),
];
