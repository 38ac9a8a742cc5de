import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { pointAt } from '../src/design/design.js';
import { derivedNoiseSeed } from '../src/domain/identity.js';
import { canonicalValues } from '../src/domain/parameter-values.js';
import type { Protocol } from '../src/domain/protocol.js';
import { localCircuit } from '../src/models/local-circuit/local-circuit.js';
import { figure, machineLoad } from './figure.js';
import type { BenchServer } from './server.js';
import { residentMB, startBenchServer, threadNanoseconds } from './server.js';

const SIZE = 100_000;
/** Runs that are timed. */
const RUNS = Number(process.env['BENCH_RUNS'] ?? 2000);
/** In turns with the bare kernel, for a machine may be faster now than later; the experiment is paused meanwhile. */
const TURNS = 4;
/** Runs before them, in which the server gets warm, and in each turn those before the timed ones. */
const WARM_UP = 1000;
const TURN_WARM_UP = 128;
const { definition } = localCircuit;
const ranges = definition.inputs.map(({ name, domain: { min, max } }) => ({ name, min, max }));
const space = { ranges: ranges.map(({ name, ...range }) => ({ names: [name], ...range, points: null })), fixed: {} };
const design = { kind: 'SOBOL', seed: 1, size: SIZE } as const;
const protocol = { warmupMs: 500, durationMs: 4000, networkSeed: 1, noiseSeed: null } satisfies Protocol;

interface Progress {
  readonly done: number;
}

/**
 * An experiment of 100,000 points over the circuit's domain, 4 s each: how long its creation takes, what the server holds,
 * its runs per second beside those of the bare kernel over the same points in the same run, and what its lists cost.
 */
export async function benchExperiment(): Promise<void> {
  machineLoad();
  const cores = availableParallelism();
  const server = await startBenchServer(1);
  try {
    const began = performance.now();
    const cpuBefore = threadNanoseconds(server.pid);
    const { createExperiment } = await data<{ createExperiment: { experiment: { id: string }; job: { id: string } } }>(
      server,
      'mutation ($input: CreateExperimentInput!) { createExperiment(input: $input) { experiment { id } job { id } } }',
      {
        input: {
          name: 'bench',
          design: 'SOBOL',
          size: SIZE,
          space: { inputs: ranges },
          protocol: { durationMs: 4000 },
        },
      },
    );
    figure('experiment.create.wall', performance.now() - began, `ms, ${SIZE} points`);
    figure('experiment.create.cpu', (threadNanoseconds(server.pid) - cpuBefore) / 1e6, 'ms');
    const { experiment, job } = createExperiment;
    const change = (mutation: string): Promise<unknown> =>
      data(server, `mutation ($id: ID!) { ${mutation}(id: $id) { job { status } } }`, { id: job.id });
    const spent = { runs: 0, ours: 0, bare: 0 };
    let before = WARM_UP;
    for (let turn = 0; turn < TURNS; turn += 1) {
      if (turn > 0) await change('resumeJob');
      const first = await doneOf(server, job.id, before + TURN_WARM_UP);
      const last = await doneOf(server, job.id, first.done + RUNS / TURNS);
      if (turn === 0) figure('experiment.rss', residentMB(server.pid), 'MB, while it runs');
      await change('pauseJob');
      before = await rowsAtRest(server, experiment.id);
      spent.runs += last.done - first.done;
      spent.ours += (last.at - first.at) / 1000;
      spent.bare += await bareSeconds(first.done, last.done, cores);
    }
    const { runs, ours, bare } = spent;
    figure('experiment.runs-per-second', runs / ours, `runs/s, ${runs} runs of 4.5 s on ${cores} cores, in ${TURNS} turns`); // prettier-ignore
    figure('experiment.kernel.runs-per-second', runs / bare, 'runs/s, of the bare kernel over the same points');
    figure('experiment.ratio', bare / ours, '× the bare kernel (goal .95)');
    await benchLists(server, experiment.id);
  } finally {
    await server.stop();
  }
}

async function benchLists(server: BenchServer, id: string): Promise<void> {
  const lists: Readonly<Record<string, string>> = {
    status: '{ status progress { total done failed } outcomes { outcome count } }',
    points: '{ points(first: 20) { totalCount nodes { index values outputs { name value standardError n } } } }',
    'points.runaway': '{ points(first: 20, filter: { outcome: "runaway" }) { nodes { index values } } }',
    rows: '{ rows(first: 100, orderBy: POINT_DESC, filter: { outcome: "COMPLETED" }) { totalCount nodes { point outcome } } }',
    table: '{ table(from: 0, points: 1000) { rowCount columns { name numbers strings } } }',
  };
  for (const [name, fields] of Object.entries(lists)) {
    const query = `query ($id: ID!) { experiment(id: $id) ${fields} }`;
    const cost: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const before = threadNanoseconds(server.pid);
      await data(server, query, { id });
      cost.push((threadNanoseconds(server.pid) - before) / 1e6);
    }
    figure(`experiment.list.${name}`, Math.min(...cost), 'ms of CPU a request');
  }
}

/** Waits until so many rows are done; how many, and when. */
async function doneOf(
  server: BenchServer,
  id: string,
  least: number,
): Promise<{ readonly done: number; readonly at: number }> {
  const query = 'query ($id: ID!) { job(id: $id) { progress { done } } }';
  for (let before = -1; ;) {
    const { job } = await data<{ job: { progress: Progress } }>(server, query, { id });
    const { done } = job.progress;
    // Where it changes: what is told in steps is then neither too late nor too early.
    if (done >= least && before >= 0 && done > before) return { done, at: performance.now() };
    before = done;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** How many rows a paused experiment has, once what was under way is written. */
async function rowsAtRest(server: BenchServer, id: string): Promise<number> {
  const query = 'query ($id: ID!) { experiment(id: $id) { rows(first: 1) { totalCount } } }';
  for (let before = -1; ;) {
    const { experiment } = await data<{ experiment: { rows: { totalCount: number } } }>(server, query, { id });
    const { totalCount } = experiment.rows;
    if (totalCount === before) return totalCount;
    before = totalCount;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Seconds that as many threads as there are cores take over points of the experiment, without anything else. */
async function bareSeconds(from: number, until: number, cores: number): Promise<number> {
  const points = Array.from({ length: until - from }, (_, i) => from + i);
  const values = points.map((point) => canonicalValues(definition, pointAt(design, space, point)));
  const protocols = values.map((at) => ({
    ...protocol,
    noiseSeed: derivedNoiseSeed(definition.name, at, protocol, 1),
  }));
  const workers = Array.from({ length: cores }, (_, core) => {
    const mine = <T>(all: readonly T[]): readonly T[] => all.filter((_, i) => i % cores === core);
    const workerData = { values: mine(values), protocols: mine(protocols) };
    return new Worker(new URL('./kernel-worker.js', import.meta.url), { workerData });
  });
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const began = performance.now();
  const done = workers.map((worker) => once(worker, 'message'));
  for (const worker of workers) worker.postMessage('go');
  await Promise.all(done);
  const seconds = (performance.now() - began) / 1000;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return seconds;
}

async function data<T>(server: BenchServer, query: string, variables: object): Promise<T> {
  const { data: given, errors } = await server.ask({ query, variables });
  if (errors || given == null) throw new Error(JSON.stringify(errors));
  return given as T;
}
