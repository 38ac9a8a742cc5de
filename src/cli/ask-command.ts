import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { DocumentNode, TypeNode } from 'graphql';
import { GraphQLError, Kind, parse } from 'graphql';
import type { JobService } from '../services/job-service.js';
import type { GraphQLAnswer, GraphQLQuestion } from './shell.js';
import { exitCodes, UsageError } from './exit.js';
import type { Report } from './report.js';
import { jsonText } from './report.js';

/** A GraphQL document, as a command line names it. */
export interface AskArguments {
  /** `-` is the standard input. */
  readonly file: string;
  readonly set: readonly string[];
  readonly operation: string | undefined;
}

/**
 * What a file and its `--set` ask; nothing is asked yet.
 * @throws UsageError for a file that cannot be read, or is no GraphQL, or variables that it does not have
 */
export async function readQuestion({ file, set, operation }: AskArguments): Promise<GraphQLQuestion> {
  const source = await contentsOf(file);
  const types = variableTypes(documentOf(source, file), operation);
  const variables: Record<string, unknown> = {};
  for (const pair of set) {
    const at = pair.indexOf('=');
    const path = pair.slice(0, at).trim().split('.');
    if (at < 0 || path.some((name) => !NAME.test(name))) {
      throw new UsageError(`--set takes variable=value, not ${JSON.stringify(pair)}.`);
    }
    const [variable = ''] = path;
    const type = types.get(variable);
    if (type === undefined) {
      throw new UsageError(
        `${file} has no variable $${variable}; it has ${[...types.keys()].map((name) => `$${name}`).join(', ') || 'none'}.`,
      );
    }
    const isText = path.length === 1 && (type === 'String' || type === 'ID');
    put(variables, path, isText ? pair.slice(at + 1) : valueOf(pair.slice(at + 1)));
  }
  return { source, variables, operationName: operation };
}

/** Those of these jobs that are not at an end. */
export async function unfinishedOf(jobs: Pick<JobService, 'get'>, ids: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all([...new Set(ids)].map((id) => jobs.get(id)));
  return found.filter(({ active }) => active).map(({ _id }) => _id);
}

/**
 * The answer as it is, in either form.
 * @param unfinished the jobs of what is PENDING in it
 */
export function answerReport(answer: GraphQLAnswer, unfinished: readonly string[]): Report {
  const { failed, unfinished: pending, done } = exitCodes;
  return {
    json: answer,
    text: jsonText(answer),
    ...(unfinished.length === 0 ? {} : { note: givenBack(unfinished) }),
    exitCode: answer.errors !== undefined ? failed : unfinished.length > 0 ? pending : done,
  };
}

const givenBack = (jobs: readonly string[]): string =>
  `PENDING: ${jobs.join(', ')} ${jobs.length === 1 ? 'is' : 'are'} not at an end; what was computed here was given back. ` +
  'Ask again to go on with it (with a longer waitMs), or leave it to a server on the same store.\n';

const NAME = /^[_A-Za-z]\w*$/;

/**
 * What a file has, or the standard input for `-`.
 * @throws UsageError
 */
export async function contentsOf(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'no reason known'}).`);
  }
}

function documentOf(source: string, file: string): DocumentNode {
  try {
    return parse(source, { maxTokens: 100_000 });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const locations = (error.locations ?? []).map(({ line, column }) => ({ line, column }));
    const at = locations.map(({ line, column }) => ` (line ${line}, column ${column})`).join('');
    throw new UsageError(`${file} is no GraphQL: ${error.message}${at}`, { locations });
  }
}

/** The names of the types of an operation's variables, by the variables' names. */
function variableTypes({ definitions }: DocumentNode, operation: string | undefined): ReadonlyMap<string, string> {
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const names = operations.map(({ name }) => name?.value ?? '(without a name)').join(', ');
  const wanted = operations.filter(({ name }) => operation === undefined || name?.value === operation);
  if (wanted.length === 0) throw new UsageError(`There is no operation ${operation ?? ''}; there are: ${names}.`);
  if (wanted.length > 1) throw new UsageError(`Give --operation, one of: ${names}.`);
  return new Map(
    wanted.flatMap(({ variableDefinitions = [] }) =>
      variableDefinitions.map(({ variable, type }) => [variable.name.value, nameOf(type)] as const),
    ),
  );
}

const nameOf = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : type.kind === Kind.LIST_TYPE ? 'list' : nameOf(type.type);

/** JSON where it is JSON, else the text. */
function valueOf(given: string): unknown {
  try {
    return JSON.parse(given) as unknown;
  } catch {
    return given;
  }
}

function put(into: Record<string, unknown>, [name = '', ...below]: readonly string[], value: unknown): void {
  if (below.length === 0) {
    into[name] = value;
    return;
  }
  const known = Object.hasOwn(into, name) ? into[name] : undefined;
  const next = typeof known === 'object' && known !== null && !Array.isArray(known) ? known : {};
  into[name] = next;
  put(next as Record<string, unknown>, below, value);
}
