import assert from 'node:assert/strict';
import type { Protocol } from '../../src/domain/protocol.js';
import type { ParameterValues } from '../../src/domain/identity.js';
import type { Model, Recorded, Simulator } from '../../src/models/model.js';
import type { CheckReceiver } from './conformance-runs.js';
import { assertSameBits, protocolOf, run, valuesOf } from './conformance-runs.js';
import { simulatorOf } from '../support/simulator-of.js';

/** Hands out the checks of one of a model's recordings. */
export function recordingChecks(model: Model, kind: string, check: CheckReceiver): void {
  const { definition } = model;
  const defaults = valuesOf(definition, (input) => input.default);
  /** Whole, short, and one that may be aborted. */
  const runs = (): (readonly [ParameterValues, Protocol])[] => [
    [defaults, protocolOf(definition, { durationMs: 1100 })],
    [defaults, protocolOf(definition, { durationMs: 1 })],
    [valuesOf(definition, ({ bounds }) => bounds.max), protocolOf(definition)],
  ];
  const recordedBy = (simulator: Simulator, values: ParameterValues, protocol: Protocol): Recorded => {
    const { recorded = [] } = run(simulator, values, protocol, [kind]);
    const [only] = recorded;
    assert.ok(only && recorded.length === 1, 'one recording was asked for');
    return only;
  };

  check(`records ${kind} without a change of the result`, () => {
    const simulator = simulatorOf(model);
    for (const [values, protocol] of runs()) {
      const unrecorded = run(simulatorOf(model), values, protocol, []);
      assert.equal('recorded' in unrecorded, false, 'what nobody asked for is absent');
      assertSameBits(run(simulator, values, protocol, [kind]), unrecorded);
      assertSameBits(run(simulator, values, protocol), unrecorded, 'it leaves no trace in the next run');
    }
  });

  check(`records the same ${kind} again, from the same simulator and from a fresh one, alone or beside others`, () => {
    const simulator = simulatorOf(model);
    const kinds = definition.recordings.map((recording) => recording.kind).reverse();
    for (const [values, protocol] of runs()) {
      const expected = structuredClone(recordedBy(simulator, values, protocol));
      assert.deepStrictEqual(recordedBy(simulator, values, protocol), expected);
      assert.deepStrictEqual(recordedBy(simulatorOf(model), values, protocol), expected);
      const all = run(simulator, values, protocol, kinds).recorded ?? [];
      const order = all.map((recorded) => recorded.kind);
      assert.deepStrictEqual(order, kinds, 'in the order in which they were asked for');
      assert.deepStrictEqual(all[kinds.indexOf(kind)], expected);
    }
  });

  check(`records as ${kind} a table of full columns, and finite figures, each name once`, () => {
    for (const [values, protocol] of runs()) {
      const recorded = recordedBy(simulatorOf(model), values, protocol);
      assert.equal(recorded.kind, kind);
      assertTable(recorded);
      assertFigures(recorded);
    }
  });
}

function assertTable({ table: { rowCount, columns } }: Recorded): void {
  assert.ok(columns.length > 0 && Number.isInteger(rowCount) && rowCount >= 0);
  for (const column of columns) {
    const values = 'numbers' in column ? column.numbers : column.strings;
    assert.equal(values.length, rowCount, `values of ${column.name}`);
    if (!('numbers' in column) || column.numbers instanceof Uint32Array || column.numbers instanceof Uint16Array)
      continue;
    assert.ok(!column.numbers.includes(Infinity) && !column.numbers.includes(-Infinity), `${column.name} is finite`);
    assertUsualNaNs(column.name, column.numbers);
  }
  const names = columns.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length, names.join());
}

/** Every NaN has the bits of the literal, not the machine's own, as 0/0 has them. */
function assertUsualNaNs(name: string, numbers: Float64Array | Float32Array): void {
  const usual = numbers.map((value) => (Number.isNaN(value) ? NaN : value));
  const bytes = (of: Float64Array | Float32Array): Buffer => Buffer.from(of.buffer, of.byteOffset, of.byteLength);
  assert.ok(bytes(numbers).equals(bytes(usual)), `the bits of NaN in ${name}`);
}

function assertFigures({ figures }: Recorded): void {
  for (const { name, unit, value, standardError, degreesOfFreedom, least, n } of figures) {
    assert.ok(name.trim() !== '' && unit.trim() !== '', `${name} has a unit`);
    for (const number of [value, standardError ?? 0, degreesOfFreedom ?? 1, least ?? 0])
      assert.ok(Number.isFinite(number), `${number} of ${name} is finite`);
    assert.ok((standardError ?? 0) >= 0 && (degreesOfFreedom ?? 1) > 0 && value >= (least ?? value), name);
    assert.ok(Number.isInteger(n) && n >= 1, `n of ${name}`);
  }
  const names = figures.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length, names.join());
}
