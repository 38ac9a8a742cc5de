import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CortigraphError } from '../../src/domain/errors.js';
import { canonicalValue, canonicalValues } from '../../src/domain/parameter-values.js';
import { localCircuitDefinition } from '../../src/models/local-circuit/definition.js';

const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });

describe('canonicalValue', () => {
  it('takes spellings of one float32 for one value', () => {
    for (const spelling of ['0.024', '2.4e-2', '0.02400000020861626', '0.0240000001']) {
      assert.equal(canonicalValue(Number(spelling), 'float32'), 0.024);
    }
  });

  it('writes −0 as 0, and what underflows as well', () => {
    assert.ok(Object.is(canonicalValue(-0, 'float32'), 0));
    assert.ok(Object.is(canonicalValue(-0, 'float64'), 0));
    assert.ok(Object.is(canonicalValue(-1e-60, 'float32'), 0));
  });

  it('reads back to the same float32', () => {
    fc.assert(fc.property(float32, (x) => Math.fround(canonicalValue(x, 'float32')) === (x === 0 ? 0 : x)));
  });

  it('is a fixed point', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e38, max: 1e38 }), (x) => {
        const once = canonicalValue(x, 'float32');
        assert.ok(Object.is(canonicalValue(once, 'float32'), once));
      }),
    );
  });

  it('has no shorter decimal that reads back', () => {
    fc.assert(
      fc.property(float32, (x) => {
        const digits = canonicalValue(x, 'float32')
          .toExponential()
          .replace(/e.*/, '')
          .replace(/[^0-9]/g, '').length;
        if (x === 0 || digits === 1) return;
        assert.notEqual(Math.fround(Number(x.toPrecision(digits - 1))), x);
      }),
    );
  });

  it('keeps every bit of a float64', () => {
    fc.assert(fc.property(fc.double({ noNaN: true }), (x) => canonicalValue(x, 'float64') === x));
  });
});

describe('canonicalValues', () => {
  const codeOf = (given: Record<string, unknown>): { code: string; details: object } => {
    try {
      canonicalValues(localCircuitDefinition, given);
    } catch (error) {
      assert.ok(error instanceof CortigraphError);
      return { code: error.code, details: error.details };
    }
    return assert.fail('nothing was thrown');
  };

  it('gives omitted inputs their defaults', () => {
    const values = canonicalValues(localCircuitDefinition, { sEE: 0.025 });
    assert.equal(values['sEE'], 0.025);
    assert.equal(values['sEI'], 0.04);
    assert.deepEqual(
      Object.keys(values),
      localCircuitDefinition.inputs.map(({ name }) => name),
    );
  });

  it('compares bounds as decimals, so that a bound itself is allowed although its float32 lies beyond', () => {
    const model = {
      ...localCircuitDefinition,
      inputs: localCircuitDefinition.inputs.map((input) => ({ ...input, bounds: { min: 0, max: 0.05 } })).slice(0, 1),
    };
    assert.ok(Math.fround(0.05) > 0.05);
    assert.equal(canonicalValues(model, { sEE: Math.fround(0.05) })['sEE'], 0.05);
  });

  it('refuses an unknown name and offers the nearest', () => {
    const { code, details } = codeOf({ sEe: 0.02 });
    assert.equal(code, 'BAD_USER_INPUT');
    assert.equal((details as { nearest: string }).nearest, 'sEE');
  });

  it('refuses what is not a finite number, and what lies out of bounds', () => {
    for (const value of [NaN, Infinity, 1e39, '1', null, true])
      assert.equal(codeOf({ sEE: value }).code, 'BAD_USER_INPUT');
    assert.deepEqual(codeOf({ sEE: 0.51 }).details, { input: 'sEE', allowed: { min: 0, max: 0.5 } });
    assert.equal(codeOf({ lgnRateE: -1 }).code, 'BAD_USER_INPUT');
  });
});
