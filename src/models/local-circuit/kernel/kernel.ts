import type { ParameterValues } from '../../../domain/identity.js';
import type { Circuit } from '../circuit.js';
import { circuitParameters } from '../circuit-parameters.js';
import { circuitConstants } from '../constants.js';
import { NetworkCache } from '../network-cache.js';
import { buildNetwork } from '../network.js';
import type { CircuitEngine } from '../simulator.js';
import { CircuitSimulator } from '../simulator.js';
import { KernelCircuit } from './kernel-circuit.js';
import { kernelNetwork } from './kernel-network.js';

/** The compiled kernel: the file that does the arithmetic of a run. */
export const kernelUrl = new URL('./circuit-kernel.wasm', import.meta.url).href;

/** Advances circuits by the compiled kernel. One instance serves one run after the other. */
export class KernelEngine implements CircuitEngine {
  readonly constants = circuitConstants;
  private readonly circuit: KernelCircuit;
  private readonly networks = new NetworkCache((seed) =>
    kernelNetwork(circuitConstants, buildNetwork(circuitConstants, seed)),
  );

  /** @param kernel the bytes of a compiled kernel */
  constructor(kernel: Uint8Array) {
    this.circuit = new KernelCircuit(circuitConstants, new WebAssembly.Module(kernel));
  }

  begin(values: ParameterValues, networkSeed: number, noiseSeed: number): Circuit {
    this.circuit.begin(circuitParameters(circuitConstants, values), this.networks.get(networkSeed), noiseSeed);
    return this.circuit;
  }
}

/** The kernel as a simulator: what runs are made by. */
export const kernelSimulator = (kernel: Uint8Array): CircuitSimulator => new CircuitSimulator(new KernelEngine(kernel));
