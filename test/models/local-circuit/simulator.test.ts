import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Protocol } from '../../../src/domain/protocol.js';
import { localCircuitDefinition } from '../../../src/models/local-circuit/definition.js';
import type { Circuit } from '../../../src/models/local-circuit/circuit.js';
import { oracleSimulator } from '../../../src/models/local-circuit/oracle.js';
import type { ParameterValues } from '../../../src/domain/identity.js';
import type { SimulationResult } from '../../../src/models/model.js';
import { canonicalValues } from '../../../src/domain/parameter-values.js';

const defaults: ParameterValues = canonicalValues(localCircuitDefinition, {});

/** Uninhibited and strongly driven: E and I fire at more than 300 Hz from the start. */
const saturated: ParameterValues = { ...defaults, sELgn: 0.5, lgnRateE: 5000, sEI: 0, sII: 0 };

const protocolOf = (warmupMs: number, durationMs: number): Protocol => ({
  warmupMs,
  durationMs,
  networkSeed: 1,
  noiseSeed: 2,
});

interface Watched {
  readonly result: SimulationResult | null;
  /** Spikes of E and I of each block. */
  readonly blocks: { readonly e: number; readonly i: number }[];
}

/** Runs, and counts the spikes of each block; `disturb` may change the circuit after one. */
function watch(
  values: ParameterValues,
  protocol: Protocol,
  disturb?: (circuit: Circuit, block: number) => void,
): Watched {
  const blocks: { e: number; i: number }[] = [];
  const result = oracleSimulator().trace(
    values,
    protocol,
    () => false,
    (circuit, block) => {
      assert.equal(block, blocks.length);
      blocks.push({ e: circuit.spikesE, i: circuit.spikesI });
      disturb?.(circuit, block);
    },
  );
  return { result, blocks };
}

const sumOf = (blocks: Watched['blocks'], of: 'e' | 'i', begin: number, end: number): number =>
  blocks.slice(begin, end).reduce((sum, block) => sum + block[of], 0);

/** The most spikes of E in 250 ms that do not abort: 250 Hz of 300 cells. */
const LIMIT = 250 * 300 * 0.25;

describe('a run of the local circuit', () => {
  test('stores the spikes of each 250 ms after the warm-up, the last bin partial', () => {
    const { result, blocks } = watch(defaults, protocolOf(130, 620));
    assert.equal(blocks.length, 750);
    const bins = [
      [130, 380],
      [380, 630],
      [630, 750],
    ] as const;
    assert.deepEqual(result, {
      outcome: 'COMPLETED',
      sums: {
        batchMs: 250,
        outputs: {
          rateE: bins.map(([begin, end]) => sumOf(blocks, 'e', begin, end)),
          rateI: bins.map(([begin, end]) => sumOf(blocks, 'i', begin, end)),
        },
      },
    });
    assert.ok(result?.sums.outputs.rateE?.every((spikes) => spikes > 0));
  });

  test('is the same whether it is watched or not', () => {
    const unwatched = oracleSimulator().simulate(defaults, protocolOf(30, 300), () => false);
    assert.deepEqual(watch(defaults, protocolOf(30, 300)).result, unwatched);
  });

  test('asks whether it is stopped before the first and after every 250 ms, warm-up included', () => {
    const asked: number[] = [];
    let blocks = 0;
    const stopped = (): boolean => {
      asked.push(blocks);
      return false;
    };
    oracleSimulator().trace(defaults, protocolOf(100, 700), stopped, () => (blocks += 1));
    assert.deepEqual(asked, [0, 250, 500, 750]);
  });

  test('does nothing more once it is stopped', () => {
    let blocks = 0;
    const result = oracleSimulator().trace(
      defaults,
      protocolOf(100, 700),
      () => blocks >= 500,
      () => (blocks += 1),
    );
    assert.equal(result, null);
    assert.equal(blocks, 500);
  });
});

describe('a runaway', () => {
  /** The first block after which E has fired more than the limit since block `begin`. */
  const overAt = (blocks: Watched['blocks'], begin: number): number =>
    blocks.findIndex((_, block) => block >= begin && sumOf(blocks, 'e', begin, block + 1) > LIMIT);

  test('ends with the block that brings it over the limit, long before the bin ends', () => {
    const { result, blocks } = watch(saturated, protocolOf(100, 900));
    assert.equal(overAt(blocks, 0), blocks.length - 1);
    assert.ok(blocks.length < 200);
    assert.deepEqual(result, { outcome: 'runaway', sums: { batchMs: 250, outputs: { rateE: [], rateI: [] } } });
  });

  test('is seen in a later bin: of bins aligned to the start, not to the warm-up. Sums of full bins stay', () => {
    // Excitation that a block puts back from 300 ms on makes E fire at 400 Hz and more: over the limit of 250–500 ms.
    const { result, blocks } = watch(defaults, protocolOf(100, 2000), ({ state }, block) => {
      if (block >= 300) state.yN.fill(0.5, 0, 300);
    });
    assert.ok(blocks.length > 350 && blocks.length < 500);
    assert.ok(sumOf(blocks, 'e', 0, 250) < LIMIT);
    assert.equal(overAt(blocks, 250), blocks.length - 1);
    assert.equal(result?.outcome, 'runaway');
    assert.deepEqual(result?.sums.outputs.rateE, [sumOf(blocks, 'e', 100, 350)]);
  });

  test('is one too when its last block is that of the run', () => {
    const { length } = watch(saturated, protocolOf(100, 900)).blocks;
    assert.equal(watch(saturated, protocolOf(0, length)).result?.outcome, 'runaway');
    assert.equal(watch(saturated, protocolOf(0, length - 1)).result?.outcome, 'COMPLETED');
  });

  test('is none before E exceeds the limit, however fast it fires in what there is of a bin', () => {
    const { result, blocks } = watch(saturated, protocolOf(0, 120));
    assert.ok(sumOf(blocks, 'e', 0, 120) / 300 / 0.12 > 250);
    assert.equal(result?.outcome, 'COMPLETED');
  });

  test('is none of a run that holds more than the limit in all, but less in each bin', () => {
    const driven = { ...defaults, sEE: 0.016, sEI: 0.03, sIE: 0.012, lgnRateE: 480, lgnRateI: 300 }; // E fires at 79 Hz
    const { result, blocks } = watch(driven, protocolOf(0, 1000));
    assert.ok(sumOf(blocks, 'e', 0, 1000) > 1.2 * LIMIT);
    assert.equal(result?.outcome, 'COMPLETED');
  });

  test('is none of I alone', () => {
    const { result, blocks } = watch(defaults, protocolOf(0, 300), ({ state }) => state.yN.fill(0.5, 300));
    assert.ok(sumOf(blocks, 'i', 0, 250) / 100 / 0.25 > 400);
    assert.equal(result?.outcome, 'COMPLETED');
  });

  test('is where a bin holds more spikes of E than 250 Hz, on either side of that', () => {
    /** E fires every 21 steps for so many of 250 blocks and hardly in the others: at a rate in proportion. */
    const withDriven = (driven: number): Watched =>
      watch({ ...defaults, sEE: 0, sEI: 0, lgnRateE: 0 }, protocolOf(0, 251), ({ state }, block) =>
        state.yN.fill(block < driven ? 0.5 : 0, 0, 300),
      );
    const totals = Array.from({ length: 8 }, (_, i) => {
      const { result, blocks } = withDriven(126 + i);
      const total = sumOf(blocks, 'e', 0, 250);
      assert.equal(result?.outcome === 'runaway', total > LIMIT, `${total} spikes`);
      assert.equal(blocks.length === 251, total <= LIMIT);
      return total;
    });
    assert.ok(
      totals.some((total) => total <= LIMIT && total > 0.98 * LIMIT),
      `${totals.join()}`,
    );
    assert.ok(
      totals.some((total) => total > LIMIT && total < 1.02 * LIMIT),
      `${totals.join()}`,
    );
  });
});
