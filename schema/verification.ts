import { Field, ID, ObjectType } from 'type-graphql';
import type { VerificationDocument } from '../src/domain/documents.js';
import type { VerifiedRun } from '../src/services/verification-service.js';
import { Job, toJob } from './job.js';
import { Node } from './node.js';
import { DateTime } from './scalars.js';
import { SimulationRun, toSimulationRun } from './simulation-run.js';

@ObjectType({ implements: Node, description: 'A stored run that was run again, to see whether it comes out the same.' })
export class Verification extends Node {
  @Field(() => ID)
  runId: string;

  @Field({ description: 'Whether every bit is the same.' })
  identical: boolean;

  @Field(() => [String], {
    description:
      'What came out otherwise, each in words; empty when nothing did. Of a document that is not what its id was made of: in which field; then nothing is run.',
  })
  differences: readonly string[];

  @Field(() => [String], { description: 'The kinds of recordings that were compared as well.' })
  recordings: readonly string[];

  @Field({ description: 'The machine that it ran on.' })
  host: string;

  @Field()
  softwareVersion: string;

  @Field()
  nodeVersion: string;

  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 of the file that did the arithmetic; null where nothing was run.',
  })
  kernelDigest: string | null;

  @Field(() => DateTime)
  startedAt: string;

  @Field(() => DateTime)
  finishedAt: string;
}

@ObjectType()
export class VerifyRunPayload {
  @Field()
  simulationRun: SimulationRun;

  @Field(() => Boolean, { nullable: true, description: 'Whether every bit is the same; null while it is on its way.' })
  identical: boolean | null;

  @Field(() => [String], { description: 'What came out otherwise, each in words.' })
  differences: readonly string[];

  @Field(() => Verification, { nullable: true, description: 'What is stored of it; null while it is on its way.' })
  verification: Verification | null;

  @Field(() => Job, { nullable: true, description: 'The work.' })
  job: Job | null;
}

/** A stored verification as its GraphQL type. */
export function toVerification(document: VerificationDocument): Verification {
  const { _id, runId, differences, recordings, host, softwareVersion, nodeVersion } = document;
  const { kernelDigest, startedAt, finishedAt } = document;
  return Object.assign(new Verification(), {
    id: _id,
    runId,
    identical: differences.length === 0,
    differences,
    recordings,
    host,
    softwareVersion,
    nodeVersion,
    kernelDigest,
    startedAt,
    finishedAt,
  });
}

/** A run that is run again as its GraphQL type. */
export function toVerifyRunPayload({ run, verification, job }: VerifiedRun): VerifyRunPayload {
  const stored = verification && toVerification(verification);
  return Object.assign(new VerifyRunPayload(), {
    simulationRun: toSimulationRun(run),
    identical: stored && stored.identical,
    differences: stored?.differences ?? [],
    verification: stored,
    job: toJob(job),
  });
}
