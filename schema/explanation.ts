import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { Explanation as ExplanationView } from '../src/services/explain-service.js';
import { JsonScalar } from './scalars.js';

@ObjectType({ description: 'A part of a key that differs from that of a stored run.' })
export class KeyDifference {
  @Field()
  field: string;

  @Field(() => JsonScalar, { nullable: true })
  asked: unknown;

  @Field(() => JsonScalar, { nullable: true })
  stored: unknown;
}

@ObjectType({ description: 'The ingredients of a run’s key.' })
export class KeyExplanation {
  @Field(() => ID, { description: 'The run that has this key.' })
  run: string;

  @Field({ description: 'SHA-256 of the preimage.' })
  digest: string;

  @Field({ description: 'The canonical JSON (RFC 8785) of the ingredients.' })
  preimage: string;

  @Field(() => JsonScalar)
  ingredients: unknown;
}

@ObjectType({ description: 'How a question would be answered now. Nothing is computed or stored for it.' })
export class Explanation {
  @Field(() => ID)
  parameterSet: string;

  @Field(() => ID, { description: 'Stands for the answer while it is PENDING.' })
  question: string;

  @Field({ description: 'Whether anything would be computed.' })
  willCompute: boolean;

  @Field()
  reason: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The code and the words with which it would be refused, though it is valid; null when it would not be.',
  })
  refusal: string | null;

  @Field({ description: 'Of the next run to compute, or, on a hit, of the first that is reused.' })
  key: KeyExplanation;

  @Field(() => [ID], { description: 'The stored runs that would be reused.' })
  reusedRuns: readonly string[];

  @Field(() => Int, { description: 'How many runs would be computed, as far as it can be told.' })
  runsToCompute: number;

  @Field(() => Float, { description: 'Their simulated time, warm-ups included.' })
  biologicalSeconds: number;

  @Field(() => ID, { nullable: true, description: 'The stored run of the same parameter set with the nearest key.' })
  nearestRun: string | null;

  @Field(() => [KeyDifference], { description: 'Where the key to compute differs from that of the nearest run.' })
  differences: readonly KeyDifference[];
}

/** An explanation as its GraphQL type. */
export function toExplanation(view: ExplanationView): Explanation {
  const { question, key, ingredients, reusedRuns, willCompute, cost, nearestRun, differences, reason, refusal } = view;
  return {
    parameterSet: question.parameterSetId,
    question: question.id,
    willCompute,
    reason,
    refusal,
    key: { run: key.id, digest: key.digest, preimage: key.preimage, ingredients },
    reusedRuns,
    runsToCompute: cost.runs,
    biologicalSeconds: cost.biologicalSeconds,
    nearestRun,
    differences,
  };
}
