import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ParameterValues } from '../../src/domain/identity.js';
import { circuitConstants } from '../../src/models/local-circuit/constants.js';
import { localCircuitDefinition } from '../../src/models/local-circuit/definition.js';
import { localCircuit } from '../../src/models/local-circuit/local-circuit.js';
import { mean, variance } from '../../src/statistics/moments.js';
import { figure, machineLoad } from '../figure.js';
import { canonicalValues } from '../../src/domain/parameter-values.js';

/** Where the scripts lie: in the sources, from this file's place in build/bench/peers. */
const scripts = fileURLToPath(new URL('../../../bench/peers/', import.meta.url));
const python = process.env.PYTHON ?? 'python3';

/** A simulator that may be installed, its script, and how many biological seconds it is asked for. */
interface Peer {
  readonly name: string;
  readonly module: string;
  readonly seconds: number;
}

const peers: readonly Peer[] = [
  { name: 'brian2', module: 'brian2', seconds: 20 },
  { name: 'nest', module: 'nest', seconds: 6 },
];

const states = { background: 80, driven: 480 } as const;
const populations = ['E', 'I'] as const;
type PerPopulation<T> = Readonly<Record<(typeof populations)[number], T>>;

interface Estimate {
  readonly mean: number;
  readonly error: number;
}

/** Rates in Hz with their errors, and the time for a biological second. */
interface Measured {
  readonly name: string;
  readonly rates: PerPopulation<Estimate>;
  readonly msPerSecond: number;
}

/**
 * The same model in Brian2 and in NEST, as far as they are installed for `python3` (or $PYTHON), beside the kernel in the
 * same run: time for a biological second without building and compiling, and the rates with the deviation in errors.
 */
export function benchPeers(): Promise<void> {
  machineLoad();
  const installed = peers.filter(({ module }) => canImport(module));
  for (const { name } of peers.filter((peer) => !installed.includes(peer)))
    process.stderr.write(
      `${name} is left out: ${python} cannot import it. docs/peers.md says how to install Brian2 and NEST; PYTHON names another Python.\n`,
    );
  const cases = Object.entries(states).map(([name, rate]) => ({ name, values: valuesAt(rate) }));
  for (const peer of installed) {
    const ours = cases.map(kernel);
    const theirs = ask(peer, cases);
    for (const own of ours) {
      const other = theirs.find(({ name }) => name === own.name);
      if (!other) throw new Error(`${peer.name} has not answered ${own.name}`);
      compare(`peers.${peer.name}.${own.name}`, other, own);
    }
  }
  return Promise.resolve();
}

function canImport(module: string): boolean {
  return spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0;
}

const valuesAt = (rate: number): ParameterValues => ({
  ...canonicalValues(localCircuitDefinition, {}),
  lgnRateE: rate,
  lgnRateI: rate,
});

/** Runs a peer's script: a question on its standard input, a line `RESULT {…}` a case on its output. */
function ask({ name, seconds }: Peer, cases: readonly { name: string; values: ParameterValues }[]): Measured[] {
  const { status, stdout, stderr, error } = spawnSync(python, [`${scripts}${name}_circuit.py`], {
    input: JSON.stringify({ seconds, seed: 1, cases }),
    encoding: 'utf8',
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  if (status !== 0) throw new Error(`${name} failed: ${error?.message ?? stderr}`);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('RESULT '))
    .map((line) => JSON.parse(line.slice('RESULT '.length)) as Measured);
}

const REPLICATES = 96;
const SECONDS = 4;
const WARMUP_SECONDS = 0.5;

/** The kernel: rates from replicates with a network each, and CPU time without the first run, which builds. */
function kernel({ name, values }: { name: string; values: ParameterValues }): Measured {
  const simulator = localCircuit.createSimulator(readFileSync(new URL(localCircuit.kernelUrl)));
  const simulate = (seed: number): PerPopulation<number> => {
    const protocol = {
      warmupMs: 1000 * WARMUP_SECONDS,
      durationMs: 1000 * SECONDS,
      networkSeed: seed,
      noiseSeed: 1000 + seed,
    };
    const outputs = simulator.simulate(values, protocol, () => false)?.sums.outputs;
    const rate = (spikes: readonly number[] = [], cells: number): number =>
      spikes.reduce((sum, n) => sum + n, 0) / (cells * SECONDS);
    const { excitatoryCells, inhibitoryCells } = circuitConstants;
    return { E: rate(outputs?.rateE, excitatoryCells), I: rate(outputs?.rateI, inhibitoryCells) };
  };
  const rates = Array.from({ length: REPLICATES }, (_, n) => simulate(1 + n));
  const times = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    simulate(REPLICATES); // its network is there already
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / (SECONDS + WARMUP_SECONDS);
  });
  const estimate = (of: (typeof populations)[number]): Estimate => {
    const all = rates.map((run) => run[of]);
    return { mean: mean(all), error: Math.sqrt((variance(all) ?? NaN) / all.length) };
  };
  return { name, rates: { E: estimate('E'), I: estimate('I') }, msPerSecond: Math.min(...times) };
}

function compare(name: string, theirs: Measured, ours: Measured): void {
  figure(name, theirs.msPerSecond, 'ms/s');
  figure(`${name}.kernel`, ours.msPerSecond, 'ms/s');
  figure(`${name}.ratio`, theirs.msPerSecond / ours.msPerSecond, '× kernel');
  for (const of of populations) {
    const [a, b] = [theirs.rates[of], ours.rates[of]];
    figure(`${name}.rate${of}`, a.mean, 'Hz');
    figure(`${name}.rate${of}.error`, a.error, 'Hz');
    figure(`${name}.kernel.rate${of}`, b.mean, 'Hz');
    figure(`${name}.kernel.rate${of}.error`, b.error, 'Hz');
    figure(`${name}.rate${of}.z`, (b.mean - a.mean) / Math.hypot(a.error, b.error), 'combined errors');
  }
}
