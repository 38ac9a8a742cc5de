import { seedWords } from '../../xoshiro128.js';
import type { CellInput, CellVariable, Circuit } from '../circuit.js';
import type { CircuitParameters } from '../circuit-parameters.js';
import type { CircuitConstants } from '../constants.js';
import type { KernelNetwork } from './kernel-network.js';

/** Where the compiled kernel keeps things: addresses in bytes, described in assembly/circuit-kernel.ts. */
const addresses = [
  ...(['cascades', 'populations', 'weights', 'failuresBelow', 'streams', 'thresholds', 'guides', 'noise'] as const),
  ...(['targetRows', 'targets', 'masksOfE', 'masksOfI'] as const),
  ...(['w', 'rA', 'yA', 'rN', 'yN', 'rG', 'yG', 'ampa', 'cortical', 'gaba'] as const),
  ...(['spikeLists', 'newest', 'spikesE', 'spikesI'] as const),
];

/** What a compiled kernel has built in. */
const limits = ['SPIKE_LIST', 'SPIKE_STEPS', 'MOST_THRESHOLDS', 'MOST_TARGETS'] as const;

/** What a compiled kernel exports. */
interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  begin(): void;
  advance(blocks: number, mostSpikesE: number): number;
}

/** More blocks or spikes than any run has, in what the kernel can hold. */
const MANY = 2 ** 31 - 1;

const LISTS = 3;
const FLOAT_BYTES = 4;

/**
 * The circuit that a compiled kernel advances. There is one a kernel instance: {@link begin} puts it at the start of
 * another run and ends the one before.
 */
export class KernelCircuit implements Circuit {
  readonly state: Readonly<Record<CellVariable, Float32Array>>;
  readonly inputs: Readonly<Record<CellInput, Float32Array>>;
  private readonly kernel: KernelExports;
  private readonly at: Readonly<Record<(typeof addresses)[number] | (typeof limits)[number], number>>;
  private readonly cellLists: readonly Uint16Array[];
  private readonly stepLists: readonly Uint8Array[];
  private readonly newest: Int32Array;
  private readonly spikes: Int32Array;

  /**
   * @param module the compiled kernel; it imports nothing
   * @throws RangeError where it was built for other constants
   */
  constructor(
    private readonly constants: CircuitConstants,
    module: WebAssembly.Module,
  ) {
    const { exports } = new WebAssembly.Instance(module, {});
    this.kernel = exports as unknown as KernelExports; // it was built from assembly/circuit-kernel.ts
    const global = (name: string): number => (exports[name] as WebAssembly.Global).value as number;
    refuseOtherConstants(constants, global);
    this.at = Object.fromEntries([...addresses, ...limits].map((name) => [name, global(name)])) as typeof this.at;
    const cells = constants.excitatoryCells + constants.inhibitoryCells;
    const variable = (name: CellVariable): Float32Array => this.floats(this.at[name], cells);
    const input = (name: CellInput): Float32Array => this.floats(this.at[name], cells * constants.delaySteps);
    this.state = {
      w: variable('w'),
      rA: variable('rA'),
      yA: variable('yA'),
      rN: variable('rN'),
      yN: variable('yN'),
      rG: variable('rG'),
      yG: variable('yG'),
    };
    this.inputs = { ampa: input('ampa'), cortical: input('cortical'), gaba: input('gaba') };
    const { buffer } = this.kernel.memory;
    const { spikeLists, SPIKE_LIST, SPIKE_STEPS } = this.at;
    const lists = Array.from({ length: LISTS }, (_, list) => spikeLists + list * SPIKE_LIST);
    this.cellLists = lists.map((list) => new Uint16Array(buffer, list, cells));
    this.stepLists = lists.map((list) => new Uint8Array(buffer, list + SPIKE_STEPS, cells));
    this.newest = new Int32Array(buffer, this.at.newest, 1);
    this.spikes = new Int32Array(buffer, this.at.spikesE, 2);
  }

  /** Puts the circuit at the start of a run. */
  begin(parameters: CircuitParameters, network: KernelNetwork, noiseSeed: number): void {
    const { at } = this;
    const { buffer } = this.kernel.memory;
    const { ampa, nmda, gaba, leakDrive, leakRemainder, nmdaPerAmpa } = parameters;
    this.floats(at.cascades, 6).set([ampa.rise, ampa.decay, nmda.rise, nmda.decay, gaba.rise, gaba.decay]);
    this.floats(at.populations, 6).set([...leakDrive, ...leakRemainder, ...nmdaPerAmpa]);
    const { weightEE, weightIE, weightEI, weightII, failuresBelow } = parameters;
    this.floats(at.weights, 4).set([weightEE, weightIE, weightEI, weightII]);
    new Int32Array(buffer, at.failuresBelow, 1)[0] = failuresBelow;
    parameters.streams.forEach((stream, i) => this.writeStream(i, stream));
    if (network.targets.length > at.MOST_TARGETS) throw new RangeError(`${network.targets.length} targets`);
    new Uint16Array(buffer, at.targetRows, network.targetRows.length).set(network.targetRows);
    new Uint16Array(buffer, at.targets, network.targets.length).set(network.targets);
    new Int16Array(buffer, at.masksOfE, network.masksOfE.length).set(network.masksOfE);
    new Int16Array(buffer, at.masksOfI, network.masksOfI.length).set(network.masksOfI);
    this.writeNoise(noiseSeed);
    this.kernel.begin();
  }

  advance(blocks = 1, mostSpikesE = Infinity): number {
    return this.kernel.advance(blocks, Math.min(mostSpikesE, MANY));
  }

  get spikeCells(): Uint16Array {
    return this.cellLists[this.newest[0] as number] as Uint16Array; // one of LISTS
  }

  get spikeSteps(): Uint8Array {
    return this.stepLists[this.newest[0] as number] as Uint8Array; // one of LISTS
  }

  get spikesE(): number {
    return this.spikes[0] as number; // of two
  }

  get spikesI(): number {
    return this.spikes[1] as number; // of two
  }

  private floats(address: number, length: number): Float32Array {
    return new Float32Array(this.kernel.memory.buffer, address, length);
  }

  private writeStream(i: number, { population, receptor, weight, counts }: CircuitParameters['streams'][number]): void {
    const { excitatoryCells, inhibitoryCells, delaySteps } = this.constants;
    const { at } = this;
    const { buffer } = this.kernel.memory;
    const { first, thresholds, guide } = counts;
    if (thresholds.length > at.MOST_THRESHOLDS) throw new RangeError(`a Poisson table of ${thresholds.length}`);
    const begin = population === 0 ? 0 : excitatoryCells * delaySteps * FLOAT_BYTES;
    const places = (population === 0 ? excitatoryCells : inhibitoryCells) * delaySteps;
    const fields = 4;
    const address = at.streams + i * fields * Int32Array.BYTES_PER_ELEMENT;
    new Int32Array(buffer, address, fields - 1).set([at[receptor] + begin, places, first]);
    this.floats(address + (fields - 1) * FLOAT_BYTES, 1)[0] = weight;
    new Uint32Array(buffer, at.thresholds + i * at.MOST_THRESHOLDS * thresholds.BYTES_PER_ELEMENT).set(thresholds);
    new Uint16Array(buffer, at.guides + i * guide.byteLength).set(guide);
  }

  private writeNoise(seed: number): void {
    const [words, lanes] = [4, 4];
    const noise = new Uint32Array(this.kernel.memory.buffer, this.at.noise, words * lanes);
    seedWords('noise', seed, words * lanes).forEach((word, i) => {
      noise[(i % words) * lanes + Math.floor(i / words)] = word;
    });
  }
}

/** A kernel has its constants built in: with others it would compute something, and not what is meant. */
function refuseOtherConstants(constants: CircuitConstants, builtIn: (name: string) => number): void {
  const wanted = {
    E_CELLS: constants.excitatoryCells,
    I_CELLS: constants.inhibitoryCells,
    STEPS: constants.delaySteps,
    HELD_STEPS: constants.heldSteps,
  };
  for (const [name, value] of Object.entries(wanted)) {
    if (builtIn(name) !== value)
      throw new RangeError(`the kernel has ${name} ${builtIn(name)}, not ${value}: build it anew`);
  }
}
