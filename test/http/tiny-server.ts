import { buildSchema, type GraphQLScalarType, type GraphQLSchema } from 'graphql';
import supertest from 'supertest';
import type TestAgent from 'supertest/lib/agent.js';
import { badUserInput, CortigraphError } from '../../src/domain/errors.js';
import type { ContextRequest } from '../../src/http/graphql-door.js';
import { createLogger } from '../../src/http/logger.js';
import { createHttpServer, type HttpServer, type HttpServerParts } from '../../src/http/server.js';

/** What the resolvers of the tiny schema throw and no client may see. */
export const secret = 'hunter2';

/** A line of the log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** A log that is kept, and that can be waited for. */
export interface KeptLog {
  readonly lines: readonly LogLine[];
  write(text: string): void;
  /** The first line that fits, as soon as there is one. */
  find(fits: (line: LogLine) => boolean): Promise<LogLine>;
}

/** The answer of a server, with whatever JSON it has. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly data?: Readonly<Record<string, unknown>> | null;
    readonly errors?: readonly {
      readonly message: string;
      readonly path?: readonly string[];
      readonly extensions: { readonly code: string; readonly [detail: string]: unknown };
    }[];
  };
}

/** A schema with one field for each way to answer and to fail. */
export function tinySchema(waitFor: Promise<string> = Promise.resolve('')): GraphQLSchema {
  const schema = buildSchema(`
    scalar Even
    type Query {
      self: Query!
      half(of: Even!): Int
      halves(of: [Even!]): Int
      mayCompute: Boolean!
      requestId: String!
      missing: String
      fault: String
      notANumber: Int
      wait: String
    }
    type Mutation { touch: Boolean }
  `);
  const even = schema.getType('Even') as GraphQLScalarType;
  const parse = (value: unknown): number => {
    if (typeof value === 'number' && value % 2 === 0) return value;
    throw badUserInput('An even number is needed.', { allowed: [0, 2, 4] });
  };
  even.parseValue = parse;
  even.parseLiteral = (node) => parse('value' in node ? Number(node.value) : undefined);
  const resolvers: Readonly<Record<string, (args: { of: number }, context: ContextRequest) => unknown>> = {
    self: () => ({}),
    half: ({ of }) => of / 2,
    mayCompute: (_args, context) => context.mayCompute,
    requestId: (_args, context) => context.requestId,
    missing: () => {
      throw new CortigraphError('NOT_FOUND', 'There is no run run_1.', { nearest: 'run_2' });
    },
    fault: () => {
      throw new Error(`connect mongodb://root:${secret}@db failed`);
    },
    notANumber: () => secret,
    wait: () => waitFor,
    touch: () => true,
  };
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      field.resolve = (_source, args: { of: number }, context: ContextRequest) =>
        resolvers[field.name]?.(args, context);
    }
  }
  return schema;
}

/** A log that tests read. */
export function keepLog(): KeptLog {
  const lines: LogLine[] = [];
  let waiting: (() => void)[] = [];
  return {
    lines,
    write(text) {
      lines.push(JSON.parse(text) as LogLine);
      const wake = waiting;
      waiting = [];
      for (const look of wake) look();
    },
    async find(fits) {
      for (;;) {
        const found = lines.find(fits);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}

/** The HTTP door over the tiny schema, and an agent that asks it without a port. */
export async function tinyServer(
  changes: Partial<Omit<HttpServerParts<ContextRequest>, 'config' | 'logger'>> & {
    readonly config?: Partial<HttpServerParts<ContextRequest>['config']>;
  } = {},
): Promise<{ server: HttpServer; agent: TestAgent; log: KeptLog }> {
  const log = keepLog();
  const server = await createHttpServer<ContextRequest>({
    schema: tinySchema(),
    createContext: (request) => request,
    readiness: () => Promise.resolve(),
    openBlob: () => Promise.resolve(null),
    exportProvenance: () => Promise.resolve({}),
    listSizes: { byDefault: 20, atMost: 100 },
    ...changes,
    logger: createLogger('debug', log),
    config: {
      allowRemote: false,
      publicUrl: undefined,
      corsOrigins: [],
      maxBodyBytes: 10_000,
      maxTokens: 200,
      maxAliases: 50,
      maxRequestsInFlight: 100,
      requestTimeoutMs: 60_000,
      receiveTimeoutMs: 60_000,
      maxQueryCost: 20_000,
      maxQueryDepth: 5,
      ...changes.config,
    },
  });
  return { server, agent: supertest.agent(server.handler), log };
}

/** Asks a GraphQL question by POST, as a client of application/json. */
export async function ask(agent: TestAgent, query: string, variables?: object): Promise<Reply> {
  return agent.post('/graphql').send({ query, variables });
}

/** The code and message of the one error of a reply. */
export function onlyError(reply: Reply): { code: string; message: string } {
  const [error, ...others] = reply.body.errors ?? [];
  if (error === undefined || others.length > 0) throw new Error(`Not one error: ${JSON.stringify(reply.body)}`);
  return { code: error.extensions.code, message: error.message };
}
