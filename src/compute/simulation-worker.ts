/** The code of a worker thread: it holds a simulator of each model that it was asked for, warm between tasks. */
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { sha256 } from '../domain/digest.js';
import type { Simulator } from '../models/model.js';
import { findModel } from '../models/registry.js';
import { measureSpeed } from './measure-speed.js';
import type { ModelNumerics, SimulationReply, SimulationSpeed, SimulationTask, SpeedTask } from './simulation-task.js';

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
  const simulator = model.createSimulator();
  const workshop: Workshop = {
    simulator,
    numericsDigest: simulator.numericsDigest(),
    kernelDigest: sha256(readFileSync(fileURLToPath(model.kernelUrl))),
  };
  workshops.set(name, workshop);
  return workshop;
}

/** The digests of a model, from the code that does its work. */
export function describeNumerics(model: string): ModelNumerics {
  const { numericsDigest, kernelDigest } = workshopOf(model);
  return { numericsDigest, kernelDigest };
}

/** Times short runs, which are kept nowhere. */
export function timeRuns({ model, values, protocol, stop }: SpeedTask): SimulationSpeed | null {
  return measureSpeed(workshopOf(model).simulator, values, protocol, () => Atomics.load(stop, 0) !== 0);
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
