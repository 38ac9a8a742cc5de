import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ModelOutput } from '../../src/domain/model-definition.js';
import { ishigami } from '../../src/models/ishigami/ishigami.js';
import { localCircuitDefinition } from '../../src/models/local-circuit/definition.js';
import { estimateOverReplicates } from '../../src/statistics/replicates.js';

const [rate] = localCircuitDefinition.outputs as readonly [ModelOutput];
const [mean] = ishigami(1).definition.outputs as readonly [ModelOutput];
const protocol = { warmupMs: 500, durationMs: 4000, networkSeed: 1, noiseSeed: null };
const figure = (value: number, standardError: number | null = 0.1) => ({ value, standardError, degreesOfFreedom: 15 });

describe('an estimate over replicates', () => {
  it('has the standard deviation over √n as its error', () => {
    const { value, standardError, standardDeviation, degreesOfFreedom, n } = estimateOverReplicates(rate, protocol, [
      figure(1),
      figure(2),
      figure(6),
    ]);
    assert.deepEqual([value, n, degreesOfFreedom], [3, 3, 2]);
    assert.ok(Math.abs((standardDeviation ?? NaN) - Math.sqrt(7)) < 1e-15);
    assert.ok(Math.abs((standardError ?? NaN) - Math.sqrt(7 / 3)) < 1e-15);
  });

  it('of one has the error of its batches', () => {
    const { standardError, standardDeviation, degreesOfFreedom } = estimateOverReplicates(rate, protocol, [figure(1)]);
    assert.deepEqual([standardError, standardDeviation, degreesOfFreedom], [0.1, null, 15]);
  });

  it('of a rate is never surer than one event, in silence either', () => {
    const { sum } = rate;
    assert.ok(sum.kind === 'rate');
    const silent = estimateOverReplicates(rate, protocol, [figure(0), figure(0)]);
    assert.deepEqual([silent.value, silent.standardDeviation], [0, 0]);
    assert.equal(silent.standardError, 1 / (2 * sum.sources * 4));
  });

  it('of what counts nothing may be exact', () => {
    const same = estimateOverReplicates(mean, { ...protocol, durationMs: null }, [figure(2), figure(2)]);
    assert.deepEqual([same.value, same.standardError, same.least], [2, 0, null]);
  });
});
