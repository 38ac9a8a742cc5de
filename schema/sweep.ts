import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { SweepAnswer } from '../src/services/sweep-service.js';
import { Job, toJob } from './job.js';
import { Node } from './node.js';
import { ResponseInput, ResponseStatusEnum } from './response.js';
import { Table, toTable } from './table.js';

@InputType({ description: 'A range of an input: the values of numpy.linspace, rounded to what the model reads.' })
export class InputRange {
  @Field()
  name: string;

  @Field(() => [String], { nullable: true, description: 'Inputs that take the same value.' })
  together?: string[];

  @Field(() => Float)
  min: number;

  @Field(() => Float, { description: 'Not below min; both ends are included.' })
  max: number;

  @Field(() => Int, { nullable: true, description: 'How many values, both ends included. A sweep needs it.' })
  points?: number;
}

@InputType()
export class SweepInput {
  @Field({ description: 'What is asked at every point. Its parameters are those that do not move.' })
  base: ResponseInput;

  @Field(() => [InputRange], { description: 'One: a line; two: a grid. At most 10,000 points in all.' })
  axes: InputRange[];
}

@ObjectType({ implements: Node, description: 'How a model responds along a line or over a grid, one row a point.' })
export class Sweep extends Node {
  @Field(() => ID, {
    description: 'Stands for what is asked; node(id) gives it as it then stands, and computes nothing.',
  })
  declare id: string;

  @Field(() => ResponseStatusEnum, {
    description: 'PENDING while points are being computed; a row has its own status.',
  })
  status: keyof typeof ResponseStatusEnum;

  @Field(() => Job, { nullable: true, description: 'The work that computes what is missing, or did.' })
  job: Job | null;

  @Field({
    description:
      'A row a point, the first axis slowest. Columns: the inputs that move; of each output `<output>` and `<output>.standardError`; `n`, the replicates that are stored; `outcome`, how its runs ended: COMPLETED, the code that all aborted with, or `mixed: 3 COMPLETED, 1 runaway` (as in a response, there are no figures where one aborted), null where there is no answer; `status`: READY, PENDING, or the code of an error; `error`: its message; `parameterSet`: an id. A row that is not READY has no figures (NaN).',
  })
  table: Table;

  @Field({ description: 'True when nothing had to be computed for it.' })
  cached: boolean;

  @Field({ description: 'Why it is what it is, in a sentence.' })
  reason: string;

  @Field({
    description:
      'Whether a run, or the response, of one of its points was invalidated since the sweep was first asked: then figures that were read from it before may rest on that. Those of now do not.',
  })
  tainted: boolean;

  @Field(() => Int)
  reusedRuns: number;

  @Field(() => Int, { description: 'Runs that were simulated for it, by the last attempt of its job.' })
  computedRuns: number;
}

/** An answer as its GraphQL type. */
export function toSweep({ job, table, ...answer }: SweepAnswer): Sweep {
  return Object.assign(new Sweep(), { ...answer, job: job && toJob(job), table: toTable(table, null) });
}
