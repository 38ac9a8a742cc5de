import { LANES, Xoshiro128Lanes } from '../xoshiro128.js';
import type { Circuit } from './circuit.js';
import type { CircuitParameters, ExternalStream } from './circuit-parameters.js';
import type { CircuitConstants } from './constants.js';
import { REST, THRESHOLD } from './constants.js';
import type { Network } from './network.js';
import { poissonCount } from './poisson-table.js';

/** Inputs are cleared to this, not to 0: so no conductance decays into the denormal range, where arithmetic is slow. */
const TINY = Math.fround(1e-30);

/**
 * The state of one circuit, advanced a block at a time: the scalar oracle that the kernel has to match bit for bit.
 *
 * A spike arrives exactly one block after it was fired, so a block is computed for each cell alone, and the input
 * arrays are the delay line. The order of everything that shows in the bits:
 * 1. *External input.* One draw of the four noise lanes gives the uniforms of the counts of streams 0–3, a second those
 *    of streams 4 and 5. Then, stream by stream, each draw scatters four events: the place is
 *    ((r >>> 12)·places) >>> 20, counted from the population's first place. What a last draw has over is discarded.
 * 2. *Update.* For each cell and step, rounded to float32 after every operation: `x = ampaIn + corticalIn;
 *    rA = rA·d + x; yA = yA·d + rA; rN = rN·d + corticalIn·nmdaPerAmpa; yN = yN·d + rN; rG = rG·d + gabaIn;
 *    yG = yG·d + rG; t = (yA + yN) + leakDrive; q = 1/((t + leakRemainder) + yG); w = (w + t)·q − w`. A cell whose w
 *    reaches the threshold fires, is put to rest and skips the update of w for `heldSteps` steps. Inputs are cleared.
 * 3. *Delivery*, in the order of cells, each spike at its own step of the next block. For an E spike, ⌈targets/8⌉ draws
 *    give a 16-bit uniform a synapse: target 8v + 2·lane + half takes the low (0) or high (1) half of lane `lane` of
 *    draw v, and fails where it lies below `failuresBelow`.
 * At the start conductances are 0, and w is uniform from rest to threshold, both included: w = r·(3/32·2^−24) + 1/16 with r the
 * upper 24 bits of lane cell mod 4 of draw ⌊cell/4⌋, the first draws of the noise seed.
 *
 * Constants may vary as far as: populations are multiples of 4, and a cell is held for longer than a block and less than
 * 255 steps. Above 4,096 places (cells × delaySteps) a population's product r·places needs more than 32 bits: it is taken
 * in float64, exactly, with the same bits below. Places then differ in probability by up to places/2^20.
 */
export class OracleCircuit implements Circuit {
  /** Half-scale voltage and conductances of each cell: rising and decaying variables of AMPA, NMDA and GABA. */
  readonly state: Readonly<Record<'w' | 'rA' | 'yA' | 'rN' | 'yN' | 'rG' | 'yG', Float32Array>>;
  /** What arrives in the coming block. */
  readonly inputs: Readonly<Record<'ampa' | 'cortical' | 'gaba', Float32Array>>;
  /** The spikes of the last block in the order of cells: who, and at which step. */
  readonly spikeCells: Uint16Array;
  readonly spikeSteps: Uint8Array;
  spikesE = 0;
  spikesI = 0;

  /** How many steps from the start of the coming block each cell is still held at rest. */
  private readonly held: Uint8Array;
  private readonly noise: Xoshiro128Lanes;
  /** Of the group in hand, [step][lane]: excitation with leak, and the reciprocal of the denominator. */
  private readonly t: Float32Array;
  private readonly q: Float32Array;
  private readonly counts: Int32Array;
  private readonly cells: number;

  constructor(
    private readonly constants: CircuitConstants,
    private readonly parameters: CircuitParameters,
    private readonly network: Network,
    noiseSeed: number,
  ) {
    this.cells = constants.excitatoryCells + constants.inhibitoryCells;
    const { cells } = this;
    const variable = (): Float32Array => new Float32Array(cells);
    const input = (): Float32Array => new Float32Array(cells * constants.delaySteps).fill(TINY);
    this.inputs = { ampa: input(), cortical: input(), gaba: input() };
    this.state = {
      w: variable(),
      rA: variable(),
      yA: variable(),
      rN: variable(),
      yN: variable(),
      rG: variable(),
      yG: variable(),
    };
    this.spikeCells = new Uint16Array(cells);
    this.spikeSteps = new Uint8Array(cells);
    this.held = new Uint8Array(cells);
    this.t = new Float32Array(constants.delaySteps * LANES);
    this.q = new Float32Array(constants.delaySteps * LANES);
    this.counts = new Int32Array(parameters.streams.length);
    this.noise = new Xoshiro128Lanes('noise', noiseSeed);
    const scale = Math.fround((THRESHOLD - REST) / 2 ** 24);
    for (let cell = 0; cell < cells; cell += LANES) {
      this.noise.draw();
      this.noise.words.forEach((word, lane) => {
        this.state.w[cell + lane] = Math.fround(Math.fround((word >>> 8) * scale) + REST);
      });
    }
  }

  advance(blocks = 1, mostSpikesE = Infinity): number {
    let [block, spikesE, spikesI] = [0, 0, 0];
    while (block < blocks && spikesE <= mostSpikesE) {
      this.addExternalInput();
      this.updateCells();
      this.deliverSpikes();
      block += 1;
      spikesE += this.spikesE;
      spikesI += this.spikesI;
    }
    [this.spikesE, this.spikesI] = [spikesE, spikesI];
    return block;
  }

  private addExternalInput(): void {
    const { counts, noise, parameters } = this;
    const { streams } = parameters;
    for (let i = 0; i < streams.length; i += 1) {
      if (i % LANES === 0) noise.draw();
      const uniform = (noise.words[i % LANES] as number) >>> 0; // in range
      counts[i] = poissonCount((streams[i] as ExternalStream).counts, uniform);
    }
    for (let i = 0; i < streams.length; i += 1) this.scatter(streams[i] as ExternalStream, counts[i] as number);
  }

  private scatter({ population, receptor, weight }: ExternalStream, count: number): void {
    const { excitatoryCells, inhibitoryCells, delaySteps } = this.constants;
    const { noise } = this;
    const { words } = noise;
    const into = this.inputs[receptor];
    const begin = population === 0 ? 0 : excitatoryCells * delaySteps;
    const places = (population === 0 ? excitatoryCells : inhibitoryCells) * delaySteps;
    const scale = places / 2 ** 20;
    for (let event = 0; event < count; event += LANES) {
      noise.draw();
      const lanes = count - event < LANES ? count - event : LANES;
      for (let lane = 0; lane < lanes; lane += 1) {
        const place = begin + ((((words[lane] as number) >>> 12) * scale) | 0);
        into[place] = (into[place] as number) + weight;
      }
    }
  }

  private updateCells(): void {
    const { excitatoryCells } = this.constants;
    const spikesE = this.updatePopulation(0, 0, excitatoryCells, 0);
    const spikes = this.updatePopulation(1, excitatoryCells, this.cells, spikesE);
    this.spikesE = spikesE;
    this.spikesI = spikes - spikesE;
  }

  /** Updates the cells from `begin` to `end`; appends to the spikes and returns their new number. */
  private updatePopulation(population: 0 | 1, begin: number, end: number, spikesBefore: number): number {
    const { held } = this;
    let spikes = spikesBefore;
    for (let group = begin; group < end; group += LANES) {
      this.updateConductances(population, group);
      // Every index is in range: group + LANES ≤ end ≤ cells, all multiples of LANES.
      const someHeld =
        (held[group] as number) |
        (held[group + 1] as number) |
        (held[group + 2] as number) |
        (held[group + 3] as number);
      if (someHeld === 0 && this.updateQuietVoltages(group)) continue;
      for (let lane = 0; lane < LANES; lane += 1) spikes = this.updateVoltage(group, lane, spikes);
    }
    return spikes;
  }

  /** Conductances of a group over a block, and from them the t and q of each step and lane; clears the inputs. */
  private updateConductances(population: 0 | 1, group: number): void {
    const { fround } = Math;
    const { ampa, nmda, gaba, leakDrive, leakRemainder, nmdaPerAmpa } = this.parameters;
    const { rA: rAs, yA: yAs, rN: rNs, yN: yNs, rG: rGs, yG: yGs } = this.state;
    const { ampa: ampaIn, cortical: corticalIn, gaba: gabaIn } = this.inputs;
    const { t: ts, q: qs } = this;
    const riseA = fround(ampa.rise);
    const decayA = fround(ampa.decay);
    const riseN = fround(nmda.rise);
    const decayN = fround(nmda.decay);
    const riseG = fround(gaba.rise);
    const decayG = fround(gaba.decay);
    const drive = fround(leakDrive[population]);
    const remainder = fround(leakRemainder[population]);
    const toNmda = fround(nmdaPerAmpa[population]);
    const lanes = LANES; // an imported binding in the inner loop costs a fifth of the time
    const tiny = TINY;
    const length = ts.length;
    for (let lane = 0; lane < lanes; lane += 1) {
      const cell = group + lane; // every index below is in range, see updatePopulation
      let rA = rAs[cell] as number;
      let yA = yAs[cell] as number;
      let rN = rNs[cell] as number;
      let yN = yNs[cell] as number;
      let rG = rGs[cell] as number;
      let yG = yGs[cell] as number;
      const first = group * this.constants.delaySteps;
      for (let i = lane, place = first + lane; i < length; i += lanes, place += lanes) {
        const cortical = corticalIn[place] as number;
        const x = fround((ampaIn[place] as number) + cortical);
        rA = fround(fround(rA * riseA) + x);
        rN = fround(fround(rN * riseN) + fround(cortical * toNmda));
        rG = fround(fround(rG * riseG) + (gabaIn[place] as number));
        yA = fround(fround(yA * decayA) + rA);
        yN = fround(fround(yN * decayN) + rN);
        yG = fround(fround(yG * decayG) + rG);
        corticalIn[place] = tiny;
        ampaIn[place] = tiny;
        gabaIn[place] = tiny;
        const t = fround(fround(yA + yN) + drive);
        ts[i] = t;
        qs[i] = 1 / fround(fround(t + remainder) + yG);
      }
      rAs[cell] = rA;
      yAs[cell] = yA;
      rNs[cell] = rN;
      yNs[cell] = yN;
      rGs[cell] = rG;
      yGs[cell] = yG;
    }
  }

  /** The voltages of a group in which no cell is held. False, and nothing changed, if a cell reaches the threshold. */
  private updateQuietVoltages(group: number): boolean {
    const { fround } = Math;
    const { w } = this.state;
    const { t, q } = this;
    const threshold = THRESHOLD;
    const length = t.length;
    let w0 = w[group] as number; // four lanes side by side: their chains of dependent operations overlap
    let w1 = w[group + 1] as number;
    let w2 = w[group + 2] as number;
    let w3 = w[group + 3] as number;
    for (let i = 0; i < length; i += 4) {
      w0 = fround(fround(fround(w0 + (t[i] as number)) * (q[i] as number)) - w0);
      w1 = fround(fround(fround(w1 + (t[i + 1] as number)) * (q[i + 1] as number)) - w1);
      w2 = fround(fround(fround(w2 + (t[i + 2] as number)) * (q[i + 2] as number)) - w2);
      w3 = fround(fround(fround(w3 + (t[i + 3] as number)) * (q[i + 3] as number)) - w3);
      if (w0 >= threshold || w1 >= threshold || w2 >= threshold || w3 >= threshold) return false;
    }
    w[group] = w0;
    w[group + 1] = w1;
    w[group + 2] = w2;
    w[group + 3] = w3;
    return true;
  }

  /** The voltage of one cell, held or firing; appends its spike, if any, and returns the new number of spikes. */
  private updateVoltage(group: number, lane: number, spikesBefore: number): number {
    const { fround } = Math;
    const { delaySteps, heldSteps } = this.constants;
    const { held, t, q } = this;
    const { w: ws } = this.state;
    const cell = group + lane;
    let w = ws[cell] as number;
    let heldTo = held[cell] as number;
    let spikes = spikesBefore;
    for (let step = heldTo; step < delaySteps; step += 1) {
      const i = step * LANES + lane;
      w = fround(fround(fround(w + (t[i] as number)) * (q[i] as number)) - w);
      if (w < THRESHOLD) continue;
      w = REST;
      heldTo = step + 1 + heldSteps; // past the end of this block, for a cell is held for longer than a block
      this.spikeCells[spikes] = cell;
      this.spikeSteps[spikes] = step;
      spikes += 1;
      break;
    }
    ws[cell] = w;
    held[cell] = Math.max(heldTo - delaySteps, 0);
    return spikes;
  }

  private deliverSpikes(): void {
    const { constants, network, parameters, spikeCells, spikeSteps } = this;
    const { cortical, gaba } = this.inputs;
    const spikes = this.spikesE + this.spikesI;
    for (let spike = 0; spike < spikes; spike += 1) {
      const cell = spikeCells[spike] as number; // in range: spike < spikes ≤ cells
      const offset = (spikeSteps[spike] as number) * LANES;
      if (cell < constants.excitatoryCells) {
        this.deliverWithFailures(network.eToE[cell] as Int32Array, offset);
        addTo(cortical, network.eToI[cell] as Int32Array, offset, parameters.weightIE);
      } else {
        const from = cell - constants.excitatoryCells;
        addTo(gaba, network.iToE[from] as Int32Array, offset, parameters.weightEI);
        addTo(gaba, network.iToI[from] as Int32Array, offset, parameters.weightII);
      }
    }
  }

  private deliverWithFailures(targets: Int32Array, offset: number): void {
    const { noise, parameters } = this;
    const { words } = noise;
    const { failuresBelow, weightEE } = parameters;
    const { cortical } = this.inputs;
    const synapsesPerDraw = 2 * LANES;
    for (let i = 0; i < targets.length; i += 1) {
      const half = i % synapsesPerDraw;
      if (half === 0) noise.draw();
      const word = words[half >>> 1] as number; // in range: half < 2·LANES
      const uniform = half % 2 === 0 ? word & 0xffff : word >>> 16;
      if (uniform < failuresBelow) continue;
      const place = (targets[i] as number) + offset;
      cortical[place] = (cortical[place] as number) + weightEE;
    }
  }
}

function addTo(into: Float32Array, targets: Int32Array, offset: number, weight: number): void {
  for (let i = 0; i < targets.length; i += 1) {
    const place = (targets[i] as number) + offset;
    into[place] = (into[place] as number) + weight;
  }
}
