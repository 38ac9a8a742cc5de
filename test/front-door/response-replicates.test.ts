import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overEachStore } from '../support/each-store.js';
import { onlyError } from '../support/front-door.js';
import type { ResponseView, RunOfResponse, RunPayload } from '../support/questions.js';
import { responseQuery, runMutation, shortProtocol } from '../support/questions.js';

interface Answer {
  readonly response: ResponseView;
}

const ids = (runs: readonly RunOfResponse[]): readonly string[] => runs.map(({ id }) => id).sort();

overEachStore('replicates', (door) => {
  const ask = async (input: object): Promise<ResponseView> =>
    (await door().data<Answer>(responseQuery, { input })).response;
  const run = async (input: object): Promise<RunPayload['runSimulation']> =>
    (await door().data<RunPayload>(runMutation, { input })).runSimulation;

  test('are runs with noise seeds of their own, and those that are there are reused', async () => {
    const input = { model: 'ishigami-noisy', parameters: { x1: 0.1 } };
    const one = await ask(input);
    assert.deepEqual([one.reusedRuns, one.computedRuns], [0, 1]);
    const five = await ask({ ...input, replicates: 5 });
    assert.deepEqual([five.reusedRuns, five.computedRuns, five.cached], [1, 4, false]);
    assert.equal(new Set(five.runs.map(({ protocol }) => protocol.noiseSeed)).size, 5);
    assert.ok(five.runs.some(({ id }) => id === one.runs[0]?.id));
    assert.deepEqual(five.outcomes, [{ outcome: 'COMPLETED', count: 5 }]);
    assert.equal(five.outputs[0]?.n, 5);
    const three = await ask({ ...input, replicates: 3 });
    assert.deepEqual([three.reusedRuns, three.computedRuns, three.cached], [5, 0, true]);
    assert.equal(three.id, five.id);
  });

  test('shorter than a batch get their error from one another', async () => {
    const input = { parameters: { sEE: 0.0247 }, protocol: { warmupMs: 50, durationMs: 100 } };
    const [one] = (await ask(input)).outputs;
    assert.deepEqual([one?.n, one?.standardError], [1, null]);
    const [six] = (await ask({ ...input, replicates: 6 })).outputs;
    assert.equal(six?.n, 6);
    assert.ok(six.standardError !== null && six.standardError > 0);
    const tolerances = [{ output: 'rateE', halfWidth: six.standardError * 2 }];
    const narrowed = await ask({ ...input, tolerances });
    assert.ok(narrowed.reusedRuns >= 6 && narrowed.reusedRuns + narrowed.computedRuns < 40);
  });

  test('of other parameter sets have other noise seeds', async () => {
    const seeds = await Promise.all(
      [0.21, 0.22].map(async (x1) => {
        const { runs } = await ask({ model: 'ishigami-noisy', parameters: { x1 }, replicates: 4 });
        return runs.map(({ protocol }) => protocol.noiseSeed);
      }),
    );
    assert.equal(new Set(seeds.flat()).size, 8);
  });

  test('give the mean of the runs, with an error over them', async () => {
    const input = { model: 'ishigami-noisy', parameters: { x1: 0.3 }, replicates: 6 };
    const { outputs, runs } = await ask(input);
    const values = await Promise.all(
      runs.map(async ({ protocol }) => {
        const { noiseSeed } = protocol;
        const { simulationRun } = await run({
          model: input.model,
          parameters: input.parameters,
          protocol: { noiseSeed },
        });
        return simulationRun.outputs[0]?.value ?? assert.fail('a run without a figure');
      }),
    );
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    const [y] = outputs;
    assert.ok(y && y.standardError !== null && y.standardDeviation !== null);
    assert.ok(Math.abs(y.value - mean) < 1e-12);
    assert.ok(Math.abs(y.standardDeviation - Math.sqrt(variance)) < 1e-12);
    assert.ok(Math.abs(y.standardError - Math.sqrt(variance / values.length)) < 1e-12);
    // Student's t at 95 % and 5 degrees of freedom.
    assert.ok(y.interval && Math.abs((y.interval.upper - y.value) / y.standardError - 2.570582) < 1e-5);
    assert.ok(Math.abs(y.value - y.interval.lower - (y.interval.upper - y.value)) < 1e-12);
  });

  test('too few to tell an error have none, and never 0', async () => {
    const { outputs } = await ask({ model: 'ishigami-noisy', parameters: { x1: 0.4 } });
    const [y] = outputs;
    assert.deepEqual(
      [y?.n, y?.standardError, y?.standardDeviation, y?.interval],
      [1, null, null, null],
      'of one value nothing can be told of its error',
    );
    const shorterThanABatch = await ask({ parameters: {}, protocol: { warmupMs: 0, durationMs: 100 } });
    for (const { value, standardError, interval } of shorterThanABatch.outputs) {
      assert.ok(Number.isFinite(value));
      assert.deepEqual([standardError, interval], [null, null]);
    }
  });

  test('a noise seed means exactly that run, whatever else is stored', async () => {
    const protocol = { ...shortProtocol, noiseSeed: 42 };
    await ask({ parameters: {}, protocol: shortProtocol, replicates: 2 });
    const exact = await ask({ parameters: {}, protocol });
    assert.deepEqual([exact.reusedRuns, exact.computedRuns], [0, 1]);
    assert.deepEqual(exact.runs[0]?.protocol, { ...protocol, networkSeed: 1 });
    const { simulationRun, created } = await run({ parameters: {}, protocol });
    assert.equal(created, false);
    assert.deepEqual(ids(exact.runs), [simulationRun.id]);
    assert.deepEqual(exact.outputs, simulationRun.outputs);
  });

  for (const [what, more] of [
    ['replicates', { replicates: 2 }],
    ['tolerances', { tolerances: [{ output: 'rateE', halfWidth: 1 }] }],
    ['an average over networks', { estimand: 'NETWORK_AVERAGE' }],
  ] as const) {
    test(`a noise seed together with ${what} is refused`, async () => {
      const input = { parameters: {}, protocol: { noiseSeed: 3 }, ...more };
      const { extensions, message } = await door().refusal(responseQuery, { input });
      assert.equal(extensions.code, 'BAD_USER_INPUT');
      assert.match(message, /noise seed/);
    });
  }
});

overEachStore('the pool of a response', (door) => {
  const ask = async (input: object): Promise<ResponseView> =>
    (await door().data<Answer>(responseQuery, { input })).response;
  const runWith = async (parameters: object, protocol: object): Promise<string> => {
    const { runSimulation } = await door().data<RunPayload>(runMutation, { input: { parameters, protocol } });
    return runSimulation.simulationRun.id;
  };

  test('holds runs of any duration, which count by their duration', async () => {
    const parameters = { sEE: 0.0241 };
    const long = await runWith(parameters, { warmupMs: 50, durationMs: 1500, noiseSeed: 1 });
    const answer = await ask({ parameters, protocol: { warmupMs: 50, durationMs: 500 }, replicates: 3 });
    assert.deepEqual([answer.cached, answer.reusedRuns, answer.computedRuns], [true, 1, 0]);
    assert.deepEqual(ids(answer.runs), [long]);
    const more = await ask({ parameters, protocol: { warmupMs: 50, durationMs: 500 }, replicates: 4 });
    assert.deepEqual([more.cached, more.reusedRuns, more.computedRuns], [false, 1, 1]);
  });

  test('holds of runs with the same seeds only the longest, for a shorter one is its beginning', async () => {
    const parameters = { sEE: 0.0242 };
    const short = await runWith(parameters, { warmupMs: 50, durationMs: 500, noiseSeed: 7 });
    const before = await ask({ parameters, protocol: shortProtocol });
    assert.deepEqual(ids(before.runs), [short]);
    const long = await runWith(parameters, { warmupMs: 50, durationMs: 1000, noiseSeed: 7 });
    const after = await ask({ parameters, protocol: shortProtocol });
    assert.deepEqual(ids(after.runs), [long]);
    assert.notEqual(after.id, before.id);
    assert.deepEqual([after.cached, after.outputs[0]?.n], [true, 1]);
  });

  test('holds no runs of another warm-up, network or parameter set', async () => {
    const parameters = { sEE: 0.0243 };
    await runWith(parameters, { warmupMs: 51, durationMs: 500 });
    await runWith(parameters, { warmupMs: 50, durationMs: 500, networkSeed: 2 });
    await runWith({ sEE: 0.02431 }, { warmupMs: 50, durationMs: 500 });
    const answer = await ask({ parameters, protocol: shortProtocol });
    assert.deepEqual([answer.reusedRuns, answer.computedRuns], [0, 1]);
    assert.deepEqual(
      answer.runs.map(({ protocol: { warmupMs, networkSeed } }) => [warmupMs, networkSeed]),
      [[50, 1]],
    );
  });

  test('whose run aborted shows how the runs ended, and no estimates', async () => {
    const parameters = { sEE: 0.5, sEI: 0 };
    const answer = await ask({ parameters, protocol: shortProtocol, replicates: 3 });
    assert.equal(answer.status, 'READY');
    assert.deepEqual(answer.outputs, []);
    const [ended, ...others] = answer.outcomes;
    assert.deepEqual(others, []);
    assert.equal(ended?.outcome, 'runaway');
    assert.ok(answer.runs.every(({ outcome }) => outcome === 'runaway'));
    const again = await ask({ parameters, protocol: shortProtocol, replicates: 3 });
    assert.deepEqual([again.id, again.cached], [answer.id, true]);
    const query = `query ($input: ResponseInput!) { response(input: $input) { output(name: "rateE") { value } } }`;
    const input = { parameters, protocol: shortProtocol };
    assert.deepEqual(await door().data(query, { input }), { response: { output: null } });
  });

  test('of an aborted run and good ones shows both outcomes, and no estimates', async () => {
    const parameters = { sEE: 0.0244 };
    const good = await ask({ parameters, protocol: shortProtocol });
    const { runs } = door().collections;
    const run = await runs.findOne({ _id: good.runs[0]?.id ?? '' });
    assert.ok(run);
    // What no seed of this parameter set is known to do.
    const aborted = {
      ...run,
      _id: `run_${'a'.repeat(32)}`,
      outcome: 'runaway',
      protocol: { ...run.protocol, noiseSeed: 5 },
    };
    await runs.insertOne(aborted);
    const mixed = await ask({ parameters, protocol: shortProtocol });
    assert.deepEqual(mixed.outcomes, [
      { outcome: 'COMPLETED', count: 1 },
      { outcome: 'runaway', count: 1 },
    ]);
    assert.deepEqual(mixed.outputs, []);
  });
});

overEachStore('an average over networks', (door) => {
  const average = { parameters: { sEE: 0.0245 }, protocol: shortProtocol, estimand: 'NETWORK_AVERAGE' };
  const networks = ({ runs }: ResponseView): readonly (number | null)[] =>
    runs.map(({ protocol }) => protocol.networkSeed).sort();

  test('is made of networks 1 to 4 at least, and of as many as replicates ask for', async () => {
    const { response } = await door().data<Answer>(responseQuery, { input: average });
    assert.equal(response.estimand, 'NETWORK_AVERAGE');
    assert.deepEqual(networks(response), [1, 2, 3, 4]);
    assert.deepEqual([response.computedRuns, response.outputs[0]?.n], [4, 4]);
    const more = (await door().data<Answer>(responseQuery, { input: { ...average, replicates: 6 } })).response;
    assert.deepEqual(networks(more), [1, 2, 3, 4, 5, 6]);
    assert.deepEqual([more.reusedRuns, more.computedRuns], [4, 2]);
  });

  test('takes a network that somebody simulated with a seed of his own, and computes no other run of it', async () => {
    const parameters = { sEE: 0.0246 };
    const protocol = { ...shortProtocol, networkSeed: 1, noiseSeed: 9 };
    await door().data(runMutation, { input: { parameters, protocol } });
    const { response } = await door().data<Answer>(responseQuery, { input: { ...average, parameters } });
    assert.deepEqual(networks(response), [1, 2, 3, 4]);
    assert.deepEqual([response.reusedRuns, response.computedRuns], [1, 3]);
  });

  test('is not the answer for one network, and shares its run', async () => {
    const parameters = { sEE: 0.0247 };
    const fixed = (await door().data<Answer>(responseQuery, { input: { parameters, protocol: shortProtocol } }))
      .response;
    const { response } = await door().data<Answer>(responseQuery, { input: { ...average, parameters } });
    assert.deepEqual([response.reusedRuns, response.computedRuns], [1, 3]);
    assert.notEqual(response.id, fixed.id);
    assert.ok(response.runs.some(({ id }) => id === fixed.runs[0]?.id));
  });

  test('chooses its networks itself: a network seed is refused', async () => {
    const input = { ...average, protocol: { ...shortProtocol, networkSeed: 3 } };
    const { extensions, message } = await door().refusal(responseQuery, { input });
    assert.equal(extensions.code, 'BAD_USER_INPUT');
    assert.match(message, /network seeds/);
  });

  test('of a model without networks is refused', async () => {
    const input = { model: 'ishigami-noisy', parameters: {}, estimand: 'NETWORK_AVERAGE' };
    const before = await door().counts();
    const error = onlyError(await door().ask(responseQuery, { input }));
    assert.equal(error.extensions.code, 'BAD_USER_INPUT');
    assert.deepEqual(await door().counts(), before);
  });
});
