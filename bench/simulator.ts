import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { circuitConstants } from '../src/models/local-circuit/constants.js';
import { localCircuitDefinition } from '../src/models/local-circuit/definition.js';
import { buildNetwork } from '../src/models/local-circuit/network.js';
import { oracleSimulator } from '../src/models/local-circuit/oracle.js';
import { figure, machineLoad } from './figure.js';

/** The native program to compare with, where this checkout lies beside it. */
const floorSource = resolve('../shared/bench/circuit-floor.c');
const ROUNDS = 5;
const SECONDS = 4;
const states = { background: 80, driven: 480 } as const;
type State = keyof typeof states;

/**
 * The simulator in CPU milliseconds a biological second, beside the native floor in the same run: the two alternate,
 * and the ratio is of the least of each.
 */
export async function benchSimulator(): Promise<void> {
  machineLoad();
  const simulator = oracleSimulator();
  const defaults = Object.fromEntries(localCircuitDefinition.inputs.map((input) => [input.name, input.default]));
  const simulate = (state: State): number => {
    const values = { ...defaults, lgnRateE: states[state], lgnRateI: states[state] };
    const protocol = { warmupMs: 0, durationMs: SECONDS * 1000, networkSeed: 1, noiseSeed: 7 };
    return cpuMs(() => simulator.simulate(values, protocol, () => false)) / SECONDS;
  };
  figure(
    'simulator.oracle.first-digest',
    cpuMs(() => simulator.numericsDigest()),
    'ms',
  );
  figure(
    'simulator.network.build',
    leastOf(ROUNDS, (seed) => cpuMs(() => buildNetwork(circuitConstants, seed))),
    'ms',
  );

  const floor = compileFloor();
  const oracle: Record<State, number[]> = { background: [], driven: [] };
  const native: Record<State, number[]> = { background: [], driven: [] };
  simulate('driven'); // once for the compiler
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const state of Object.keys(states) as State[]) oracle[state].push(simulate(state));
    for (const { state, msPerBiologicalSecond } of floor?.run() ?? []) native[state].push(msPerBiologicalSecond);
  }
  floor?.remove();
  for (const state of Object.keys(states) as State[]) {
    const ms = Math.min(...oracle[state]);
    figure(`simulator.oracle.${state}`, ms, 'ms/s');
    if (native[state].length === 0) continue;
    figure(`simulator.floor.${state}`, Math.min(...native[state]), 'ms/s');
    figure(`simulator.oracle.${state}.ratio`, ms / Math.min(...native[state]), '× floor');
  }
}

function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const leastOf = (rounds: number, measure: (round: number) => number): number =>
  Math.min(...Array.from({ length: rounds }, (_, round) => measure(round)));

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
