/** The code of a worker thread: it holds a simulator of each model that it was asked for, warm between tasks. */
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { sha256 } from '../domain/digest.js';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { ModelRecording } from '../domain/model-definition.js';
import type { Model, Recorded, Simulator } from '../models/model.js';
import { findModel } from '../models/registry.js';
import { measureSpeed } from './measure-speed.js';
import type {
  EncodedRecording,
  ModelNumerics,
  SimulationDone,
  SimulationReply,
  SimulationSpeed,
  SimulationTask,
  SpeedTask,
} from './simulation-task.js';

/** How much a worker yields to the threads that answer requests. On Linux, and only there, this is of the thread. */
const NICENESS = 10;
if (!isMainThread && process.platform === 'linux') setPriority(NICENESS);

interface Workshop extends ModelNumerics {
  readonly simulator: Simulator;
  readonly recordings: readonly ModelRecording[];
}

const workshops = new Map<string, Workshop>();

function workshopOf(name: string): Workshop {
  const known = workshops.get(name);
  if (known) return known;
  const model = findModel(name);
  if (!model) throw new Error(`no model ${name} in this worker`);
  const { kernel, simulator } = openKernel(model);
  const workshop: Workshop = {
    simulator,
    recordings: model.definition.recordings,
    numericsDigest: simulator.numericsDigest(),
    kernelDigest: sha256(kernel),
  };
  workshops.set(name, workshop);
  return workshop;
}

/** @throws Error that says what to do, where the kernel's file is lost or no kernel */
function openKernel(model: Model): { readonly kernel: Uint8Array; readonly simulator: Simulator } {
  try {
    const kernel = readFileSync(fileURLToPath(model.kernelUrl));
    return { kernel, simulator: model.createSimulator(kernel) };
  } catch (cause) {
    throw new Error(`the kernel of ${model.definition.name} is lost or damaged: run npm run build`, { cause });
  }
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

/** Runs one simulation. The bytes of its recordings are handed over, not copied. */
export async function simulate(task: SimulationTask): Promise<SimulationReply> {
  const { model, numericsDigest, values, protocol, recordings, stop } = task;
  const workshop = workshopOf(model);
  if (workshop.numericsDigest !== numericsDigest) {
    return { kind: 'otherNumerics', numericsDigest: workshop.numericsDigest };
  }
  const stopped = (): boolean => Atomics.load(stop, 0) !== 0;
  const result = workshop.simulator.simulate(values, protocol, stopped, recordings);
  if (!result) return { kind: 'stopped' };
  const { outcome, sums } = result;
  const { kernelDigest } = workshop;
  if (recordings.length === 0) return { kind: 'done', outcome, sums, kernelDigest, recorded: [] };
  const recorded = await Promise.all(recordings.map((kind) => encoded(workshop, kind, result.recorded ?? [])));
  return handedOver({ kind: 'done', outcome, sums, kernelDigest, recorded });
}

async function encoded(
  { recordings }: Workshop,
  kind: string,
  recorded: readonly Recorded[],
): Promise<EncodedRecording> {
  const definition = recordings.find((known) => known.kind === kind);
  const found = recorded.find((each) => each.kind === kind);
  if (!definition || !found) throw new Error(`the simulator did not record ${kind}`);
  const { encodeArrowStream } = await import('./arrow-table.js'); // most workers never record
  const bytes = await encodeArrowStream(found.table);
  const ownsBuffer = bytes.byteLength === bytes.buffer.byteLength;
  const arrow = ownsBuffer ? bytes : bytes.slice(); // a part of a shared buffer cannot be handed over
  return { kind, version: definition.version, figures: found.figures, arrow, digest: sha256(arrow) };
}

/** A reply whose buffers go to the thread that asked. */
function handedOver(reply: SimulationDone): SimulationReply {
  const transferable = {
    [transferableSymbol]: reply.recorded.map(({ arrow }) => arrow.buffer),
    [valueSymbol]: reply,
  };
  return move(transferable) as never; // piscina sends what is under valueSymbol
}
