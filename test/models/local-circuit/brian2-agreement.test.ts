import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { oracleSimulator } from '../../../src/models/local-circuit/oracle.js';
import type { Effort } from './reference-comparison.js';
import {
  caseNumbers,
  deviations,
  disagreementProbability,
  FALSE_ALARM,
  referenceCase,
} from './reference-comparison.js';

const effort: Effort = { networks: 4, seconds: 8, firstSeed: 1 };

/** As much as the mutation tests spend on a mutation that moves rates little. */
const effortOfMutations: Effort = { networks: 4, seconds: 5, firstSeed: 100 };

describe('the local circuit against Brian2', () => {
  test(`has the rates of all six reference cases within their errors (false alarms: at most ${FALSE_ALARM} of seeds)`, () => {
    const simulator = oracleSimulator();
    const found = caseNumbers.map((number) => deviations(simulator, referenceCase(number), effort));
    const probability = disagreementProbability(found);
    assert.ok(probability >= FALSE_ALARM, `p = ${probability}, deviations ${JSON.stringify(found)}`);
  });

  for (const number of caseNumbers)
    test(`is not rejected by case ${number} alone, as the mutations are (false alarms: at most ${FALSE_ALARM})`, () => {
      const found = deviations(oracleSimulator(), referenceCase(number), effortOfMutations);
      const probability = disagreementProbability([found]);
      assert.ok(probability >= FALSE_ALARM, `p = ${probability}, deviations ${JSON.stringify(found)}`);
    });
});
