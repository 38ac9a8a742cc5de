import { availableParallelism } from 'node:os';
import { isIPv4, isIPv6 } from 'node:net';
import { closest } from 'fastest-levenshtein';
import { badUserInput } from './domain/errors.js';

/** A setting: what it is called, what it means, and how its text becomes a value. */
interface Setting<T> {
  readonly name: string;
  readonly default: T;
  readonly meaning: string;
  /** What `parse` accepts, as the end of the sentence "must be …". */
  readonly allowed: string;
  /** The value, or undefined when the text is not allowed. */
  parse(text: string): T | undefined;
  /** The value as it may be shown: without secrets. */
  show(value: T): string;
}

/** Every setting of the server, in the order in which they are explained. There are no others. */
export const settings = {
  port: wholeNumber('PORT', 4000, [0, 65535], 'TCP port to listen on; 0 takes any that is free.'),
  host: text('HOST', '127.0.0.1', 'Address to listen on.', 'a host name or an IP address', hostName),
  dataDir: text('DATA_DIR', './data', 'Folder of the store.', 'a path', (path) => path),
  mongodbUri: optionalText(
    'MONGODB_URI',
    'MongoDB to store in; without it the store is SQLite in DATA_DIR.',
    'a URI that begins with mongodb:// or mongodb+srv://',
    (uri) => (/^mongodb(\+srv)?:\/\/./.test(uri) ? uri : undefined),
    maskUri,
  ),
  publicUrl: optionalText(
    'CORTIGRAPH_PUBLIC_URL',
    'Address that clients see, for links; without it the one that a request was sent to.',
    'an http or https URL without user, query or fragment',
    publicUrl,
    maskUri,
  ),
  corsOrigins: originList('CORTIGRAPH_CORS_ORIGINS', 'Origins, apart by commas, whose pages may ask this server.'),
  allowRemote: flag(
    'CORTIGRAPH_ALLOW_REMOTE',
    false,
    'Listen on other addresses than loopback although there is no sign-in: whoever reaches the port may compute.',
  ),
  logLevel: choice(
    'CORTIGRAPH_LOG_LEVEL',
    'info',
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    'The least severe level that is logged.',
  ),
  maxBodyBytes: wholeNumber(
    'CORTIGRAPH_MAX_BODY_BYTES',
    1024 * 1024,
    [1024, 1024 ** 3],
    'Most bytes of the body of one request.',
  ),
  maxTokens: wholeNumber('CORTIGRAPH_MAX_TOKENS', 2000, [100, 1e6], 'Most tokens of one GraphQL document.'),
  maxAliases: wholeNumber(
    'CORTIGRAPH_MAX_ALIASES',
    100,
    [1, 1e6],
    'Most aliases of one operation, so that it asks no field more often.',
  ),
  maxQueryDepth: wholeNumber('CORTIGRAPH_MAX_QUERY_DEPTH', 12, [1, 100], 'Most levels of fields of one operation.'),
  maxQueryCost: wholeNumber(
    'CORTIGRAPH_MAX_QUERY_COST',
    50_000,
    [100, 1e7],
    'Most fields that the answer to one operation may hold, each list counted by the size of its page.',
  ),
  maxRequestsInFlight: wholeNumber(
    'CORTIGRAPH_MAX_REQUESTS_IN_FLIGHT',
    256,
    [1, 1e6],
    'Most requests of one client address that are being answered at once; health does not count.',
  ),
  requestTimeoutMs: wholeNumber(
    'CORTIGRAPH_REQUEST_TIMEOUT_MS',
    120_000,
    [61_000, 86_400_000],
    'Most milliseconds until a request is answered; what it began goes on. More than the longest waitMs.',
  ),
  receiveTimeoutMs: wholeNumber(
    'CORTIGRAPH_RECEIVE_TIMEOUT_MS',
    30_000,
    [1000, 3_600_000],
    'Most milliseconds in which a request has to arrive whole.',
  ),
  maxResponseSeconds: wholeNumber(
    'CORTIGRAPH_MAX_RESPONSE_SECONDS',
    600,
    [1, 1e7],
    'Most biological seconds that one response may simulate.',
  ),
  maxSweepSeconds: wholeNumber(
    'CORTIGRAPH_MAX_SWEEP_SECONDS',
    36_000,
    [1, 1e9],
    'Most biological seconds that one sweep may simulate.',
  ),
  maxExperimentRuns: wholeNumber(
    'CORTIGRAPH_MAX_EXPERIMENT_RUNS',
    1_000_000,
    [1, 1e8],
    'Most runs of one experiment: its points by its replicates.',
  ),
  workers: wholeNumber(
    'CORTIGRAPH_WORKERS',
    availableParallelism(),
    [1, 1024],
    'Simulations that run at once, each in a thread of its own.',
  ),
} as const;

/** The values of all {@link settings}, checked. */
export type Config = {
  readonly [K in keyof typeof settings]: (typeof settings)[K] extends Setting<infer T> ? T : never;
};

/** Prefix of variables that belong to the tests and are never settings. */
const reservedForTests = 'CORTIGRAPH_TEST_';

/**
 * Reads the settings from an environment; an empty variable counts as one that is not set.
 *
 * @throws CortigraphError BAD_USER_INPUT that names each setting that is unknown or not valid, and what is allowed.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const problems = unknownVariables(env);
  const entries = Object.entries(settings).map(([key, setting]) => {
    const { value, problem } = readSetting(setting as Setting<unknown>, env[setting.name]);
    if (problem !== undefined) problems.push(problem);
    return [key, value];
  });
  // The keys are those of `settings` and each value came out of that setting's own parser.
  const config = Object.fromEntries(entries) as Config;
  if (!isLoopback(config.host) && !config.allowRemote) {
    problems.push(
      `HOST is '${config.host}': there is no sign-in, so the server listens on loopback only (127.0.0.1, ::1, ` +
        'localhost), unless CORTIGRAPH_ALLOW_REMOTE=true says that everyone who reaches it may use it.',
    );
  }
  if (problems.length > 0) throw badUserInput(problems.join('\n'), { problems });
  return config;
}

/** A setting as it may be shown: with secrets masked. */
export interface SettingView {
  readonly name: string;
  readonly value: string | null;
  readonly default: string | null;
  readonly meaning: string;
  /** What may be given, as the end of the sentence "must be …". */
  readonly allowed: string;
  /** Whether the environment says what it is. */
  readonly isGiven: boolean;
}

/** Every setting with its value, where that comes from, its default and its meaning. */
export function describeConfig(config: Config, env: NodeJS.ProcessEnv): readonly SettingView[] {
  return Object.entries(settings).map(([key, entry]) => {
    const setting = entry as Setting<unknown>;
    const shown = (value: unknown): string | null => setting.show(value) || null;
    const { name, meaning, allowed } = setting;
    const value = shown(config[key as keyof Config]);
    const isGiven = (env[name] ?? '').trim() !== '';
    return { name, value, default: shown(setting.default), meaning, allowed, isGiven };
  });
}

function readSetting<T>(setting: Setting<T>, given: string | undefined): { value: T; problem?: string } {
  if (given === undefined || given.trim() === '') return { value: setting.default };
  const value = setting.parse(given.trim());
  if (value !== undefined) return { value };
  return {
    value: setting.default,
    problem: `${setting.name} is '${maskUri(given)}': it must be ${setting.allowed}.`,
  };
}

function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  const known = Object.values(settings).map((setting): string => setting.name);
  return Object.keys(env)
    .filter((name) => name.startsWith('CORTIGRAPH_') && !name.startsWith(reservedForTests) && !known.includes(name))
    .map((name) => `${name} is not a setting; did you mean ${closest(name, known)}?`);
}

function wholeNumber(
  name: string,
  value: number,
  [least, most]: readonly [number, number],
  meaning: string,
): Setting<number> {
  return {
    name,
    default: value,
    meaning,
    allowed: `a whole number from ${least} to ${most}`,
    parse: (given) => {
      const parsed = /^\d{1,15}$/.test(given) ? Number(given) : NaN;
      return parsed >= least && parsed <= most ? parsed : undefined;
    },
    show: String,
  };
}

function flag(name: string, value: boolean, meaning: string): Setting<boolean> {
  const words = new Map([
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ]);
  return { name, default: value, meaning, allowed: 'true or false', parse: (given) => words.get(given), show: String };
}

function choice<T extends string>(name: string, value: NoInfer<T>, options: readonly T[], meaning: string): Setting<T> {
  const allowed = `one of ${options.join(', ')}`;
  return { name, default: value, meaning, allowed, parse: (given) => options.find((o) => o === given), show: String };
}

function text(
  name: string,
  value: string,
  meaning: string,
  allowed: string,
  parse: (given: string) => string | undefined,
): Setting<string> {
  return { name, default: value, meaning, allowed, parse, show: String };
}

function optionalText(
  name: string,
  meaning: string,
  allowed: string,
  parse: (given: string) => string | undefined,
  show: (value: string) => string,
): Setting<string | undefined> {
  return { name, default: undefined, meaning, allowed, parse, show: (value) => (value ? show(value) : '') };
}

function hostName(given: string): string | undefined {
  return isIPv6(given) || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(given) ? given : undefined;
}

function publicUrl(given: string): string | undefined {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isPlain = url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username && !url.password;
  return isPlain ? url.href.replace(/\/+$/, '') : undefined;
}

function originList(name: string, meaning: string): Setting<readonly string[]> {
  const isOrigin = (origin: string) =>
    /^https?:\/\//.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin;
  return {
    name,
    default: [],
    meaning,
    allowed: 'a comma list of origins such as https://lab.example:8443 (no path, no *)',
    parse: (given) => {
      const list = given.split(',').map((origin) => origin.trim());
      return list.every(isOrigin) ? list : undefined;
    },
    show: (value) => value.join(','),
  };
}

/** Whether only this machine can reach what listens on the host. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/** A URI without its password, and without query values that are secrets in MongoDB's URIs. */
function maskUri(uri: string): string {
  return uri
    .replace(/^([a-z+]+:\/\/)([^:@]*):.*@/is, '$1$2:***@')
    .replace(/([?&][^=&]*(?:password|secret|token|properties)[^=&]*=)[^&]*/gi, '$1***');
}
