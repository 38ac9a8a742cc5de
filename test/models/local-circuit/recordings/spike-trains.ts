import assert from 'node:assert/strict';
import type { NumberArray, Table } from '../../../../src/domain/table.js';
import type { Estimate } from '../../../../src/domain/estimate.js';
import type { Circuit } from '../../../../src/models/local-circuit/circuit.js';
import { circuitConstants } from '../../../../src/models/local-circuit/constants.js';
import { recorders } from '../../../../src/models/local-circuit/recordings/recorders.js';
import type { RecordedData } from '../../../../src/models/local-circuit/recordings/recorder.js';
import { Xoshiro128 } from '../../../../src/models/xoshiro128.js';

/** The steps, ascending, at which a cell fires. */
export type Train = readonly number[];

/** What a circuit of other sizes fires. */
export interface Firing {
  readonly e: readonly Train[];
  readonly i: readonly Train[];
  /** Of 1 ms, ten steps. */
  readonly blocks: number;
  /** What the run was to have; the same where it is not given. */
  readonly plannedBlocks?: number;
}

const none = new Float32Array(0);

/** A circuit that shows nothing but the given spikes, in the order of cells. */
function showing(spikes: readonly { readonly cell: number; readonly step: number }[], spikesE: number): Circuit {
  return {
    state: { w: none, rA: none, yA: none, rN: none, yN: none, rG: none, yG: none },
    inputs: { ampa: none, cortical: none, gaba: none },
    spikeCells: Uint16Array.from(spikes, ({ cell }) => cell),
    spikeSteps: Uint8Array.from(spikes, ({ step }) => step),
    spikesE,
    spikesI: spikes.length - spikesE,
    advance: () => assert.fail('a recorder only looks'),
  };
}

/** What a kind of recording gives of cells that fire so. */
export function recordingOf(kind: string, { e, i, blocks, plannedBlocks = blocks }: Firing): RecordedData {
  const byBlock = Array.from({ length: blocks }, (): { cell: number; step: number }[] => []);
  [...e, ...i].forEach((train, cell) => {
    for (const step of train) byBlock[Math.floor(step / 10)]?.push({ cell, step: step % 10 });
  });
  const constants = { ...circuitConstants, excitatoryCells: e.length, inhibitoryCells: i.length };
  const recorder = recorders.find((known) => known.kind === kind)?.create({ constants, plannedBlocks });
  assert.ok(recorder, `there is a recorder of ${kind}`);
  byBlock.forEach((spikes, block) =>
    recorder.observe(showing(spikes, spikes.filter(({ cell }) => cell < e.length).length), block),
  );
  return recorder.finish();
}

/** Fires at each step with a probability that gives `rateHz`: Poisson, but for the grid. */
export function poissonTrain(random: Xoshiro128, rateHz: number, blocks: number): number[] {
  const perStep = rateHz / 10_000;
  const steps: number[] = [];
  let step = -1;
  for (;;) {
    const uniform = (random.next() + 0.5) / 2 ** 32;
    step += Math.max(1, Math.ceil(Math.log(uniform) / Math.log1p(-perStep)));
    if (step >= 10 * blocks) return steps;
    steps.push(step);
  }
}

/** So many independent trains of a seed. */
export function poissonTrains(seed: number, cells: number, rateHz: number, blocks: number): Train[] {
  const random = new Xoshiro128('noise', seed);
  return Array.from({ length: cells }, () => poissonTrain(random, rateHz, blocks));
}

/** Fires every `interval` steps from `first` on. */
export function regularTrain(interval: number, blocks: number, first = 0): number[] {
  const steps: number[] = [];
  for (let step = first; step < 10 * blocks; step += interval) steps.push(step);
  return steps;
}

/** The numbers of a column. */
export function numbersOf({ columns }: Table, name: string): NumberArray {
  const column = columns.find((known) => known.name === name);
  assert.ok(column && 'numbers' in column, `there is a column ${name}`);
  return column.numbers;
}

/** The figure of a name. */
export function figureOf({ figures }: Pick<RecordedData, 'figures'>, name: string): Estimate {
  const found = figures.find((known) => known.name === name);
  assert.ok(found, `there is a figure ${name}`);
  return found;
}

/** Value minus `expected`, in standard errors. */
export function deviation({ value, standardError }: Estimate, expected: number): number {
  assert.ok(standardError !== null);
  return (value - expected) / standardError;
}
