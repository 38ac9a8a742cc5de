import type { ParameterValues } from '../../domain/identity.js';
import type { Circuit } from './circuit.js';
import { circuitParameters } from './circuit-parameters.js';
import type { CircuitConstants } from './constants.js';
import { circuitConstants } from './constants.js';
import { NetworkCache } from './network-cache.js';
import { buildNetwork } from './network.js';
import { OracleCircuit } from './oracle-circuit.js';
import type { CircuitEngine } from './simulator.js';
import { CircuitSimulator } from './simulator.js';

/** Advances circuits in scalar TypeScript, with whatever constants. */
export class OracleEngine implements CircuitEngine {
  private readonly networks: NetworkCache<ReturnType<typeof buildNetwork>>;

  constructor(readonly constants: CircuitConstants = circuitConstants) {
    this.networks = new NetworkCache((seed) => buildNetwork(constants, seed));
  }

  begin(values: ParameterValues, networkSeed: number, noiseSeed: number): Circuit {
    const { constants } = this;
    return new OracleCircuit(
      constants,
      circuitParameters(constants, values),
      this.networks.get(networkSeed),
      noiseSeed,
    );
  }
}

/** The oracle as a simulator: what the kernel has to match bit for bit, and the way to try other constants. */
export const oracleSimulator = (constants: CircuitConstants = circuitConstants): CircuitSimulator =>
  new CircuitSimulator(new OracleEngine(constants));
