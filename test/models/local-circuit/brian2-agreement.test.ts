import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { localCircuit } from '../../../src/models/local-circuit/local-circuit.js';
import { oracleSimulator } from '../../../src/models/local-circuit/oracle.js';
import { simulatorOf } from '../../support/simulator-of.js';
import type { Effort as MutationEffort } from './reference-comparison.js';
import {
  caseNumbers,
  deviations,
  disagreementProbability,
  FALSE_ALARM,
  referenceCase,
} from './reference-comparison.js';
import { overallProbability, pooledCorrelation } from './science/overall-agreement.js';
import type { Effort } from './science/replicates.js';
import { estimate, replicateRates } from './science/replicates.js';

const simulator = simulatorOf(localCircuit);

/** Enough for errors of our own below the reference's in all six cases. */
const effort: Effort = { replicates: 24, seconds: 4, firstSeed: 1 };

/** As much as the mutation tests spend on a mutation that moves rates little. */
const effortOfMutations: MutationEffort = { networks: 4, seconds: 5, firstSeed: 100 };

describe('the local circuit against Brian2', () => {
  /**
   * Errors are those of the reference and of 24 replicates, each with a network of its own. What the reference's one
   * network adds (at most about .07 Hz) is left out, and its batch-mean errors are taken as they are: a stricter test,
   * and a looser one by 2–13 %. The seeds are fixed, so the outcome is too. Seeds and reference drawn anew, a right
   * simulator would fail in 1 % by each of the last two probabilities and in 4 % by the first, which takes E and I for
   * independent. Of 20 other sets of our seeds (1001, 2001, …) the least probability was .23: all share the reference.
   */
  test('has the twelve rates of the six reference cases within combined error, overall p > .01 (seen: .52, and .31 for E and I correlated by .9)', () => {
    const sets = caseNumbers.map((number) => replicateRates(simulator, referenceCase(number).parameters, effort));
    const found = sets.map(({ e, i }, k) => {
      const { rateE, rateI, standardErrorE, standardErrorI } = referenceCase(k + 1);
      const [ofE, ofI] = [estimate(e), estimate(i)];
      assert.ok(ofE.error < standardErrorE && ofI.error < standardErrorI, `case ${k + 1}: our errors are the greater`);
      return [
        (ofE.mean - rateE) / Math.hypot(ofE.error, standardErrorE),
        (ofI.mean - rateI) / Math.hypot(ofI.error, standardErrorI),
      ] as const;
    });
    const probability = overallProbability(found, pooledCorrelation(sets));
    for (const [what, p] of Object.entries(probability))
      assert.ok(p > 0.01, `p = ${p} (${what}), deviations ${JSON.stringify(found)}`);
  });

  for (const number of caseNumbers)
    test(`is not rejected by case ${number} alone, as the mutations are (false alarms: at most ${FALSE_ALARM})`, () => {
      const found = deviations(simulator, referenceCase(number), effortOfMutations);
      const probability = disagreementProbability([found]);
      assert.ok(probability >= FALSE_ALARM, `p = ${probability}, deviations ${JSON.stringify(found)}`);
    });

  test(`is not rejected by case 6 as the oracle simulates it either (false alarms: at most ${FALSE_ALARM})`, () => {
    const probability = disagreementProbability([deviations(oracleSimulator(), referenceCase(6), effortOfMutations)]);
    assert.ok(probability >= FALSE_ALARM, `p = ${probability}`);
  });
});
