/** The code of a worker thread: it holds a simulator of each model that it was asked for, warm between tasks. */
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { sha256 } from '../domain/digest.js';
import type { Simulator } from '../models/model.js';
import { findModel } from '../models/registry.js';
import type { ModelNumerics, SimulationReply, SimulationTask } from './simulation-task.js';

/** How much a worker yields to the threads that answer requests. On Linux, and only there, this is of the thread. */
const NICENESS = 10;
if (!isMainThread && process.platform === 'linux') setPriority(NICENESS);

interface Workshop extends ModelNumerics {
  readonly simulator: Simulator;
}

const workshops = new Map<string, Workshop>();

function workshopOf(name: string): Workshop {
  const known = workshops.get(name);
  if (known) return known;
  const model = findModel(name);
  if (!model) throw new Error(`no model ${name} in this worker`);
  const kernel = readFileSync(fileURLToPath(model.kernelUrl));
  const simulator = model.createSimulator(kernel);
  const workshop: Workshop = {
    simulator,
    numericsDigest: simulator.numericsDigest(),
    kernelDigest: sha256(kernel),
  };
  workshops.set(name, workshop);
  return workshop;
}

/** The digests of a model, from the code that does its work. */
export function describeNumerics(model: string): ModelNumerics {
  const { numericsDigest, kernelDigest } = workshopOf(model);
  return { numericsDigest, kernelDigest };
}

/** Runs one simulation. */
export function simulate({ model, numericsDigest, values, protocol, stop }: SimulationTask): SimulationReply {
  const workshop = workshopOf(model);
  if (workshop.numericsDigest !== numericsDigest) {
    return { kind: 'otherNumerics', numericsDigest: workshop.numericsDigest };
  }
  const result = workshop.simulator.simulate(values, protocol, () => Atomics.load(stop, 0) !== 0);
  return result ? { kind: 'done', ...result, kernelDigest: workshop.kernelDigest } : { kind: 'stopped' };
}
