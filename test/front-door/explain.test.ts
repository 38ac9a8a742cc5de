import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { overEachStore } from '../support/each-store.js';
import type { Counts } from '../support/front-door.js';
import type { ResponseView, RunPayload } from '../support/questions.js';
import { responseQuery, runMutation, shortProtocol } from '../support/questions.js';

interface Explanation {
  readonly parameterSet: string;
  readonly question: string;
  readonly willCompute: boolean;
  readonly reason: string;
  readonly refusal: string | null;
  readonly key: {
    readonly run: string;
    readonly digest: string;
    readonly preimage: string;
    readonly ingredients: Readonly<Record<string, unknown>>;
  };
  readonly reusedRuns: readonly string[];
  readonly runsToCompute: number;
  readonly biologicalSeconds: number;
  readonly nearestRun: string | null;
  readonly differences: readonly { readonly field: string; readonly asked: unknown; readonly stored: unknown }[];
}

const explainQuery = `query ($input: ResponseInput!) { explain(input: $input) {
  parameterSet question willCompute reason refusal key { run digest preimage ingredients }
  reusedRuns runsToCompute biologicalSeconds nearestRun differences { field asked stored }
} }`;

const empty: Counts = {
  parameterSets: 0,
  runs: 0,
  executions: 0,
  recordings: 0,
  claims: 0,
  responses: 0,
  sweeps: 0,
  experiments: 0,
  chunks: 0,
  experimentRows: 0,
  jobs: 0,
  invalidations: 0,
  annotations: 0,
  verifications: 0,
};

overEachStore('an explanation', (door) => {
  /** Explains; fails when anything is stored for it. */
  const explain = async (input: object): Promise<Explanation> => {
    const before = await door().counts();
    const { explain: explanation } = await door().data<{ explain: Explanation }>(explainQuery, { input });
    assert.deepEqual(await door().counts(), before);
    return explanation;
  };
  const respond = async (input: object): Promise<ResponseView> =>
    (await door().data<{ response: ResponseView }>(responseQuery, { input })).response;
  const run = async (input: object): Promise<string> =>
    (await door().data<RunPayload>(runMutation, { input })).runSimulation.simulationRun.id;

  test('says that a question would be refused, with the words of the refusal', async () => {
    for (const halfWidth of [0.001, 1e-6, 1e-9]) {
      const input = { parameters: { sEE: 0.0199 }, tolerances: [{ output: 'rateE', halfWidth }] };
      const { refusal, willCompute, runsToCompute } = await explain(input);
      const error = await door().refusal(responseQuery, { input });
      assert.equal(refusal, `TOO_COSTLY: ${error.message}`);
      assert.equal(willCompute, false);
      assert.ok(runsToCompute > 10_000);
    }
    assert.equal((await explain({ parameters: { sEE: 0.0199 } })).refusal, null);
  });

  test('on an empty store is a miss, with the ingredients of the key, and stores and computes nothing', async () => {
    assert.deepEqual(await door().counts(), empty);
    const input = { parameters: { sEE: 2.4e-2 }, protocol: shortProtocol };
    const explanation = await explain(input);
    assert.equal(explanation.willCompute, true);
    assert.match(explanation.reason, /^miss: no stored run answers it/);
    assert.deepEqual([explanation.reusedRuns, explanation.nearestRun, explanation.differences], [[], null, []]);
    assert.deepEqual([explanation.runsToCompute, explanation.biologicalSeconds], [1, 0.55]);

    const { key } = explanation;
    assert.equal(createHash('sha256').update(key.preimage, 'utf8').digest('hex'), key.digest);
    assert.equal(key.run, `run_${key.digest.slice(0, 32)}`);
    const ingredients = JSON.parse(key.preimage) as Record<string, unknown>;
    assert.equal(ingredients['noun'], 'simulationRun');
    assert.deepEqual(key.ingredients, ingredients);
    assert.deepEqual(Object.keys(ingredients).sort(), [
      'identityVersion',
      'model',
      'noun',
      'numericsDigest',
      'protocol',
      'values',
    ]);
    assert.equal((ingredients['values'] as Record<string, number>)['sEE'], 0.024);

    const answered = await respond(input);
    assert.deepEqual(
      answered.runs.map(({ id }) => id),
      [key.run],
      'the key that was explained is that of the run that was computed',
    );
    assert.equal(answered.parameterSet.id, explanation.parameterSet);
  });

  test('after the answer is a hit, with the run that is reused', async () => {
    const input = { parameters: { sEE: 0.0241 }, protocol: shortProtocol };
    const missed = await explain(input);
    const { runs } = await respond(input);
    const hit = await explain(input);
    assert.deepEqual([hit.willCompute, hit.runsToCompute, hit.biologicalSeconds], [false, 0, 0]);
    assert.match(hit.reason, /^hit: 1 stored run answers it/);
    assert.deepEqual(hit.reusedRuns, [runs[0]?.id]);
    assert.deepEqual(hit.key, missed.key);
    assert.equal(hit.question, missed.question);
    assert.deepEqual([hit.nearestRun, hit.differences], [null, []]);
  });

  test('names the question by the id that a PENDING answer has', async () => {
    const input = { model: 'ishigami-noisy', parameters: { x1: 0.5 }, replicates: 30 };
    const { question } = await explain(input);
    const { response } = await door().data<{ response: ResponseView }>(responseQuery, { input, waitMs: 0 });
    assert.deepEqual([response.status, response.id], ['PENDING', question]);
    await respond(input);
  });

  test('of more replicates than are stored is a miss that reuses those', async () => {
    const input = { model: 'ishigami-noisy', parameters: { x1: 0.6 } };
    const { runs } = await respond({ ...input, replicates: 2 });
    const explanation = await explain({ ...input, replicates: 5 });
    assert.deepEqual([explanation.willCompute, explanation.runsToCompute], [true, 3]);
    assert.deepEqual([...explanation.reusedRuns].sort(), runs.map(({ id }) => id).sort());
    assert.match(explanation.reason, /^miss: 2 stored runs count, but more replicates are asked for/);
    const { nearestRun, differences } = explanation;
    assert.ok(nearestRun !== null && explanation.reusedRuns.includes(nearestRun));
    assert.deepEqual(
      differences.map(({ field }) => field),
      ['protocol.noiseSeed'],
    );
    const answered = await respond({ ...input, replicates: 5 });
    assert.ok(answered.runs.some(({ id }) => id === explanation.key.run));
  });

  test('of a tolerance that is not met says so, and how many runs it would take', async () => {
    const input = { model: 'ishigami-noisy', parameters: { x1: 0.7 }, replicates: 4 };
    await respond(input);
    const explanation = await explain({ ...input, tolerances: [{ output: 'y', halfWidth: 0.05 }] });
    assert.match(explanation.reason, /a tolerance is not met/);
    assert.ok(explanation.runsToCompute > 100);
  });

  const stored = { ...shortProtocol, networkSeed: 1, noiseSeed: 11 };
  for (const [field, asked] of [
    ['warmupMs', 60],
    ['durationMs', 501],
    ['networkSeed', 2],
    ['noiseSeed', 12],
  ] as const) {
    test(`of a question that differs from a stored run in ${field} names the run and that part of the key`, async () => {
      const parameters = { sEE: 0.0245 };
      const id = await run({ parameters, protocol: stored });
      const explanation = await explain({ parameters, protocol: { ...stored, [field]: asked } });
      assert.equal(explanation.willCompute, true);
      assert.equal(explanation.nearestRun, id);
      assert.deepEqual(explanation.differences, [{ field: `protocol.${field}`, asked, stored: stored[field] }]);
      assert.match(explanation.reason, /differs as listed/);
    });
  }

  test('without a noise seed lists the derived one beside what was asked otherwise', async () => {
    const parameters = { sEE: 0.0246 };
    const id = await run({ parameters, protocol: shortProtocol });
    const explanation = await explain({ parameters, protocol: { ...shortProtocol, warmupMs: 70 } });
    assert.equal(explanation.nearestRun, id);
    assert.deepEqual(
      explanation.differences.map(({ field }) => field),
      ['protocol.warmupMs', 'protocol.noiseSeed'],
    );
  });

  test('chooses of several runs the nearest', async () => {
    const parameters = { sEE: 0.0247 };
    const near = await run({ parameters, protocol: stored });
    await run({ parameters, protocol: { ...stored, networkSeed: 3, noiseSeed: 4 } });
    await run({ parameters, protocol: { warmupMs: 51, durationMs: 502, networkSeed: 3, noiseSeed: 4 } });
    const { nearestRun } = await explain({ parameters, protocol: { ...stored, warmupMs: 60 } });
    assert.equal(nearestRun, near);
  });

  test('of runs of other numerics says that the numerics differ', async () => {
    const parameters = { sEE: 0.0248 };
    const computed = await run({ parameters, protocol: stored });
    const { runs } = door().collections;
    const document = (await runs.findOne({ _id: computed })) ?? assert.fail('the run is not stored');
    // As software of other numerics would have stored it, under the id that follows from those.
    const [id, otherNumerics] = [`run_${'f'.repeat(32)}`, 'f'.repeat(64)];
    await runs.insertOne({ ...document, _id: id, numericsDigest: otherNumerics });
    await runs.deleteMany({ _id: computed });
    const { nearestRun, differences, key } = await explain({ parameters, protocol: stored });
    assert.equal(nearestRun, id);
    assert.deepEqual(differences, [
      { field: 'numericsDigest', asked: key.ingredients['numericsDigest'], stored: otherNumerics },
    ]);
  });

  test('takes no run of another parameter set for the nearest', async () => {
    await run({ parameters: { sEE: 0.0249 }, protocol: stored });
    const { nearestRun } = await explain({ parameters: { sEE: 0.02491 }, protocol: stored });
    assert.equal(nearestRun, null);
  });

  test('of a question that is not valid is the error that the answer would be', async () => {
    for (const input of [
      { parameters: { sE: 1 } },
      { parameters: { sEE: 1 } },
      { parameters: {}, replicates: 0 },
      { parameters: {}, protocol: { warmupMs: -1 } },
      { model: 'ishigami', parameters: {}, protocol: { warmupMs: 1 } },
      { model: 'none', parameters: {} },
    ]) {
      const [explained, answered] = [
        await door().refusal(explainQuery, { input }),
        await door().refusal(responseQuery, { input }),
      ];
      assert.deepEqual([explained.message, explained.extensions], [answered.message, answered.extensions]);
      assert.equal(explained.extensions.code, 'BAD_USER_INPUT');
    }
  });
});
