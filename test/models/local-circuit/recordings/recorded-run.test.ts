import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ParameterValues } from '../../../../src/domain/identity.js';
import type { Protocol } from '../../../../src/domain/protocol.js';
import type { Table } from '../../../../src/domain/table.js';
import { localCircuitDefinition } from '../../../../src/models/local-circuit/definition.js';
import { oracleSimulator } from '../../../../src/models/local-circuit/oracle.js';
import type { SimulationResult } from '../../../../src/models/model.js';
import { figureOf, numbersOf } from './spike-trains.js';
import { canonicalValues } from '../../../../src/domain/parameter-values.js';

const kinds = localCircuitDefinition.recordings.map(({ kind }) => kind);
const defaults: ParameterValues = canonicalValues(localCircuitDefinition, {});
const saturated: ParameterValues = { ...defaults, sELgn: 0.5, lgnRateE: 5000, sEI: 0, sII: 0 };
const protocolOf = (warmupMs: number, durationMs: number): Protocol => ({
  warmupMs,
  durationMs,
  networkSeed: 1,
  noiseSeed: 2,
});

function run(values: ParameterValues, protocol: Protocol, recordings: readonly string[] = kinds): SimulationResult {
  const result = oracleSimulator().simulate(values, protocol, () => false, recordings);
  assert.ok(result);
  return result;
}
function tableOf({ recorded = [] }: SimulationResult, kind: string): Table {
  const found = recorded.find((recording) => recording.kind === kind);
  assert.ok(found);
  return found.table;
}
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

describe('what a run records', () => {
  const result = run(defaults, protocolOf(130, 1612));
  const { rateE = [], rateI = [] } = result.sums.outputs;

  test('has in the raster the spikes that the run’s sums count, bin by bin', () => {
    const raster = tableOf(result, 'raster');
    const cells = numbersOf(raster, 'cell');
    const counts = [rateE.map(() => 0), rateI.map(() => 0)];
    numbersOf(raster, 'timeMs').forEach((timeMs, row) => {
      const ofPopulation = counts[(cells[row] ?? NaN) < 300 ? 0 : 1] ?? [];
      ofPopulation[Math.floor(timeMs / 250)] = (ofPopulation[Math.floor(timeMs / 250)] ?? NaN) + 1;
    });
    assert.deepEqual(counts, [rateE, rateI]);
    const steps = [...numbersOf(raster, 'timeMs')].map((timeMs, row) => [10 * timeMs, cells[row] ?? NaN] as const);
    steps.slice(1).forEach(([step, cell], row) => {
      const [before = NaN, cellBefore = NaN] = steps[row] ?? [];
      assert.ok(step > before || (step === before && cell > cellBefore));
    });
  });

  test('has in the rates of populations and of cells the same spikes', () => {
    const rates = tableOf(result, 'populationRates');
    assert.equal(rates.rowCount, 323);
    const spikes = (rate: string, cells: number): number =>
      sum(numbersOf(rates, rate).map((value, bin) => Math.round(value * cells * (bin < 322 ? 0.005 : 0.002))));
    const perCell = numbersOf(tableOf(result, 'cellRates'), 'spikes');
    assert.deepEqual([spikes('rateE', 300), spikes('rateI', 100)], [sum(rateE), sum(rateI)]);
    assert.deepEqual([sum(perCell.slice(0, 300)), sum(perCell.slice(300))], [sum(rateE), sum(rateI)]);
  });

  test('has in the CVs one interval fewer than each cell has spikes', () => {
    const spikes = numbersOf(tableOf(result, 'cellRates'), 'spikes');
    assert.deepEqual(
      numbersOf(tableOf(result, 'isiCv'), 'intervals'),
      spikes.map((count) => Math.max(count - 1, 0)),
    );
  });

  test('is asynchronous and irregular in the background state, yet not independent', () => {
    for (const [kind, name, least, most] of [
      ['isiCv', 'isiCvE', 0.7, 1.1],
      ['synchrony', 'synchronyE', 1.2, 4],
      ['synchrony', 'synchronyI', 1, 3],
    ] as const) {
      const recording = result.recorded?.find((known) => known.kind === kind);
      assert.ok(recording);
      const { value } = figureOf(recording, name);
      assert.ok(value > least && value < most, `${name} ${value}`);
    }
  });
});

describe('recording', () => {
  test('gives what was asked for, in that order, whatever else is recorded', () => {
    const protocol = protocolOf(20, 600);
    const all = run(defaults, protocol).recorded ?? [];
    assert.deepEqual(
      all.map(({ kind }) => kind),
      kinds,
    );
    for (const { kind, ...rest } of all)
      assert.deepEqual(run(defaults, protocol, [kind]).recorded, [{ kind, ...rest }], kind);
    const two = run(defaults, protocol, ['spectrum', 'raster']).recorded ?? [];
    assert.deepEqual(
      two.map(({ kind }) => kind),
      ['spectrum', 'raster'],
    );
  });

  test('is absent where nothing was asked for, and changes nothing else', () => {
    const protocol = protocolOf(20, 600);
    const unrecorded = run(defaults, protocol, []);
    assert.equal('recorded' in unrecorded, false);
    const { recorded, ...rest } = run(defaults, protocol);
    assert.ok(recorded);
    assert.deepEqual(rest, unrecorded);
  });

  test('of what there is none of is an error, before anything is simulated', () => {
    const asked = (): boolean => assert.fail('it simulates');
    assert.throws(() => oracleSimulator().simulate(defaults, protocolOf(0, 10), asked, ['raster', 'lfp']), /no lfp/);
  });

  test('of a run that is stopped gives nothing', () => {
    assert.equal(
      oracleSimulator().simulate(defaults, protocolOf(0, 10), () => true, kinds),
      null,
    );
  });

  test('of a runaway goes up to the block that ended it', () => {
    const result = run(saturated, protocolOf(40, 2000));
    assert.equal(result.outcome, 'runaway');
    let blocks = 0;
    oracleSimulator().trace(
      saturated,
      protocolOf(40, 2000),
      () => false,
      () => (blocks += 1),
    );
    const bins = numbersOf(tableOf(result, 'populationRates'), 'timeMs');
    assert.equal(bins.length, Math.ceil((blocks - 40) / 5));
    const last = Math.max(...numbersOf(tableOf(result, 'raster'), 'timeMs'));
    assert.ok(last >= blocks - 41 && last < blocks - 40);
    assert.equal(tableOf(result, 'spectrum').rowCount, 0);
  });

  test('of a runaway within the warm-up has no spikes and no figures', () => {
    const { recorded = [], outcome } = run(saturated, protocolOf(1000, 2000));
    assert.equal(outcome, 'runaway');
    assert.deepEqual(
      recorded.flatMap(({ figures }) => figures),
      [],
    );
    for (const kind of ['raster', 'populationRates', 'synchrony', 'spectrum'])
      assert.equal(recorded.find((recording) => recording.kind === kind)?.table.rowCount, 0);
  });
});
