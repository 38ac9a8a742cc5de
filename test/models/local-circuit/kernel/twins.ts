import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ParameterValues } from '../../../../src/domain/identity.js';
import type { Protocol } from '../../../../src/domain/protocol.js';
import type { Circuit } from '../../../../src/models/local-circuit/circuit.js';
import { localCircuitDefinition } from '../../../../src/models/local-circuit/definition.js';
import { KernelEngine, kernelUrl } from '../../../../src/models/local-circuit/kernel/kernel.js';
import { OracleEngine } from '../../../../src/models/local-circuit/oracle.js';
import { canonicalValues } from '../../../../src/domain/parameter-values.js';

const kernel = new KernelEngine(readFileSync(new URL(kernelUrl)));
const oracle = new OracleEngine();

export const defaults: ParameterValues = canonicalValues(localCircuitDefinition, {});

/** The kernel's circuit and the oracle's, both at the start of one run. */
export function twins(values: ParameterValues, { networkSeed, noiseSeed }: Protocol): readonly [Circuit, Circuit] {
  const seeds = [networkSeed ?? 0, noiseSeed ?? 0] as const;
  return [kernel.begin(values, ...seeds), oracle.begin(values, ...seeds)];
}

const bytes = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer => Buffer.from(buffer, byteOffset, byteLength);

/** Compares every variable of every cell and all that is on its way to them, bit for bit. */
export function assertSameState(one: Circuit, other: Circuit, when: string): void {
  for (const name of ['w', 'rA', 'yA', 'rN', 'yN', 'rG', 'yG'] as const)
    assert.ok(bytes(one.state[name]).equals(bytes(other.state[name])), `${name} differs ${when}`);
  for (const name of ['ampa', 'cortical', 'gaba'] as const)
    assert.ok(bytes(one.inputs[name]).equals(bytes(other.inputs[name])), `the input ${name} differs ${when}`);
}

/** Compares the spikes of the last block. */
export function assertSameSpikes(one: Circuit, other: Circuit, when: string): void {
  const of = ({ spikesE, spikesI, spikeCells, spikeSteps }: Circuit): unknown[] => [
    [spikesE, spikesI],
    spikeCells.slice(0, spikesE + spikesI),
    spikeSteps.slice(0, spikesE + spikesI),
  ];
  assert.deepEqual(of(one), of(other), `spikes differ ${when}`);
}

/** Runs both block by block; their spikes must agree in each, their states every so many blocks and at the end. */
export function assertTwins(values: ParameterValues, protocol: Protocol, blocks: number, every = 50): number {
  const [one, other] = twins(values, protocol);
  assertSameState(one, other, 'at the start');
  let spikes = 0;
  for (let block = 1; block <= blocks; block += 1) {
    one.advance();
    other.advance();
    assertSameSpikes(one, other, `in block ${block}`);
    if (block % every === 0 || block === blocks) assertSameState(one, other, `after block ${block}`);
    spikes += one.spikesE + one.spikesI;
  }
  return spikes;
}
