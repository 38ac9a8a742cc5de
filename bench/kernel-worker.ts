/** A thread that runs the bare kernel over some runs and says how long that took. */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { ParameterValues } from '../src/domain/identity.js';
import type { Protocol } from '../src/domain/protocol.js';
import { localCircuit } from '../src/models/local-circuit/local-circuit.js';

const { values, protocols } = workerData as {
  readonly values: readonly ParameterValues[];
  readonly protocols: readonly Protocol[];
};
const simulator = localCircuit.createSimulator(readFileSync(new URL(localCircuit.kernelUrl)));
const run = (i: number): void => {
  const [at, protocol] = [values[i], protocols[i]];
  if (at && protocol) simulator.simulate(at, protocol, () => false);
};
for (let i = 0; i < Math.min(values.length, 20); i += 1) run(i); // compiles it
parentPort?.postMessage('ready');
parentPort?.once('message', () => {
  values.forEach((_, i) => run(i));
  parentPort?.postMessage('done');
});
