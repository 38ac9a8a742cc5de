import supertest from 'supertest';
import type TestAgent from 'supertest/lib/agent.js';
import { readConfig } from '../../src/config.js';
import { createLogger } from '../../src/http/logger.js';
import type { Cortigraph } from '../../src/main.js';
import { openCortigraph } from '../../src/main.js';
import type { LabSettings } from '../../src/services/lab.js';
import type { Collections } from '../../src/store/collections.js';
import { collectionsOf } from '../../src/store/collections.js';
import type { Store } from '../../src/store/store.js';

/** An error as clients see it. */
export interface ErrorView {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly [detail: string]: unknown };
}

/** The body of a GraphQL answer over HTTP. */
export interface GraphQLReply<T> {
  readonly data?: T | null;
  readonly errors?: readonly ErrorView[];
}

/** How many documents each collection holds. */
export type Counts = Readonly<Record<keyof Collections, number>>;

/** A whole server in process, asked over HTTP. */
export interface FrontDoor {
  readonly server: Cortigraph;
  readonly collections: Collections;
  readonly agent: TestAgent;
  /** Asks by POST; the answer as it is. Fails when it shows what no answer may show. */
  ask<T>(query: string, variables?: object): Promise<GraphQLReply<T>>;
  /** Asks by POST for data; fails when there is an error. */
  data<T>(query: string, variables?: object): Promise<T>;
  /** Asks by POST for what must be refused: its one error, while nothing is stored. */
  refusal(query: string, variables?: object): Promise<ErrorView>;
  /** Asks by GET; the answer as it is. */
  get<T>(query: string, variables?: object): Promise<GraphQLReply<T>>;
  readonly counts: () => Promise<Counts>;
  /** Stops the server; the store stays open when it was {@link kept}. */
  close(): Promise<void>;
}

/** How a server under test differs from one with defaults. */
export interface FrontDoorOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly settings?: Partial<LabSettings>;
}

/** Opens a server with two workers and a silent log over a store, which it closes with itself. */
export async function openFrontDoor(
  store: Store,
  { env = {}, settings = {} }: FrontDoorOptions = {},
): Promise<FrontDoor> {
  const config = readConfig({ CORTIGRAPH_WORKERS: '2', CORTIGRAPH_LOG_LEVEL: 'silent', ...env });
  const server = await openCortigraph(config, store, createLogger(config.logLevel), settings);
  const collections = collectionsOf(store.database);
  const agent = supertest.agent(server.http.handler);

  const ask = async <T>(query: string, variables: object = {}): Promise<GraphQLReply<T>> => {
    const reply = await agent.post('/graphql').send({ query, variables });
    return checked<T>(reply.text, variables);
  };
  const data = async <T>(query: string, variables?: object): Promise<T> => dataOf(await ask<T>(query, variables));
  const counts = (): Promise<Counts> => countAll(collections);
  return {
    server,
    collections,
    agent,
    ask,
    data,
    counts,
    refusal: async (query, variables) => {
      const before = JSON.stringify(await counts());
      const error = onlyError(await ask(query, variables));
      const after = JSON.stringify(await counts());
      if (after !== before) throw new Error(`Something was stored: ${before} became ${after}.`);
      return error;
    },
    get: async <T>(query: string, variables: object = {}) => {
      const request = agent.get('/graphql').set('apollo-require-preflight', '1');
      const reply = await request.query({ query, variables: JSON.stringify(variables) });
      return checked<T>(reply.text, variables);
    },
    close: () => server.close(),
  };
}

/** A store that stays open when a server closes it, so that another server can be opened over it. */
export function kept(store: Store): Store {
  return { ...store, close: () => Promise.resolve() };
}

/** The data of an answer; fails when there is an error. */
export function dataOf<T>(reply: GraphQLReply<T>): T {
  if (reply.errors !== undefined || reply.data == null) throw new Error(`Not data only: ${JSON.stringify(reply)}`);
  return reply.data;
}

/** The one error of an answer; fails when there is none, or more than one, or one without a code. */
export function onlyError(reply: GraphQLReply<unknown>): ErrorView {
  const [error, ...others] = reply.errors ?? [];
  if (error === undefined || others.length > 0) throw new Error(`Not one error: ${JSON.stringify(reply)}`);
  if (typeof error.extensions.code !== 'string') throw new Error(`An error without a code: ${JSON.stringify(error)}`);
  return error;
}

/**
 * Asks again and again until the answer fits; for what is done by somebody else and tells nobody.
 * @throws Error with the last answer when none fits within the time
 */
export async function eventually<T>(look: () => Promise<T>, fits: (seen: T) => boolean, withinMs = 20_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (fits(seen)) return seen;
    if (performance.now() > deadline) throw new Error(`Not within ${withinMs} ms; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function countAll(collections: Collections): Promise<Counts> {
  const names = Object.keys(collections) as (keyof Collections)[];
  const counts = await Promise.all(names.map((name) => collections[name].countDocuments({})));
  return Object.fromEntries(names.map((name, i) => [name, counts[i]])) as Counts; // one count a name
}

/** What no answer may show: stacks, paths of this machine. */
const unseemly = /\\n +at |node_modules|file:\/\/|\/(?:work|root|home|tmp)\/|\.[jt]s:\d/;

/** Numbers that are none; a text may only hold them that was asked about them. */
const noNumber = /\bNaN\b|Infinity/;

function checked<T>(text: string, variables: object): GraphQLReply<T> {
  const found = unseemly.exec(text) ?? (noNumber.test(JSON.stringify(variables)) ? null : noNumber.exec(text));
  if (found !== null) throw new Error(`An answer shows ${JSON.stringify(found[0])}: ${text.slice(0, 2000)}`);
  return JSON.parse(text) as GraphQLReply<T>;
}
