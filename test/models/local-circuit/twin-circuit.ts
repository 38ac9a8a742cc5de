import type { SilentCircuit } from './silent-circuit.js';
import { cellAt, voltageOf } from './silent-circuit.js';

/** The two variables of each conductance of a cell, in the simulator's scale: y holds (h/4)·g. */
interface Cascade {
  r: number;
  y: number;
}

interface Cell {
  readonly excitatory: boolean;
  readonly ampa: Cascade;
  readonly nmda: Cascade;
  readonly gaba: Cascade;
  voltage: number;
  heldFor: number;
}

/** A spike's conductance, in the scale of {@link Cascade}. */
interface Arrival {
  readonly cell: Cell;
  readonly ampa: number;
  readonly nmda: number;
  readonly gaba: number;
}

const STEP_MS = 0.1;
const DELAY_STEPS = 10;
const HELD_STEPS = 20;

/**
 * The circuit without external input or failures once more, straight from its description: float64, natural units,
 * a step at a time for all cells, arrivals by a queue. Starts from the state of a silent circuit.
 */
export class TwinCircuit {
  readonly cells: readonly Cell[];
  private readonly targets: readonly (readonly number[])[];
  private readonly arrivals: Arrival[][] = [];
  private step = 0;

  constructor(
    { circuit: { state }, network, constants }: SilentCircuit,
    private readonly weights: Readonly<Record<'sEE' | 'sEI' | 'sIE' | 'sII', number>>,
  ) {
    const cascade = (r: Float32Array, y: Float32Array, cell: number): Cascade => ({
      r: r[cell] ?? NaN,
      y: y[cell] ?? NaN,
    });
    this.cells = Array.from(state.w, (w, cell) => ({
      excitatory: cell < 300,
      ampa: cascade(state.rA, state.yA, cell),
      nmda: cascade(state.rN, state.yN, cell),
      gaba: cascade(state.rG, state.yG, cell),
      voltage: voltageOf(w),
      heldFor: 0,
    }));
    const numbers = (places: Int32Array): number[] => Array.from(places, (place) => cellAt(place, constants));
    const both = (toE: readonly Int32Array[], toI: readonly Int32Array[]): number[][] =>
      toE.map((places, i) => [...numbers(places), ...numbers(toI[i] ?? new Int32Array())]);
    this.targets = [...both(network.eToE, network.eToI), ...both(network.iToE, network.iToI)];
  }

  /** Advances by one step; the cells that fired, ascending. */
  advance(): number[] {
    for (const { cell, ampa, nmda, gaba } of this.arrivals[this.step] ?? []) {
      // Before the decay of this step, so that the jump is not reduced by it.
      cell.ampa.r += ampa / Math.exp(-STEP_MS / 0.5);
      cell.nmda.r += nmda / Math.exp(-STEP_MS / 2);
      cell.gaba.r += gaba / Math.exp(-STEP_MS / 0.5);
    }
    const fired = this.cells.flatMap((cell, number) => (this.update(cell) ? [number] : []));
    for (const number of fired) this.send(number);
    this.step += 1;
    return fired;
  }

  /** True if the cell fires. */
  private update(cell: Cell): boolean {
    decay(cell.ampa, 0.5, 3);
    decay(cell.nmda, 2, 80);
    decay(cell.gaba, 0.5, 5);
    if (cell.heldFor > 0) {
      cell.heldFor -= 1;
      return false;
    }
    // Crank–Nicolson with the conductances of the end of the step: dv/dt = −gL·v − gE·(v − 14/3) − gI·(v + 2/3).
    const gE = (4 / STEP_MS) * (cell.ampa.y + cell.nmda.y);
    const gI = (4 / STEP_MS) * cell.gaba.y;
    const half = (STEP_MS / 2) * (1 / (cell.excitatory ? 20 : 15) + gE + gI);
    const drive = STEP_MS * ((14 / 3) * gE - (2 / 3) * gI);
    cell.voltage = (cell.voltage * (1 - half) + drive) / (1 + half);
    if (cell.voltage < 1) return false;
    cell.voltage = 0;
    cell.heldFor = HELD_STEPS;
    return true;
  }

  private send(number: number): void {
    const { sEE, sEI, sIE, sII } = this.weights;
    const fromE = number < 300;
    const arriving = (this.arrivals[this.step + DELAY_STEPS] ??= []);
    for (const target of this.targets[number] ?? []) {
      const cell = this.cells[target];
      if (!cell) throw new RangeError(`there is no cell ${target}`);
      const share = cell.excitatory ? 0.8 : 0.67;
      const weight = fromE ? (cell.excitatory ? sEE : sIE) : cell.excitatory ? sEI : sII;
      arriving.push({
        cell,
        ampa: fromE ? weight * share * jump(0.5, 3) : 0,
        nmda: fromE ? weight * (1 - share) * jump(2, 80) : 0,
        gaba: fromE ? 0 : weight * jump(0.5, 5),
      });
    }
  }
}

function decay(cascade: Cascade, riseMs: number, decayMs: number): void {
  cascade.r *= Math.exp(-STEP_MS / riseMs);
  cascade.y = cascade.y * Math.exp(-STEP_MS / decayMs) + cascade.r;
}

const jump = (riseMs: number, decayMs: number): number =>
  ((STEP_MS / 4) * (Math.exp(-STEP_MS / decayMs) - Math.exp(-STEP_MS / riseMs))) / (decayMs - riseMs);
