import { readFileSync } from 'node:fs';
import { canonicalValues } from '../src/domain/parameter-values.js';
import { localCircuit } from '../src/models/local-circuit/local-circuit.js';
import { figure, leastCpuMs, machineLoad, quantile, sum } from './figure.js';
import { cpuSeconds, processTree, residentMB, startBenchServer, threadNanoseconds } from './server.js';

const ROUNDS = 5;
const REQUESTS = 2000;
const CLIENTS = 8;
/** V8 goes on compiling for the first few thousand answers of a server, at half a millisecond of CPU each. */
const ANSWERS_TO_WARM = 3000;
const typename = { query: '{ __typename }' };
const cached = {
  query: `query ($input: ResponseInput!) { response(input: $input) {
    id status cached outputs { name value unit standardError n interval { lower upper } } } }`,
  variables: { input: { parameters: { lgnRateE: 240, lgnRateI: 240 } } },
};

/** A question of one run, which no other of this benchmark shares. */
const computed = (lgnRate: number): typeof cached => ({
  ...cached,
  variables: { input: { parameters: { lgnRateE: lgnRate, lgnRateI: lgnRate } } },
});

/** The same of the shortest run, to warm the server. */
const short = (lgnRate: number): object => {
  const { query, variables } = computed(lgnRate);
  return { query, variables: { input: { ...variables.input, protocol: { warmupMs: 0, durationMs: 250 } } } };
};

/**
 * The built server, started by `npm start`, asked over loopback. CPU is that of the whole server process, all threads;
 * reads /proc, so it runs on Linux only.
 */
export async function benchHttp(): Promise<void> {
  machineLoad();
  const bench = await startBenchServer(CLIENTS, { CORTIGRAPH_MAX_RESPONSE_SECONDS: '3000' });
  const { pid: server } = bench;
  const ask = (body: object): Promise<unknown> => bench.ask(body);
  try {
    figure('http.start.cpu', sum(processTree(bench.npm).map(cpuSeconds)), 's, npm start (built) to the first answer');
    figure('http.idle.rss', residentMB(server), 'MB');

    const kernelMs = warmKernel();
    const cost = (lgnRate: number): Promise<number> => computedCost(server, () => ask(computed(lgnRate)));
    figure('http.cold-response.cpu', (await cost(240)) - kernelMs(240), "ms above the kernel's, the first of a server");
    for (let lgnRate = 100; lgnRate < 200; lgnRate += 1) await cost(lgnRate); // compiles what is used
    const together = async (from: number): Promise<number> => {
      const rates = Array.from({ length: 200 }, (_, i) => from + i / 100);
      const cpu = await computedCost(server, () => Promise.all(inTurn(rates.map(computed), ask)));
      return (cpu - sum(rates.map(kernelMs))) / rates.length;
    };
    const eight = `ms above the kernel's, ${CLIENTS} clients`;
    figure('http.warm-response.cpu.young', await together(300), `${eight}, behind a hundred answers`);
    await Promise.all(
      inTurn(
        Array.from({ length: ANSWERS_TO_WARM }, (_, i) => short(500 + i / 1000)),
        ask,
      ),
    );
    figure('http.warm-response.cpu', await together(302), eight);
    const alone: number[] = [];
    for (let lgnRate = 200; lgnRate < 260; lgnRate += 1) alone.push((await cost(lgnRate)) - kernelMs(lgnRate));
    figure(
      'http.warm-response.cpu.alone',
      quantile(alone, 0.5),
      "ms above the kernel's, one client that waits each time",
    );

    await ask(cached);
    const cpu: Record<'typename' | 'cached', number[]> = { typename: [], cached: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      cpu.typename.push(await cpuPerRequest(server, () => ask(typename)));
      cpu.cached.push(await cpuPerRequest(server, () => ask(cached)));
    }
    const [plain, answered] = [Math.min(...cpu.typename), Math.min(...cpu.cached)];
    figure('http.typename.cpu', plain, 'µs/request');
    figure('http.cached-response.cpu', answered, 'µs/request');
    figure('http.cached-response.cpu.above-typename', answered - plain, 'µs/request');

    const quiet = await latencies(() => ask(typename));
    figure('http.typename.p99.idle', quantile(quiet, 0.99), 'ms');
    const keepBusy = {
      ...cached,
      variables: { input: { parameters: { lgnRateE: 480 }, protocol: { durationMs: 20_000 }, replicates: 100 } },
    };
    await ask({ ...keepBusy, query: cached.query.replace('(input: $input)', '(input: $input, waitMs: 0)') });
    const busy = await latencies(() => ask(typename));
    figure('http.typename.p50.busy', quantile(busy, 0.5), 'ms');
    figure('http.typename.p99.busy', quantile(busy, 0.99), 'ms, all workers busy');
  } finally {
    await bench.stop();
  }
}

/** CPU milliseconds of a process, all its threads, for one answer that it computes. */
async function computedCost(pid: number, ask: () => Promise<unknown>): Promise<number> {
  const before = threadNanoseconds(pid);
  await ask();
  return (threadNanoseconds(pid) - before) / 1e6;
}

/** Asks all, by as many clients at once as there are. */
function inTurn(bodies: readonly object[], ask: (body: object) => Promise<unknown>): readonly Promise<void>[] {
  const left = [...bodies];
  return Array.from({ length: CLIENTS }, async () => {
    for (let body = left.pop(); body; body = left.pop()) await ask(body);
  });
}

/** The CPU milliseconds of the kernel alone for the run of {@link computed}, in this process. */
function warmKernel(): (lgnRate: number) => number {
  const simulator = localCircuit.createSimulator(readFileSync(new URL(localCircuit.kernelUrl)));
  const defaults = canonicalValues(localCircuit.definition, {});
  const protocol = { warmupMs: 500, durationMs: 4000, networkSeed: 1, noiseSeed: 1 };
  const kernelMs = (lgnRate: number): number =>
    leastCpuMs(1, () =>
      simulator.simulate({ ...defaults, lgnRateE: lgnRate, lgnRateI: lgnRate }, protocol, () => false),
    );
  for (let lgnRate = 100; lgnRate < 110; lgnRate += 1) kernelMs(lgnRate); // compiles it
  return kernelMs;
}

/** CPU microseconds of a process a request, with {@link CLIENTS} clients at once. */
async function cpuPerRequest(pid: number, ask: () => Promise<unknown>): Promise<number> {
  const before = threadNanoseconds(pid);
  const client = async (): Promise<void> => {
    for (let i = 0; i < REQUESTS / CLIENTS; i += 1) await ask();
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return (threadNanoseconds(pid) - before) / 1000 / REQUESTS;
}

/** Milliseconds of each of a thousand requests, one after the other, two milliseconds apart. */
async function latencies(ask: () => Promise<unknown>): Promise<readonly number[]> {
  const found: number[] = [];
  for (let i = 0; i < 1000; i += 1) {
    const begin = performance.now();
    await ask();
    found.push(performance.now() - begin);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return found;
}
