import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overEachStore } from '../support/each-store.js';
import type { ErrorView } from '../support/front-door.js';
import { onlyError } from '../support/front-door.js';
import type { JobView, ResponseView } from '../support/questions.js';
import { cancelMutation, jobQuery, responseQuery, shortProtocol } from '../support/questions.js';

interface Answer {
  readonly response: ResponseView;
}

interface Fits {
  readonly replicates?: number;
  readonly tolerances?: readonly { readonly output: string; readonly halfWidth: number }[];
  readonly protocol?: { readonly durationMs: number };
}

const fitsOf = ({ extensions }: ErrorView): Fits => extensions['fits'] as Fits;

overEachStore('tolerances', (door) => {
  const halfWidthAt = async (input: object, level: number): Promise<number> => {
    const query = `query ($input: ResponseInput!, $level: Float) {
      response(input: $input) { cached outputs { interval(level: $level) { level lower upper } } }
    }`;
    const { response } = await door().data<Answer>(query, { input, level });
    assert.equal(response.cached, true);
    const interval = response.outputs[0]?.interval;
    assert.equal(interval?.level, level);
    return interval ? (interval.upper - interval.lower) / 2 : assert.fail('no interval');
  };

  test('add runs until the interval is narrow enough, and say how many were reused and computed', async () => {
    const input = { model: 'ishigami-noisy', parameters: { x1: 0.1 } };
    const few = (await door().data<Answer>(responseQuery, { input: { ...input, replicates: 3 } })).response;
    assert.equal(few.computedRuns, 3);
    const tolerances = [{ output: 'y', halfWidth: 0.3 }];
    const before = await door().counts();
    const { response } = await door().data<Answer>(responseQuery, { input: { ...input, tolerances } });
    const after = await door().counts();
    assert.equal(response.reusedRuns, 3);
    assert.equal(response.computedRuns, after.runs - before.runs);
    assert.equal(response.reusedRuns + response.computedRuns, response.runs.length);
    const [y] = response.outputs;
    assert.ok(y?.interval && y.n === response.runs.length);
    assert.ok((y.interval.upper - y.interval.lower) / 2 <= 0.3);
    // Noise of standard deviation 1 takes about (1.96/0.3)² = 43 runs; many more would be waste.
    assert.ok(y.n > 20 && y.n < 120, `${y.n} runs`);
    const again = (await door().data<Answer>(responseQuery, { input: { ...input, tolerances } })).response;
    assert.deepEqual([again.cached, again.computedRuns, again.id], [true, 0, response.id]);
  });

  test('hold at the level that they give', async () => {
    const input = { model: 'ishigami-noisy', parameters: { x1: 0.2 } };
    const at = (level: number): object => ({ ...input, tolerances: [{ output: 'y', halfWidth: 0.4, level }] });
    const low = (await door().data<Answer>(responseQuery, { input: at(0.5) })).response;
    const high = (await door().data<Answer>(responseQuery, { input: at(0.99) })).response;
    assert.ok(high.computedRuns > 0);
    assert.equal(high.reusedRuns, low.runs.length);
    assert.ok((await halfWidthAt(at(0.99), 0.99)) <= 0.4);
    assert.ok((await halfWidthAt(at(0.99), 0.5)) < (await halfWidthAt(at(0.99), 0.99)));
  });

  test('are of the long-run mean of the circuit, whose runs each have an error already', async () => {
    const tolerances = [
      { output: 'rateE', halfWidth: 0.5 },
      { output: 'rateI', halfWidth: 1.5 },
    ];
    const input = { parameters: {}, protocol: { warmupMs: 50, durationMs: 1000 }, tolerances };
    const { response } = await door().data<Answer>(responseQuery, { input });
    for (const { output, halfWidth } of tolerances) {
      const interval = response.outputs.find(({ name }) => name === output)?.interval;
      assert.ok(interval && (interval.upper - interval.lower) / 2 <= halfWidth, output);
    }
    assert.equal(response.computedRuns, response.runs.length);
  });

  test('that too many runs would be needed for are TOO_COSTLY, with the cost and what would fit', async () => {
    const input = { parameters: { sEE: 0.0251 }, tolerances: [{ output: 'rateE', halfWidth: 0.0001 }] };
    const error = await door().refusal(responseQuery, { input });
    assert.equal(error.extensions.code, 'TOO_COSTLY');
    const { cost, limit } = error.extensions as unknown as Record<string, { biologicalSeconds: number; runs: number }>;
    assert.equal(limit?.biologicalSeconds, 600);
    assert.ok(cost && cost.biologicalSeconds > 600 && cost.runs > 133);
    const fits = fitsOf(error);
    assert.equal(fits.replicates, 133); // of 4.5 s each
    assert.ok((fits.tolerances?.[0]?.halfWidth ?? 0) > 0.0001);
  });

  test('that are not known, not positive, or of an impossible level are refused', async () => {
    for (const [tolerance, allowed] of [
      [{ output: 'rateF', halfWidth: 1 }, /Did you mean "rateE"/],
      [{ output: 'rateE', halfWidth: 0 }, /1e-9 or more/],
      [{ output: 'rateE', halfWidth: -1 }, /1e-9 or more/],
      [{ output: 'rateE', halfWidth: 1e-200 }, /1e-9 or more/],
      [{ output: 'rateE', halfWidth: 1, level: 1 }, /between 0 and 1/],
      [{ output: 'rateE', halfWidth: 1, level: 0 }, /between 0 and 1/],
    ] as const) {
      const error = await door().refusal(responseQuery, { input: { parameters: {}, tolerances: [tolerance] } });
      assert.equal(error.extensions.code, 'BAD_USER_INPUT');
      assert.match(error.message, allowed);
    }
  });
});

overEachStore(
  'what a response may cost',
  (door) => {
    /** The error of a question that is refused before any work for it is stored; work of tests before may still stop. */
    const refused = async (query: string, input: object): Promise<ErrorView> => {
      const { jobs, parameterSets } = await door().counts();
      const error = onlyError(await door().ask(query, { input }));
      assert.equal(error.extensions.code, 'TOO_COSTLY');
      const after = await door().counts();
      assert.deepEqual([after.jobs, after.parameterSets], [jobs, parameterSets]);
      return error;
    };
    const fits = async (input: object): Promise<Fits> => fitsOf(await refused(responseQuery, input));
    /** Accepted: it answers, or begins to. */
    const accept = async (input: object): Promise<ResponseView> => {
      const { response } = await door().data<Answer>(responseQuery, { input, waitMs: 0 });
      if (response.job) await door().data(cancelMutation, { id: response.job.id });
      return response;
    };

    test('is offered in tolerances that are accepted, while nothing is stored', async () => {
      const input = { parameters: { sEE: 0.0231 }, protocol: shortProtocol };
      const { tolerances = [] } = await fits({ ...input, tolerances: [{ output: 'rateE', halfWidth: 0.001 }] });
      assert.equal(tolerances.length, 1);
      assert.equal((await accept({ ...input, tolerances })).status, 'PENDING');
    });

    test('is offered in tolerances that are accepted, by the noise of what is stored', async () => {
      const input = { parameters: { sEE: 0.0232 }, protocol: shortProtocol };
      const { response } = await door().data<Answer>(responseQuery, { input: { ...input, replicates: 4 } });
      const interval = response.outputs[0]?.interval;
      assert.ok(interval);
      const { tolerances = [] } = await fits({ ...input, tolerances: [{ output: 'rateE', halfWidth: 0.001 }] });
      const [offered] = tolerances;
      assert.ok(offered && offered.halfWidth < (interval.upper - interval.lower) / 2);
      assert.equal((await accept({ ...input, tolerances })).reusedRuns, 4);
    });

    test('is offered in replicates that are accepted, and not one more', async () => {
      const input = { parameters: { sEE: 0.0233 }, protocol: shortProtocol };
      const { replicates = 0 } = await fits({ ...input, replicates: 1000 });
      assert.equal(replicates, 18); // of 0.55 s each in 10 s
      await fits({ ...input, replicates: replicates + 1 });
      await accept({ ...input, replicates });
    });

    test('counts what is to be added only: stored runs come on top of what is offered', async () => {
      const input = { parameters: { sEE: 0.0234 }, protocol: shortProtocol };
      await door().data<Answer>(responseQuery, { input: { ...input, replicates: 2 } });
      const { replicates = 0 } = await fits({ ...input, replicates: 1000 });
      assert.equal(replicates, 20);
      await fits({ ...input, replicates: replicates + 1 });
      assert.equal((await accept({ ...input, replicates })).reusedRuns, 2);
    });

    for (const [what, more] of [
      ['one replicate is too long', {}],
      ['one replicate with a tolerance is too long', { tolerances: [{ output: 'rateE', halfWidth: 5 }] }],
      ['four networks are too long', { estimand: 'NETWORK_AVERAGE' }],
    ] as const) {
      test(`is offered in a duration that is accepted, where ${what}`, async () => {
        const durationMs = 'estimand' in more ? 3000 : 20_000;
        const input = { parameters: { sEE: 0.0235 }, protocol: { warmupMs: 50, durationMs }, ...more };
        const offered = await fits(input);
        assert.equal(offered.protocol?.durationMs, 'estimand' in more ? 2450 : 9950);
        assert.equal(offered.tolerances, undefined);
        const { replicates, protocol } = offered;
        assert.equal(
          (await accept({ ...input, replicates, protocol: { warmupMs: 50, ...protocol } })).status,
          'PENDING',
        );
      });
    }

    test('offers no duration where the warm-up alone is too long', async () => {
      assert.deepEqual(await fits({ parameters: {}, protocol: { warmupMs: 10_000, durationMs: 500 } }), {});
    });

    test('bounds single runs as well', async () => {
      const query = 'mutation ($input: RunSimulationInput!) { runSimulation(input: $input) { created } }';
      const input = { parameters: {}, protocol: { warmupMs: 9501, durationMs: 500 } };
      const error = await refused(query, input);
      assert.deepEqual(error.extensions['cost'], { biologicalSeconds: 10.001, runs: 1 });
    });
  },
  { env: { CORTIGRAPH_MAX_RESPONSE_SECONDS: '10' } },
);

overEachStore(
  'a pool that turns out noisier than a model typically is',
  (door) => {
    test('ends in TOO_COSTLY once that is known, and keeps the runs', async () => {
      // Typical noise says that this fits; strong common drive makes the rates far noisier than that.
      const input = {
        parameters: { sEE: 0.029, sEI: 0.032 },
        protocol: { warmupMs: 50, durationMs: 500 },
        tolerances: [{ output: 'rateE', halfWidth: 0.3 }],
      };
      const error = onlyError(await door().ask(responseQuery, { input }));
      assert.equal(error.extensions.code, 'TOO_COSTLY');
      const { runs, responses } = await door().counts();
      assert.ok(runs >= 1);
      assert.equal(responses, 0);
      const { job } = await door().data<{ job: JobView }>(jobQuery, { id: error.extensions['job'] });
      assert.equal(job.status, 'FAILED');
      assert.deepEqual(job.error, { code: 'TOO_COSTLY', message: error.message });
      assert.equal(job.progress.done, runs);
      const { response } = await door().data<Answer>(responseQuery, { input: { ...input, tolerances: [] } });
      assert.deepEqual([response.cached, response.runs.length], [true, runs]);
    });
  },
  { env: { CORTIGRAPH_MAX_RESPONSE_SECONDS: '2' } },
);
