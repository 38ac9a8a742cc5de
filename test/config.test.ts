import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeConfig, readConfig, settings } from '../src/config.js';
import { CortigraphError } from '../src/domain/errors.js';

/** The message with which an environment is refused. */
function refusal(env: NodeJS.ProcessEnv): string {
  try {
    readConfig(env);
  } catch (error) {
    assert.ok(error instanceof CortigraphError);
    assert.equal(error.code, 'BAD_USER_INPUT');
    return error.message;
  }
  throw new Error('The environment was not refused.');
}

describe('readConfig', () => {
  it('gives defaults for what is not set or empty', () => {
    const { workers, ...config } = readConfig({ PORT: '', CORTIGRAPH_LOG_LEVEL: ' ' });
    assert.ok(workers >= 1);
    assert.deepEqual(config, {
      port: 4000,
      host: '127.0.0.1',
      dataDir: './data',
      mongodbUri: undefined,
      publicUrl: undefined,
      corsOrigins: [],
      allowRemote: false,
      logLevel: 'info',
      maxBodyBytes: 1048576,
      maxTokens: 2000,
      maxAliases: 100,
      maxQueryCost: 50_000,
      maxQueryDepth: 12,
      maxRequestsInFlight: 256,
      requestTimeoutMs: 120_000,
      receiveTimeoutMs: 30_000,
      maxResponseSeconds: 600,
      maxSweepSeconds: 36_000,
      maxExperimentRuns: 1_000_000,
    });
  });

  it('reads every setting', () => {
    const config = readConfig({
      PORT: '0',
      HOST: '0.0.0.0',
      DATA_DIR: '/var/lib/cortigraph',
      MONGODB_URI: 'mongodb://db/cortigraph',
      CORTIGRAPH_PUBLIC_URL: 'https://lab.example/cortigraph/',
      CORTIGRAPH_CORS_ORIGINS: 'https://a.example, http://localhost:5173',
      CORTIGRAPH_ALLOW_REMOTE: 'true',
      CORTIGRAPH_LOG_LEVEL: 'warn',
      CORTIGRAPH_MAX_BODY_BYTES: '2048',
      CORTIGRAPH_MAX_TOKENS: '500',
      CORTIGRAPH_MAX_ALIASES: '30',
      CORTIGRAPH_MAX_QUERY_COST: '9000',
      CORTIGRAPH_MAX_QUERY_DEPTH: '8',
      CORTIGRAPH_MAX_REQUESTS_IN_FLIGHT: '16',
      CORTIGRAPH_REQUEST_TIMEOUT_MS: '90000',
      CORTIGRAPH_RECEIVE_TIMEOUT_MS: '5000',
      CORTIGRAPH_MAX_RESPONSE_SECONDS: '60',
      CORTIGRAPH_MAX_SWEEP_SECONDS: '600',
      CORTIGRAPH_MAX_EXPERIMENT_RUNS: '700',
      CORTIGRAPH_WORKERS: '3',
    });
    assert.deepEqual(config, {
      port: 0,
      host: '0.0.0.0',
      dataDir: '/var/lib/cortigraph',
      mongodbUri: 'mongodb://db/cortigraph',
      publicUrl: 'https://lab.example/cortigraph',
      corsOrigins: ['https://a.example', 'http://localhost:5173'],
      allowRemote: true,
      logLevel: 'warn',
      maxBodyBytes: 2048,
      maxTokens: 500,
      maxAliases: 30,
      maxQueryCost: 9000,
      maxQueryDepth: 8,
      maxRequestsInFlight: 16,
      requestTimeoutMs: 90_000,
      receiveTimeoutMs: 5000,
      maxResponseSeconds: 60,
      maxSweepSeconds: 600,
      maxExperimentRuns: 700,
      workers: 3,
    });
  });

  const invalid: readonly (readonly [string, string, string])[] = [
    ['PORT', '65536', 'a whole number from 0 to 65535'],
    ['PORT', '4e3', 'a whole number from 0 to 65535'],
    ['HOST', 'http://localhost', 'a host name or an IP address'],
    ['MONGODB_URI', 'postgres://db', 'a URI that begins with mongodb:// or mongodb+srv://'],
    ['CORTIGRAPH_PUBLIC_URL', 'lab.example', 'an http or https URL without user, query or fragment'],
    ['CORTIGRAPH_CORS_ORIGINS', '*', 'a comma list of origins such as https://lab.example:8443 (no path, no *)'],
    ['CORTIGRAPH_ALLOW_REMOTE', 'yes', 'true or false'],
    ['CORTIGRAPH_LOG_LEVEL', 'loud', 'one of trace, debug, info, warn, error, fatal, silent'],
    ['CORTIGRAPH_WORKERS', '0', 'a whole number from 1 to 1024'],
    ['CORTIGRAPH_REQUEST_TIMEOUT_MS', '60000', 'a whole number from 61000 to 86400000'],
    ['CORTIGRAPH_MAX_TOKENS', '-5', 'a whole number from 100 to 1000000'],
  ];
  for (const [name, value, allowed] of invalid) {
    it(`refuses ${name}=${value} and says what is allowed`, () => {
      assert.equal(refusal({ [name]: value }), `${name} is '${value}': it must be ${allowed}.`);
    });
  }

  it('names every problem at once', () => {
    assert.equal(refusal({ PORT: 'x', CORTIGRAPH_WORKERS: 'y' }).split('\n').length, 2);
  });

  it('offers the nearest name for an unknown variable', () => {
    assert.equal(
      refusal({ CORTIGRAPH_MAX_TOKEN: '5' }),
      'CORTIGRAPH_MAX_TOKEN is not a setting; did you mean CORTIGRAPH_MAX_TOKENS?',
    );
  });

  it('leaves variables of tests and of others alone', () => {
    readConfig({ CORTIGRAPH_TEST_MONGODB_URI: 'x', PATH: '/bin', MONGODB_URL: 'x' });
  });

  for (const host of ['0.0.0.0', '::', '192.168.0.4', 'lab.example', '127.evil.example']) {
    it(`refuses to listen on ${host} unless told so, and names the flag`, () => {
      assert.match(refusal({ HOST: host }), /CORTIGRAPH_ALLOW_REMOTE=true/);
      assert.equal(readConfig({ HOST: host, CORTIGRAPH_ALLOW_REMOTE: '1' }).host, host);
    });
  }

  for (const host of ['localhost', '::1', '127.0.0.2']) {
    it(`listens on ${host} without a flag`, () => {
      assert.equal(readConfig({ HOST: host }).host, host);
    });
  }

  it('never repeats a password', () => {
    assert.doesNotMatch(refusal({ MONGODB_URI: 'mongo://root:hunter2@db' }), /hunter2/);
  });
});

describe('describeConfig', () => {
  it('has each setting with value, default and meaning', () => {
    const described = describeConfig(readConfig({ PORT: '4100' }), { PORT: '4100' });
    assert.deepEqual(
      described.map(({ name, meaning }) => [name, meaning]),
      Object.values(settings).map(({ name, meaning }) => [name, meaning]),
    );
    assert.deepEqual(described[0], { ...described[0], name: 'PORT', value: '4100', default: '4000' });
  });

  for (const uri of [
    'mongodb://root:hunter2@db:27017/cortigraph',
    'mongodb+srv://root:hunter2%40x@db/?retryWrites=true',
    'mongodb://root:p@ss:hunter2@db',
    'mongodb://db/?tlsCertificateKeyFilePassword=hunter2&w=1',
    'mongodb://db/?authMechanismProperties=AWS_SESSION_TOKEN:hunter2',
  ]) {
    it(`masks the secret of ${uri.replace('hunter2', '…')}`, () => {
      const table = JSON.stringify(describeConfig(readConfig({ MONGODB_URI: uri }), { MONGODB_URI: uri }));
      assert.doesNotMatch(table, /hunter2/);
      assert.match(table, /\*\*\*/);
    });
  }
});
