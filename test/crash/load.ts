import { Xoshiro128 } from '../../src/models/xoshiro128.js';
import type { GraphQLReply } from '../support/front-door.js';
import { shortProtocol } from '../support/questions.js';
import type { Acknowledged } from './acknowledged.js';
import type { RunningServer } from './served-store.js';

/** Fields whose values follow from an id alone. */
export const responseFields = 'id status outputs { name value standardError n } outcomes { outcome count } runs { id }';
export const runFields = 'id status outcome outputs { name value standardError } recordings { id kind digest bytes }';
export const parameterSetFields = 'id model values';

interface ResponseView {
  readonly id: string;
  readonly status: 'READY' | 'PENDING';
  readonly cached: boolean;
  readonly job: { readonly id: string } | null;
}
interface RunView {
  readonly id: string;
  readonly status: string;
  readonly recordings: readonly { readonly id: string; readonly kind: string; readonly digest: string }[];
}

const responseQuery = `query ($input: ResponseInput!, $waitMs: Int!) {
  response(input: $input, waitMs: $waitMs) { ${responseFields} cached job { id } }
}`;
const runMutation = `mutation ($input: RunSimulationInput!) {
  runSimulation(input: $input, waitMs: 20000) { simulationRun { ${runFields} } }
}`;
const createMutation = `mutation ($parameters: ParameterValues!) {
  createParameterSet(model: "ishigami", parameters: $parameters) { parameterSet { ${parameterSetFields} } }
}`;
const cancelMutation = 'mutation ($id: ID!) { cancelJob(id: $id) { job { id status } } }';

/** The time for which clients wait where they wait, in ms. */
const patient = 20_000;

/** Seconds of raster are some hundred kilobytes: files and uploads of more than one part. */
const recordedMs = [500, 1000, 5000] as const;

/**
 * Clients that ask at once, the same and other things, until their server is gone. What is asked follows from the seed;
 * in which order it is answered does not.
 */
export class Load {
  private questions = 0;

  constructor(
    private readonly seed: number,
    private readonly acknowledged: Acknowledged,
  ) {}

  /** Asks until the server does not answer any more, or answers what it must not. */
  async run(server: RunningServer, clients: number): Promise<void> {
    const begun = this.questions;
    await Promise.all(
      Array.from({ length: clients }, async (_, client) => {
        const random = new Xoshiro128('noise', this.seed + 1000 * begun + client);
        const below = (n: number): number => random.next() % n;
        try {
          while (this.acknowledged.problems.length === 0) await this.step(server, below);
        } catch (error) {
          if (error instanceof ServerGoneError) return;
          throw error;
        }
      }),
    );
  }

  private async step(server: RunningServer, below: (n: number) => number): Promise<void> {
    // Near the latest, so that several clients ask the same at the same time.
    const question = (this.questions += 1) - below(4);
    const kind = below(100);
    if (kind < 30) await this.respond(server, noisy(question), patient);
    else if (kind < 45) await this.respond(server, circuit(question), 0);
    else if (kind < 70) await this.record(server, question, below);
    else if (kind < 85) await this.create(server, question);
    else if (kind < 93) await this.cancel(server, question);
    else await this.askAgain(server, below(question));
  }

  private async respond(server: RunningServer, input: object, waitMs: number): Promise<ResponseView | undefined> {
    const data = await this.data<{ response: ResponseView }>(server, responseQuery, { input, waitMs });
    if (!data) return undefined;
    const { cached: _cached, job, ...figures } = data.response;
    if (figures.status === 'READY') this.acknowledged.told(figures.id, figures);
    else this.acknowledged.pending.set(figures.id, job?.id ?? 'no job');
    return data.response;
  }

  private async record(server: RunningServer, question: number, below: (n: number) => number): Promise<void> {
    const durationMs = recordedMs[below(recordedMs.length)] ?? 500;
    const { parameters } = circuit(question);
    const input = { parameters, protocol: { ...shortProtocol, durationMs }, recordings: ['raster', 'isiCv'] };
    const data = await this.data<{ runSimulation: { simulationRun: RunView } }>(server, runMutation, { input });
    if (!data) return;
    const { recordings, ...figures } = data.runSimulation.simulationRun;
    if (figures.status !== 'COMPLETED') return;
    this.acknowledged.told(figures.id, figures);
    for (const { id, digest } of recordings) this.acknowledged.recordings.set(id, digest);
  }

  private async create(server: RunningServer, question: number): Promise<void> {
    const parameters = { x2: question / 1e5 };
    type Payload = { createParameterSet: { parameterSet: { id: string } } };
    const data = await this.data<Payload>(server, createMutation, { parameters });
    if (data) this.acknowledged.told(data.createParameterSet.parameterSet.id, data.createParameterSet.parameterSet);
  }

  private async cancel(server: RunningServer, question: number): Promise<void> {
    const input = { parameters: { sEE: 0.02 + question / 1e7 }, protocol: { ...shortProtocol, durationMs: 5000 } };
    const response = await this.respond(server, input, 0);
    if (!response?.job) return;
    type Payload = { cancelJob: { job: { id: string; status: string } } };
    const data = await this.data<Payload>(server, cancelMutation, { id: response.job.id });
    if (data?.cancelJob.job.status === 'CANCELLED') this.acknowledged.cancelledJobs.add(response.job.id);
  }

  /** A question that may have been answered: then it is answered by the store. */
  private async askAgain(server: RunningServer, question: number): Promise<void> {
    const before = new Set(this.acknowledged.figures.keys());
    const response = await this.respond(server, noisy(question), patient);
    if (response && before.has(response.id) && !response.cached)
      this.acknowledged.problems.push(`${response.id} was known and is answered as if it were not`);
  }

  /** What a server answers; undefined for the one refusal that is due here. Throws when it is gone. */
  private async data<T>(server: RunningServer, query: string, variables: object): Promise<T | undefined> {
    const reply = await server.ask<T>(query, variables).catch((cause: unknown): GraphQLReply<T> => {
      throw new ServerGoneError('the server is gone', { cause });
    });
    if (reply.data != null && reply.errors === undefined) return reply.data;
    // Somebody else cancelled what this client waits for.
    if (reply.errors?.every(({ extensions }) => extensions.code === 'CONFLICT')) return undefined;
    this.acknowledged.problems.push(JSON.stringify(reply.errors));
    return undefined;
  }
}

class ServerGoneError extends Error {
  override readonly name = 'ServerGoneError';
}

const noisy = (question: number): object => ({
  model: 'ishigami-noisy',
  parameters: { x1: question / 1e5 },
  replicates: 2,
});

const circuit = (question: number): { readonly parameters: object; readonly protocol: object; replicates: number } => ({
  parameters: { lgnRateE: 100 + question / 100 },
  protocol: shortProtocol,
  replicates: 2,
});
