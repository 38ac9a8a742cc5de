// The circuit kernel, in AssemblyScript: the blocks of oracle-circuit.ts, four cells a vector, bit for bit. Compiled by
// scripts/build.mjs; src/models/local-circuit/kernel/kernel-circuit.ts writes its parameters and reads its state.
//
// A block is computed in two passes for five vectors at a time. The first, of conductances, leaves for each step the two
// numbers that the voltage needs, t and q, in a scratch; the second runs the voltages through them with no test a step:
// it keeps what it passes, with a maximum, and only a group whose maximum crossed the threshold is searched.
//
// Literal offsets are multiples of VECTOR (state: the next vector) and VECTOR_INPUTS (scratch and inputs).
//
// Nothing holds a refractory cell but the spikes of the last two blocks. A cell that fired one block ago is held all
// through this one: it runs free, and is put back afterwards. One that fired two blocks ago at step k is free from step
// k + 1: until then t = rest and q = 1, which leaves w = rest as it is.

// What is built in; the host refuses other constants.
export const E_CELLS: i32 = 300;
export const I_CELLS: i32 = 100;
const CELLS: i32 = E_CELLS + I_CELLS;
export const STEPS: i32 = 10; // of a block
export const HELD_STEPS: i32 = 20; // two blocks: see above
const REST: f32 = 1.0 / 16.0;
const THRESHOLD: f32 = 5.0 / 32.0;
const TINY: f32 = 1e-30;

const VECTOR: i32 = 16; // bytes
const LANES: i32 = 4;
const VECTORS: i32 = CELLS / LANES;
const E_VECTORS: i32 = E_CELLS / LANES;
const VECTOR_INPUTS: i32 = STEPS * VECTOR; // bytes of one vector's inputs in a block
const GROUP: i32 = 5; // vectors that are updated together
const STREAMS: i32 = 6;
export const MOST_THRESHOLDS: i32 = 2048;
const TABLE: i32 = MOST_THRESHOLDS * 4; // bytes
const GUIDE: i32 = 256 * 2; // bytes
export const MOST_TARGETS: i32 = E_CELLS * E_CELLS + 7 * E_CELLS;
export const SPIKE_STEPS: i32 = 808; // bytes of the cells in a list of spikes, after which the steps begin
export const SPIKE_LIST: i32 = 1216; // bytes

// ---- what the host writes before begin()

/** float32: decay per step of AMPA rise and decay, NMDA rise and decay, GABA rise and decay. */
export const cascades: usize = memory.data(6 * 4, 16);
/** float32, of E and I: leakDrive, leakRemainder, nmdaPerAmpa. */
export const populations: usize = memory.data(3 * 2 * 4, 16);
/** float32: weights E←E, I←E, E←I, I←I. */
export const weights: usize = memory.data(4 * 4, 16);
/** int32: a 16-bit uniform below this is a failure. */
export const failuresBelow: usize = memory.data(4, 16);
/** Of each stream, int32: where its inputs begin, their places, the first count of its table; float32: its weight. */
export const streams: usize = memory.data(STREAMS * 16, 16);
/** Of each stream, uint32: the thresholds of its Poisson table. */
export const thresholds: usize = memory.data(STREAMS * TABLE, 16);
/** Of each stream, uint16: where to begin in its table. */
export const guides: usize = memory.data(STREAMS * GUIDE, 16);
/** uint32: the state of the four noise lanes, [word][lane]. */
export const noise: usize = memory.data(4 * VECTOR, 16);
/** Of each E cell and one past the last, uint16: where its row of `targets` begins. Rows are whole eights. */
export const targetRows: usize = memory.data((E_CELLS + 1) * 2, 16);
/** uint16: the E targets of E cells, as byte offsets into cortical inputs at step 0; what fills a row up is SPILL. */
export const targets: usize = memory.data(MOST_TARGETS * 2, 16);
/** int16, 0 or −1: of each E cell, which I cells it excites. */
export const masksOfE: usize = memory.data(E_CELLS * I_CELLS * 2, 16);
/** int16, 0 or −1: of each I cell, which cells it inhibits. */
export const masksOfI: usize = memory.data(I_CELLS * CELLS * 2, 16);

// ---- what the host reads

export const w: usize = memory.data(CELLS * 4, 16);
export const rA: usize = memory.data(CELLS * 4, 16);
export const yA: usize = memory.data(CELLS * 4, 16);
export const rN: usize = memory.data(CELLS * 4, 16);
export const yN: usize = memory.data(CELLS * 4, 16);
export const rG: usize = memory.data(CELLS * 4, 16);
export const yG: usize = memory.data(CELLS * 4, 16);
/** Inputs of the coming block, [vector][step][lane]. Behind the cortical ones is a place for what nobody gets. */
export const ampa: usize = memory.data(CELLS * STEPS * 4, 16);
export const cortical: usize = memory.data(CELLS * STEPS * 4 + VECTOR_INPUTS, 16);
export const gaba: usize = memory.data(CELLS * STEPS * 4, 16);
/** Three lists of spikes, the newest at `newest`: cells (uint16) with an end mark, then steps (uint8). */
export const spikeLists: usize = memory.data(3 * SPIKE_LIST, 16);
/** int32: which list is of the last block, and the spikes of E and I in it. */
export const newest: usize = memory.data(4, 16);
/** int32: spikes of E and I since advance() was called. */
export const spikesE: usize = memory.data(4, 4);
export const spikesI: usize = memory.data(4, 4);

const END_MARK: u16 = 0xffff;

// ---- of the group in hand, [vector][step][lane]

const ts: usize = memory.data(GROUP * VECTOR_INPUTS, 16);
const qs: usize = memory.data(GROUP * VECTOR_INPUTS, 16);
const ws: usize = memory.data(GROUP * VECTOR_INPUTS, 16);
const sent: usize = memory.data(2 * VECTOR, 16);
/** float32: 1 and TINY, from memory: V8 makes a constant vector anew in every turn of a loop. */
const constants: usize = memory.data(8, 16);
/** Of each lane, the mask of a vector that is set there. */
const laneMasks: usize = memory.data<i32>([-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1], 16);
const counts: usize = memory.data(8 * 4, 16);

/**
 * Draws four uniform 32-bit numbers: xoshiro128+ in four lanes. It stands here and, for the state to stay in registers,
 * once more in scatter and in deliverToE: keep the three alike.
 */
function draw(): v128 {
  let a = v128.load(noise);
  let b = v128.load(noise, 16);
  let c = v128.load(noise, 32);
  let d = v128.load(noise, 48);
  const drawn = i32x4.add(a, d);
  const shifted = i32x4.shl(b, 9);
  c = v128.xor(c, a);
  d = v128.xor(d, b);
  b = v128.xor(b, c);
  a = v128.xor(a, d);
  c = v128.xor(c, shifted);
  d = v128.or(i32x4.shl(d, 11), i32x4.shr_u(d, 21));
  v128.store(noise, a);
  v128.store(noise, b, 16);
  v128.store(noise, c, 32);
  v128.store(noise, d, 48);
  return drawn;
}

/** Puts a circuit at its start: conductances 0, w uniform from rest to threshold by the first draws of the noise. */
export function begin(): void {
  store<f32>(constants, 1);
  store<f32>(constants, TINY, 4);
  memory.fill(rA, 0, CELLS * 4);
  memory.fill(yA, 0, CELLS * 4);
  memory.fill(rN, 0, CELLS * 4);
  memory.fill(yN, 0, CELLS * 4);
  memory.fill(rG, 0, CELLS * 4);
  memory.fill(yG, 0, CELLS * 4);
  const tiny = f32x4.splat(TINY);
  for (let at = 0; at < VECTORS * VECTOR_INPUTS; at += VECTOR) {
    v128.store(ampa + at, tiny);
    v128.store(cortical + at, tiny);
    v128.store(gaba + at, tiny);
  }
  const scale = f32x4.splat((THRESHOLD - REST) / 16777216.0);
  const rest = f32x4.splat(REST);
  for (let at = 0; at < VECTORS * VECTOR; at += VECTOR) {
    const uniform = f32x4.convert_i32x4_u(i32x4.shr_u(draw(), 8));
    v128.store(w + at, f32x4.add(f32x4.mul(uniform, scale), rest));
  }
  for (let list = 0; list < 3; list++) store<u16>(spikeLists + list * SPIKE_LIST, END_MARK);
  store<i32>(newest, 0);
}

/**
 * Advances by so many blocks, or fewer: it ends after the block that brings the spikes of E in this call above
 * `mostSpikesE`. Returns the number of blocks.
 */
export function advance(blocks: i32, mostSpikesE: i32): i32 {
  store<i32>(spikesE, 0);
  store<i32>(spikesI, 0);
  for (let block = 0; block < blocks; block++) {
    addExternalInput();
    updateCells();
    deliverSpikes();
    if (load<i32>(spikesE) > mostSpikesE) return block + 1;
  }
  return blocks;
}

// ---- external input

function addExternalInput(): void {
  v128.store(counts, draw());
  v128.store(counts, draw(), 16);
  for (let stream = 0; stream < STREAMS; stream++) {
    const uniform = load<u32>(counts + stream * 4);
    const table = thresholds + stream * TABLE;
    let i = <i32>load<u16>(guides + stream * GUIDE + ((uniform >>> 24) << 1));
    while (uniform > load<u32>(table + (i << 2))) i++;
    store<i32>(counts + stream * 4, i + load<i32>(streams + stream * 16, 8));
  }
  for (let stream = 0; stream < STREAMS; stream++) scatter(streams + stream * 16, load<i32>(counts + stream * 4));
}

/** Adds a weight at so many uniform places. */
function scatter(stream: usize, count: i32): void {
  const into = <usize>load<i32>(stream);
  const places = i32x4.splat(load<i32>(stream, 4));
  const weight = load<f32>(stream, 12);
  let a = v128.load(noise);
  let b = v128.load(noise, 16);
  let c = v128.load(noise, 32);
  let d = v128.load(noise, 48);
  while (count > 0) {
    const drawn = i32x4.add(a, d);
    const shifted = i32x4.shl(b, 9);
    c = v128.xor(c, a);
    d = v128.xor(d, b);
    b = v128.xor(b, c);
    a = v128.xor(a, d);
    c = v128.xor(c, shifted);
    d = v128.or(i32x4.shl(d, 11), i32x4.shr_u(d, 21));
    const at = i32x4.shl(i32x4.shr_u(i32x4.mul(i32x4.shr_u(drawn, 12), places), 20), 2);
    const low = i64x2.extract_lane(at, 0);
    const high = i64x2.extract_lane(at, 1);
    addTo(into + <usize>(<u32>low), weight);
    if (count >= LANES) {
      addTo(into + <usize>(<u32>(low >>> 32)), weight);
      addTo(into + <usize>(<u32>high), weight);
      addTo(into + <usize>(<u32>(high >>> 32)), weight);
    } else {
      if (count > 1) addTo(into + <usize>(<u32>(low >>> 32)), weight);
      if (count > 2) addTo(into + <usize>(<u32>high), weight);
    }
    count -= LANES;
  }
  v128.store(noise, a);
  v128.store(noise, b, 16);
  v128.store(noise, c, 32);
  v128.store(noise, d, 48);
}

// @ts-ignore: decorator
@inline
function addTo(place: usize, weight: f32): void {
  store<f32>(place, load<f32>(place) + weight);
}

// ---- update

/** Updates all cells by a block and lists their spikes, in the order of cells. */
function updateCells(): void {
  const last = load<i32>(newest);
  const current = last === 2 ? 0 : last + 1;
  const list = spikeLists + current * SPIKE_LIST;
  const listTwoAgo = spikeLists + (last === 0 ? 2 : last - 1) * SPIKE_LIST;
  let twoAgo = listTwoAgo; // how far the two older lists have been read
  let oneAgo = spikeLists + last * SPIKE_LIST;
  let spikes = 0;
  let ofE = 0;
  for (let group = 0; group < VECTORS / GROUP; group++) {
    const first: usize = group * (GROUP * VECTOR); // of the group's state, in bytes
    const firstCell = group * (GROUP * LANES);
    const endCell = <u16>(firstCell + GROUP * LANES);
    const population: usize = group >= E_VECTORS / GROUP ? 4 : 0;
    updateExcitation(first, population);
    updateInhibition(first, population);
    while (load<u16>(twoAgo) < endCell) {
      const step = load<u8>(listTwoAgo + ((twoAgo - listTwoAgo) >>> 1), SPIKE_STEPS);
      holdUntil(step, <i32>load<u16>(twoAgo) - firstCell);
      twoAgo += 2;
    }
    const highest = runVoltages(first);
    if (v128.any_true(f32x4.ge(highest, f32x4.splat(THRESHOLD)))) {
      let crossed = crossedCells();
      for (let held = oneAgo; load<u16>(held) < endCell; held += 2)
        crossed &= ~(1 << (<i32>load<u16>(held) - firstCell));
      for (; crossed; crossed &= crossed - 1) {
        const cell = ctz(crossed);
        store<u16>(list + (spikes << 1), <u16>(firstCell + cell));
        store<u8>(list + spikes, <u8>crossingStep(cell), SPIKE_STEPS);
        store<f32>(first + (cell << 2), REST, w);
        spikes++;
      }
    }
    for (; load<u16>(oneAgo) < endCell; oneAgo += 2) store<f32>(<usize>load<u16>(oneAgo) << 2, REST, w);
    if (group === E_VECTORS / GROUP - 1) ofE = spikes;
  }
  store<u16>(list + (spikes << 1), END_MARK);
  store<i32>(newest, current);
  store<i32>(spikesE, load<i32>(spikesE) + ofE);
  store<i32>(spikesI, load<i32>(spikesI) + spikes - ofE);
}

/** AMPA and NMDA of a group over a block: leaves t, and clears their inputs. */
// @ts-ignore: decorator
@inline
function updateExcitation(first: usize, population: usize): void {
  for (let vector = 0; vector < GROUP; vector++) {
    const at = first + vector * VECTOR;
    const riseA = v128.load32_splat(cascades);
    const decayA = v128.load32_splat(cascades, 4);
    const riseN = v128.load32_splat(cascades, 8);
    const decayN = v128.load32_splat(cascades, 12);
    const drive = v128.load32_splat(populations + population);
    const toNmda = v128.load32_splat(populations + population, 16);
    const tiny = v128.load32_splat(constants, 4);
    let ra = v128.load(at, rA);
    let ya = v128.load(at, yA);
    let rn = v128.load(at, rN);
    let yn = v128.load(at, yN);
    let place = at * STEPS;
    let scratch: usize = vector * VECTOR_INPUTS;
    const end = place + VECTOR_INPUTS;
    for (; place < end; place += VECTOR, scratch += VECTOR) {
      const fromCortex = v128.load(place, cortical);
      const x = f32x4.add(v128.load(place, ampa), fromCortex);
      v128.store(place, tiny, cortical);
      v128.store(place, tiny, ampa);
      ra = f32x4.add(f32x4.mul(ra, riseA), x);
      rn = f32x4.add(f32x4.mul(rn, riseN), f32x4.mul(fromCortex, toNmda));
      ya = f32x4.add(f32x4.mul(ya, decayA), ra);
      yn = f32x4.add(f32x4.mul(yn, decayN), rn);
      v128.store(scratch, f32x4.add(f32x4.add(ya, yn), drive), ts);
    }
    v128.store(at, ra, rA);
    v128.store(at, ya, yA);
    v128.store(at, rn, rN);
    v128.store(at, yn, yN);
  }
}

/**
 * GABA of a group over a block: leaves q, from the t that is there, and clears the inputs. Three vectors side by side,
 * then two: their chains of dependent operations overlap, and neither loop has more variables than there are registers.
 */
// @ts-ignore: decorator
@inline
function updateInhibition(first: usize, population: usize): void {
  const rise = v128.load32_splat(cascades, 16);
  const decay = v128.load32_splat(cascades, 20);
  const remainder = v128.load32_splat(populations + population, 8);
  const one = v128.load32_splat(constants);
  const tiny = v128.load32_splat(constants, 4);
  let place = first * STEPS;
  let rg0 = v128.load(first, rG);
  let yg0 = v128.load(first, yG);
  let rg1 = v128.load(first, rG + 16);
  let yg1 = v128.load(first, yG + 16);
  let rg2 = v128.load(first, rG + 32);
  let yg2 = v128.load(first, yG + 32);
  for (let at: usize = 0; at < <usize>VECTOR_INPUTS; at += VECTOR, place += VECTOR) {
    rg0 = f32x4.add(f32x4.mul(rg0, rise), v128.load(place, gaba));
    yg0 = f32x4.add(f32x4.mul(yg0, decay), rg0);
    v128.store(place, tiny, gaba);
    v128.store(at, f32x4.div(one, f32x4.add(f32x4.add(v128.load(at, ts), remainder), yg0)), qs);
    rg1 = f32x4.add(f32x4.mul(rg1, rise), v128.load(place, gaba + 160));
    yg1 = f32x4.add(f32x4.mul(yg1, decay), rg1);
    v128.store(place, tiny, gaba + 160);
    v128.store(at, f32x4.div(one, f32x4.add(f32x4.add(v128.load(at, ts + 160), remainder), yg1)), qs + 160);
    rg2 = f32x4.add(f32x4.mul(rg2, rise), v128.load(place, gaba + 320));
    yg2 = f32x4.add(f32x4.mul(yg2, decay), rg2);
    v128.store(place, tiny, gaba + 320);
    v128.store(at, f32x4.div(one, f32x4.add(f32x4.add(v128.load(at, ts + 320), remainder), yg2)), qs + 320);
  }
  v128.store(first, rg0, rG);
  v128.store(first, yg0, yG);
  v128.store(first, rg1, rG + 16);
  v128.store(first, yg1, yG + 16);
  v128.store(first, rg2, rG + 32);
  v128.store(first, yg2, yG + 32);

  place = first * STEPS;
  let rg3 = v128.load(first, rG + 48);
  let yg3 = v128.load(first, yG + 48);
  let rg4 = v128.load(first, rG + 64);
  let yg4 = v128.load(first, yG + 64);
  for (let at: usize = 0; at < <usize>VECTOR_INPUTS; at += VECTOR, place += VECTOR) {
    rg3 = f32x4.add(f32x4.mul(rg3, rise), v128.load(place, gaba + 480));
    yg3 = f32x4.add(f32x4.mul(yg3, decay), rg3);
    v128.store(place, tiny, gaba + 480);
    v128.store(at, f32x4.div(one, f32x4.add(f32x4.add(v128.load(at, ts + 480), remainder), yg3)), qs + 480);
    rg4 = f32x4.add(f32x4.mul(rg4, rise), v128.load(place, gaba + 640));
    yg4 = f32x4.add(f32x4.mul(yg4, decay), rg4);
    v128.store(place, tiny, gaba + 640);
    v128.store(at, f32x4.div(one, f32x4.add(f32x4.add(v128.load(at, ts + 640), remainder), yg4)), qs + 640);
  }
  v128.store(first, rg3, rG + 48);
  v128.store(first, yg3, yG + 48);
  v128.store(first, rg4, rG + 64);
  v128.store(first, yg4, yG + 64);
}

/** Lets a cell of the group stay at rest up to a step. Whole vectors are written, for they are read as such at once. */
// @ts-ignore: decorator
@inline
function holdUntil(step: i32, cell: i32): void {
  const lane = v128.load(laneMasks + (<usize>(cell & 3) << 4));
  let at: usize = (cell >>> 2) * VECTOR_INPUTS;
  const end = at + step * VECTOR;
  for (; at <= end; at += VECTOR) {
    v128.store(at, v128.bitselect(f32x4.splat(REST), v128.load(at, ts), lane), ts);
    v128.store(at, v128.bitselect(f32x4.splat(1), v128.load(at, qs), lane), qs);
  }
}

/**
 * Runs the voltages of a group over a block, from the t and q that are there, as if no cell fired or was held; leaves
 * every w that they pass. Returns, a lane, the highest, or 0: as integers, for floats that are not negative have the
 * order of their bits, and negative ones are below 0 both ways. The stores keep V8 from loading more than fits.
 */
// @ts-ignore: decorator
@inline
function runVoltages(first: usize): v128 {
  let w0 = v128.load(first, w);
  let w1 = v128.load(first, w + 16);
  let w2 = v128.load(first, w + 32);
  let w3 = v128.load(first, w + 48);
  let w4 = v128.load(first, w + 64);
  let highest = f32x4.splat(0);
  for (let at: usize = 0; at < <usize>VECTOR_INPUTS; at += VECTOR) {
    w0 = f32x4.sub(f32x4.mul(f32x4.add(w0, v128.load(at, ts)), v128.load(at, qs)), w0);
    v128.store(at, w0, ws);
    w1 = f32x4.sub(f32x4.mul(f32x4.add(w1, v128.load(at, ts + 160)), v128.load(at, qs + 160)), w1);
    v128.store(at, w1, ws + 160);
    let higher = i32x4.max_s(w0, w1);
    w2 = f32x4.sub(f32x4.mul(f32x4.add(w2, v128.load(at, ts + 320)), v128.load(at, qs + 320)), w2);
    v128.store(at, w2, ws + 320);
    highest = i32x4.max_s(highest, w2);
    w3 = f32x4.sub(f32x4.mul(f32x4.add(w3, v128.load(at, ts + 480)), v128.load(at, qs + 480)), w3);
    v128.store(at, w3, ws + 480);
    higher = i32x4.max_s(higher, w3);
    w4 = f32x4.sub(f32x4.mul(f32x4.add(w4, v128.load(at, ts + 640)), v128.load(at, qs + 640)), w4);
    v128.store(at, w4, ws + 640);
    highest = i32x4.max_s(i32x4.max_s(highest, w4), higher);
  }
  v128.store(first, w0, w);
  v128.store(first, w1, w + 16);
  v128.store(first, w2, w + 32);
  v128.store(first, w3, w + 48);
  v128.store(first, w4, w + 64);
  return highest;
}

/** Which cells of the group passed the threshold, a bit each. */
// @ts-ignore: decorator
@inline
function crossedCells(): i32 {
  const threshold = f32x4.splat(THRESHOLD);
  let crossed = 0;
  for (let vector = 0; vector < GROUP; vector++) {
    const at: usize = vector * VECTOR_INPUTS;
    const a = i32x4.max_s(v128.load(at, ws), v128.load(at, ws + 16));
    const b = i32x4.max_s(v128.load(at, ws + 32), v128.load(at, ws + 48));
    const c = i32x4.max_s(v128.load(at, ws + 64), v128.load(at, ws + 80));
    const d = i32x4.max_s(v128.load(at, ws + 96), v128.load(at, ws + 112));
    const e = i32x4.max_s(v128.load(at, ws + 128), v128.load(at, ws + 144));
    const highest = i32x4.max_s(i32x4.max_s(i32x4.max_s(a, b), i32x4.max_s(c, d)), e);
    crossed |= i32x4.bitmask(f32x4.ge(highest, threshold)) << (vector * LANES);
  }
  return crossed;
}

/** The first step at which a cell of the group passed the threshold. All ten are looked at: a loop mispredicts. */
// @ts-ignore: decorator
@inline
function crossingStep(cell: i32): i32 {
  const at: usize = (cell >>> 2) * VECTOR_INPUTS + ((cell & 3) << 2);
  return ctz(
    i32(load<f32>(at, ws) >= THRESHOLD) |
      (i32(load<f32>(at, ws + 16) >= THRESHOLD) << 1) |
      (i32(load<f32>(at, ws + 32) >= THRESHOLD) << 2) |
      (i32(load<f32>(at, ws + 48) >= THRESHOLD) << 3) |
      (i32(load<f32>(at, ws + 64) >= THRESHOLD) << 4) |
      (i32(load<f32>(at, ws + 80) >= THRESHOLD) << 5) |
      (i32(load<f32>(at, ws + 96) >= THRESHOLD) << 6) |
      (i32(load<f32>(at, ws + 112) >= THRESHOLD) << 7) |
      (i32(load<f32>(at, ws + 128) >= THRESHOLD) << 8) |
      (i32(load<f32>(at, ws + 144) >= THRESHOLD) << 9),
  );
}

// ---- delivery

function deliverSpikes(): void {
  const list = spikeLists + load<i32>(newest) * SPIKE_LIST;
  let steps = list + SPIKE_STEPS;
  let cells = list;
  for (;;) {
    const cell = <i32>load<u16>(cells);
    if (cell >= E_CELLS) break;
    const offset = <usize>load<u8>(steps) * VECTOR;
    deliverToE(cell, offset);
    const into = cortical + E_VECTORS * VECTOR_INPUTS + offset;
    addMasked(into, masksOfE + cell * (I_CELLS * 2), I_CELLS / LANES, v128.load32_splat(weights, 4));
    cells += 2;
    steps += 1;
  }
  for (;;) {
    const cell = <i32>load<u16>(cells);
    if (cell === END_MARK) break;
    const offset = <usize>load<u8>(steps) * VECTOR;
    const masks = masksOfI + (cell - E_CELLS) * (CELLS * 2);
    addMasked(gaba + offset, masks, E_VECTORS, v128.load32_splat(weights, 8));
    const into = gaba + E_VECTORS * VECTOR_INPUTS + offset;
    addMasked(into, masks + E_CELLS * 2, I_CELLS / LANES, v128.load32_splat(weights, 12));
    cells += 2;
    steps += 1;
  }
}

/** Adds a weight to the vectors of a population where a mask is set. */
// @ts-ignore: decorator
@inline
function addMasked(into: usize, mask: usize, vectors: i32, weight: v128): void {
  for (let left = vectors; left > 0; left -= GROUP) {
    v128.store(into, f32x4.add(v128.load(into), v128.and(v128.load16x4_s(mask), weight)));
    v128.store(into, f32x4.add(v128.load(into, 160), v128.and(v128.load16x4_s(mask, 8), weight)), 160);
    v128.store(into, f32x4.add(v128.load(into, 320), v128.and(v128.load16x4_s(mask, 16), weight)), 320);
    v128.store(into, f32x4.add(v128.load(into, 480), v128.and(v128.load16x4_s(mask, 24), weight)), 480);
    v128.store(into, f32x4.add(v128.load(into, 640), v128.and(v128.load16x4_s(mask, 32), weight)), 640);
    into += GROUP * VECTOR_INPUTS;
    mask += GROUP * LANES * 2;
  }
}

/** Delivers a spike of E to E, where each synapse may fail: a 16-bit uniform each, eight in a draw. */
// @ts-ignore: decorator
@inline
function deliverToE(cell: i32, offset: usize): void {
  let row: usize = targets + (<usize>load<u16>(targetRows + (cell << 1)) << 1);
  const end: usize = targets + (<usize>load<u16>(targetRows + (cell << 1), 2) << 1);
  const least = i16x8.splat(<i16>load<i32>(failuresBelow));
  const weight = v128.load32_splat(weights);
  const into = cortical + offset;
  let a = v128.load(noise);
  let b = v128.load(noise, 16);
  let c = v128.load(noise, 32);
  let d = v128.load(noise, 48);
  for (; row < end; row += 16) {
    const arrives = i16x8.ge_u(i32x4.add(a, d), least);
    const shifted = i32x4.shl(b, 9);
    c = v128.xor(c, a);
    d = v128.xor(d, b);
    b = v128.xor(b, c);
    a = v128.xor(a, d);
    c = v128.xor(c, shifted);
    d = v128.or(i32x4.shl(d, 11), i32x4.shr_u(d, 21));
    v128.store(sent, v128.and(i32x4.extend_low_i16x8_s(arrives), weight));
    v128.store(sent, v128.and(i32x4.extend_high_i16x8_s(arrives), weight), 16);
    addTo(into + <usize>load<u16>(row), load<f32>(sent));
    addTo(into + <usize>load<u16>(row, 2), load<f32>(sent, 4));
    addTo(into + <usize>load<u16>(row, 4), load<f32>(sent, 8));
    addTo(into + <usize>load<u16>(row, 6), load<f32>(sent, 12));
    addTo(into + <usize>load<u16>(row, 8), load<f32>(sent, 16));
    addTo(into + <usize>load<u16>(row, 10), load<f32>(sent, 20));
    addTo(into + <usize>load<u16>(row, 12), load<f32>(sent, 24));
    addTo(into + <usize>load<u16>(row, 14), load<f32>(sent, 28));
  }
  v128.store(noise, a);
  v128.store(noise, b, 16);
  v128.store(noise, c, 32);
  v128.store(noise, d, 48);
}
