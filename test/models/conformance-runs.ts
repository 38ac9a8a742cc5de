import assert from 'node:assert/strict';
import type { ModelDefinition, ModelInput } from '../../src/domain/model-definition.js';
import type { Protocol, ProtocolField } from '../../src/domain/protocol.js';
import type { ParameterValues } from '../../src/domain/identity.js';
import type { SimulationResult, Simulator } from '../../src/models/model.js';

/** Takes one check: what it asserts, and a body that throws where the model is at fault. */
export type CheckReceiver = (name: string, body: () => void) => void;

const never = (): boolean => false;

/** What the tests ask of a field that the model reads; kept within the model's limits. */
const asked: Readonly<Record<ProtocolField, number>> = {
  warmupMs: 100,
  durationMs: 600,
  networkSeed: 3,
  noiseSeed: 4,
};

/** A short run; the fields that the model does not read are null, whatever `changes` says of them. */
export function protocolOf(
  { protocol }: ModelDefinition,
  changes: Partial<Record<ProtocolField, number>> = {},
): Protocol {
  const field = (name: ProtocolField): number | null => {
    const read = protocol[name];
    return read ? Math.min(Math.max(changes[name] ?? asked[name], read.min), read.max) : null;
  };
  return {
    warmupMs: field('warmupMs'),
    durationMs: field('durationMs'),
    networkSeed: field('networkSeed'),
    noiseSeed: field('noiseSeed'),
  };
}

/** The values that `of` gives each input. */
export function valuesOf(
  { inputs }: ModelDefinition,
  of: (input: ModelInput, index: number) => number,
): ParameterValues {
  return Object.fromEntries(inputs.map((input, index) => [input.name, of(input, index)]));
}

/** Runs to the end. No argument may be written to. */
export function run(
  simulator: Simulator,
  values: ParameterValues,
  protocol: Protocol,
  recordings?: readonly string[],
): SimulationResult {
  const asked = recordings && Object.freeze([...recordings]);
  const result = simulator.simulate(Object.freeze({ ...values }), Object.freeze({ ...protocol }), never, asked);
  assert.ok(result, 'a run that nobody stops has a result');
  return result;
}

/** Compares all but what was recorded bit for bit: −0 is not 0. */
export function assertSameBits(actual: SimulationResult, expected: SimulationResult, message?: string): void {
  assert.ok(isSame(actual, expected), message ?? `${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}

/** Whether two results, without what they recorded, have the same bits. */
export function isSame(actual: SimulationResult, expected: SimulationResult): boolean {
  const bits = ({ outcome, sums }: SimulationResult): unknown[] => [
    outcome,
    sums.batchMs,
    ...Object.entries(sums.outputs),
  ];
  try {
    assert.deepStrictEqual(bits(actual), bits(expected)); // compares numbers by Object.is
    return true;
  } catch {
    return false;
  }
}
