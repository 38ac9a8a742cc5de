import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SimulationPool } from '../src/compute/simulation-pool.js';
import { StopFlag } from '../src/compute/stop-flag.js';
import type { ParameterValues } from '../src/domain/identity.js';
import { circuitConstants } from '../src/models/local-circuit/constants.js';
import { localCircuitDefinition } from '../src/models/local-circuit/definition.js';
import { localCircuit } from '../src/models/local-circuit/local-circuit.js';
import { buildNetwork } from '../src/models/local-circuit/network.js';
import { oracleSimulator } from '../src/models/local-circuit/oracle.js';
import type { Simulator } from '../src/models/model.js';
import { figure, leastCpuMs, machineLoad } from './figure.js';
import { canonicalValues } from '../src/domain/parameter-values.js';

/** The native program to compare with, where this checkout lies beside it. */
const floorSource = resolve('../shared/bench/circuit-floor.c');
const ROUNDS = 5;
const SECONDS = 4;
const RUNS = 100;
const states = { background: 80, driven: 480 } as const;
type State = keyof typeof states;
const stateNames: readonly State[] = ['background', 'driven'];

/**
 * The kernel and the oracle in CPU milliseconds a biological second, beside the native floor in the same run: they take
 * turns, and a ratio is of the least of each. Then what a run costs beside that, and runs per second by as many workers
 * as there are cores.
 */
export async function benchSimulator(): Promise<void> {
  machineLoad();
  const kernel = simulatorOfKernel();
  const oracle = oracleSimulator();
  figure(
    'simulator.kernel.first-digest',
    leastCpuMs(1, () => kernel.numericsDigest()),
    'ms',
  );
  figure(
    'simulator.network.build',
    leastCpuMs(ROUNDS, (seed) => buildNetwork(circuitConstants, seed)),
    'ms',
  );
  figure('simulator.run.set-up', setUpMs(kernel), 'ms, of a run of another network');

  const floor = compileFloor();
  const least: Record<string, number> = {};
  const note = (name: string, ms: number): void => void (least[name] = Math.min(least[name] ?? Infinity, ms));
  simulate(oracle, 'driven', SECONDS); // once for the compiler
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { state, msPerBiologicalSecond } of floor?.run() ?? []) note(`floor.${state}`, msPerBiologicalSecond);
    for (const state of stateNames)
      note(`kernel.${state}`, leastCpuMs(2, () => simulate(kernel, state, SECONDS)) / SECONDS);
    if (round < 2)
      for (const state of stateNames)
        note(`oracle.${state}`, leastCpuMs(1, () => simulate(oracle, state, SECONDS)) / SECONDS);
  }
  floor?.remove();
  for (const [name, ms] of Object.entries(least)) figure(`simulator.${name}`, ms, 'ms/s');
  for (const state of stateNames) {
    const native = least[`floor.${state}`];
    if (native === undefined) continue;
    for (const name of ['kernel', 'oracle'])
      figure(`simulator.${name}.${state}.ratio`, (least[`${name}.${state}`] ?? NaN) / native, '× floor');
  }
  await benchWorkers();
}

function simulatorOfKernel(): Simulator {
  return localCircuit.createSimulator(readFileSync(new URL(localCircuit.kernelUrl)));
}

const defaults = canonicalValues(localCircuitDefinition, {});

function valuesOf(state: State): ParameterValues {
  return { ...defaults, lgnRateE: states[state], lgnRateI: states[state] };
}

function simulate(simulator: Simulator, state: State, seconds: number): void {
  const protocol = { warmupMs: 0, durationMs: seconds * 1000, networkSeed: 1, noiseSeed: 7 };
  simulator.simulate(valuesOf(state), protocol, () => false);
}

/** CPU ms of runs of 1 ms, each of a network that the simulator does not have. */
function setUpMs(simulator: Simulator): number {
  const protocol = { warmupMs: 0, durationMs: 1, networkSeed: 0, noiseSeed: 7 };
  return leastCpuMs(ROUNDS, (round) =>
    simulator.simulate(defaults, { ...protocol, networkSeed: 1000 + round }, () => false),
  );
}

/** Runs per second of one worker, and of one a core, by turns in the same run. */
async function benchWorkers(): Promise<void> {
  const cores = availableParallelism();
  const counts = [1, cores];
  const pools = counts.map((workers) => new SimulationPool(workers));
  const best = counts.map(() => 0);
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const [i, pool] of pools.entries()) {
      const perSecond = await runsPerSecond(pool);
      if (round > 0) best[i] = Math.max(best[i] ?? 0, perSecond); // the first one starts the workers
    }
  await Promise.all(pools.map((pool) => pool.close()));
  const [one = NaN, all = NaN] = best;
  figure('simulator.runs-per-second.one-core', one, 'runs/s, of 4.5 s at background');
  figure('simulator.runs-per-second.all-cores', all, `runs/s, on ${cores} cores`);
  figure('simulator.runs-per-second.ratio', all / one, '× one core');
}

async function runsPerSecond(pool: SimulationPool): Promise<number> {
  const { numericsDigest } = await pool.numericsOf('local-circuit');
  const options = { priority: 0, stop: new StopFlag(), begin: async () => true };
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: RUNS }, (_, noiseSeed) => {
      const protocol = { warmupMs: 500, durationMs: 4000, networkSeed: 1, noiseSeed };
      return pool.simulate({ model: 'local-circuit', numericsDigest, values: defaults, protocol }, options);
    }),
  );
  return (RUNS * 1000) / (performance.now() - begin);
}

interface FloorFigure {
  readonly state: State;
  readonly msPerBiologicalSecond: number;
}

/** Compiles the floor; undefined, with the reason on stderr, where it cannot be had. */
function compileFloor(): { run(): readonly FloorFigure[]; remove(): void } | undefined {
  if (!existsSync(floorSource)) {
    process.stderr.write(`no native floor: there is no ${floorSource}\n`);
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'cortigraph-bench-'));
  const binary = join(folder, 'circuit-floor');
  try {
    execFileSync('gcc', ['-O3', '-march=native', floorSource, '-lm', '-o', binary]);
    execFileSync(binary, ['1']);
  } catch (error) {
    process.stderr.write(`no native floor: ${(error as Error).message}\n`);
    rmSync(folder, { recursive: true });
    return undefined;
  }
  return {
    run: () =>
      execFileSync(binary, [String(SECONDS)], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as FloorFigure),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
