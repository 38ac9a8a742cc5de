import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { RecordingDocument } from '../src/domain/documents.js';
import { Estimate, toEstimate } from './estimate.js';
import { Node } from './node.js';
import { DateTime } from './scalars.js';

@ObjectType({
  implements: Node,
  description:
    'Something that was recorded of a run beside its figures, because somebody asked for it: it does not change the key of the run. Recorded later, the run was run again and came out the same.',
})
export class Recording extends Node {
  @Field({ description: "One of the model's recordings." })
  kind: string;

  @Field({ description: 'Of the code that recorded it.' })
  version: string;

  @Field(() => [Estimate], { description: 'The few figures that sum it up.' })
  figures: readonly Estimate[];

  @Field({ description: 'SHA-256 of the bytes at the url.' })
  digest: string;

  @Field(() => Int, { description: 'How many bytes lie at the url.' })
  bytes: number;

  @Field()
  mediaType: string;

  @Field(() => DateTime)
  createdAt: string;

  @Field(() => ID, { description: 'Of the run that it is of.' })
  runId: string;

  /** Not a field: the resolver makes `execution` of it. */
  executionId: string;
}

/** A stored recording as its GraphQL type. */
export function toRecording(document: RecordingDocument): Recording {
  const { _id, runId, kind, version, figures, blob, executionId, createdAt } = document;
  const { digest, bytes, mediaType } = blob;
  return Object.assign(new Recording(), {
    id: _id,
    kind,
    version,
    figures: figures.map(toEstimate),
    digest,
    bytes,
    mediaType,
    createdAt,
    runId,
    executionId,
  });
}
