import { LANES } from '../../xoshiro128.js';
import type { CircuitConstants } from '../constants.js';
import type { Network } from '../network.js';

/** A network as the kernel reads it; the four arrays are described in assembly/circuit-kernel.ts. */
export interface KernelNetwork {
  readonly targetRows: Uint16Array;
  readonly targets: Uint16Array;
  readonly masksOfE: Int16Array;
  readonly masksOfI: Int16Array;
}

/** Targets of an E cell are handled in eights: a draw gives eight 16-bit uniforms. */
const ROW_MULTIPLE = 8;

/** Lays out a network for the kernel: E→E as lists, for they are sparse and may fail; all else as dense masks. */
export function kernelNetwork(constants: CircuitConstants, network: Network): KernelNetwork {
  const { excitatoryCells, inhibitoryCells, delaySteps } = constants;
  const cells = excitatoryCells + inhibitoryCells;
  const spill = cells * delaySteps; // the place behind the cortical inputs
  const rows = network.eToE.map((targets) => {
    const row = new Uint16Array(Math.ceil(targets.length / ROW_MULTIPLE) * ROW_MULTIPLE).fill(spill * 4);
    targets.forEach((place, i) => (row[i] = place * 4));
    return row;
  });
  const targetRows = new Uint16Array(rows.length + 1);
  rows.forEach((row, i) => (targetRows[i + 1] = (targetRows[i] ?? 0) + row.length));
  const targets = new Uint16Array(targetRows[rows.length] ?? 0);
  rows.forEach((row, i) => targets.set(row, targetRows[i]));

  const masksOfE = new Int16Array(excitatoryCells * inhibitoryCells);
  network.eToI.forEach((row, from) => {
    for (const place of row) masksOfE[from * inhibitoryCells + cellOf(place, delaySteps) - excitatoryCells] = -1;
  });
  const masksOfI = new Int16Array(inhibitoryCells * cells);
  for (const lists of [network.iToE, network.iToI])
    lists.forEach((row, from) => {
      for (const place of row) masksOfI[from * cells + cellOf(place, delaySteps)] = -1;
    });
  return { targetRows, targets, masksOfE, masksOfI };
}

/** The cell of a place at step 0 of a block: the inverse of `placeOf`. */
function cellOf(place: number, stepsPerBlock: number): number {
  return Math.floor(place / (LANES * stepsPerBlock)) * LANES + (place % LANES);
}
