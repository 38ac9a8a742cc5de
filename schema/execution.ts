import { Field, Int, ObjectType } from 'type-graphql';
import type { ExecutionDocument } from '../src/domain/documents.js';
import { Node } from './node.js';
import { DateTime } from './scalars.js';

@ObjectType({ implements: Node, description: 'One attempt at a run: who did it, with which code, when.' })
export class Execution extends Node {
  @Field(() => Int)
  attempt: number;

  @Field(() => DateTime)
  startedAt: string;

  @Field(() => DateTime, { nullable: true })
  finishedAt: string | null;

  @Field({ description: 'The program that did it.' })
  agent: string;

  @Field({ description: 'The machine that it ran on.' })
  host: string;

  @Field()
  softwareVersion: string;

  @Field()
  nodeVersion: string;

  @Field(() => String, { nullable: true, description: 'SHA-256 of the file that did the arithmetic.' })
  kernelDigest: string | null;

  @Field()
  numericsDigest: string;

  @Field(() => String, { nullable: true, description: 'Why the attempt failed.' })
  error: string | null;
}

/** A stored execution as its GraphQL type. */
export function toExecution(document: ExecutionDocument): Execution {
  const { _id, attempt, startedAt, finishedAt, agent, host, softwareVersion, nodeVersion } = document;
  const { kernelDigest, numericsDigest, error } = document;
  return Object.assign(new Execution(), {
    id: _id,
    attempt,
    startedAt,
    finishedAt,
    agent,
    host,
    softwareVersion,
    nodeVersion,
    kernelDigest,
    numericsDigest,
    error,
  });
}
