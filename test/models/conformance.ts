import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Range } from '../../src/domain/model-definition.js';
import { completed } from '../../src/domain/model-definition.js';
import { maxSeed, protocolFields } from '../../src/domain/protocol.js';
import type { ParameterValues } from '../../src/domain/identity.js';
import type { Model, SimulationResult, Simulator } from '../../src/models/model.js';
import { simulatorOf } from '../support/simulator-of.js';
import { recordingChecks } from './conformance-recordings.js';
import type { CheckReceiver } from './conformance-runs.js';
import { assertSameBits, isSame, protocolOf, run, valuesOf } from './conformance-runs.js';

function assertWellFormed({ definition }: Model, { outcome, sums }: SimulationResult, durationMs: number | null): void {
  assert.ok(
    definition.outcomes.some(({ code }) => code === outcome),
    `the outcome ${outcome} is declared`,
  );
  assert.deepEqual(Object.keys(sums.outputs).sort(), definition.outputs.map(({ name }) => name).sort());
  assert.equal(sums.batchMs === null, durationMs === null, 'batches have a length in a model with time only');
  const batches = sums.batchMs === null || durationMs === null ? 1 : Math.ceil(durationMs / sums.batchMs);
  for (const { name, sum } of definition.outputs) {
    const given = sums.outputs[name] ?? [];
    if (outcome === completed) assert.equal(given.length, batches, `batches of ${name}`);
    else assert.ok(given.length <= batches, `at most ${batches} batches of ${name}`);
    for (const value of given) {
      assert.ok(Number.isFinite(value), `${value} is finite`);
      if (sum.kind === 'rate') assert.ok(Number.isInteger(value) && value >= 0, `${value} counts events`);
    }
  }
}

/** Hands out the checks that every model passes: see `Model` and `Simulator` in src/models/model.ts. */
export function conformanceChecks(model: Model, check: CheckReceiver): void {
  definitionChecks(model, check);
  determinismChecks(model, check);
  protocolChecks(model, check);
  stopChecks(model, check);
  rangeChecks(model, check);
  for (const { kind } of model.definition.recordings) recordingChecks(model, kind, check);
}

/** Registers {@link conformanceChecks} as tests. */
export function modelConformance(model: Model): void {
  describe(`the model ${model.definition.name}`, () => {
    conformanceChecks(model, (name, body) => {
      test(name, body);
    });
  });
}

function definitionChecks({ definition, kernelUrl }: Model, check: CheckReceiver): void {
  const { inputs, outputs, outcomes, regions, flags, recordings } = definition;

  check('has a name, a version and a title, and says what everything in it means', () => {
    const texts = [definition, ...inputs, ...outputs].map(({ name }) => name);
    const meanings = [...inputs, ...outputs, ...outcomes, ...regions, ...flags, ...recordings].map(
      ({ meaning }) => meaning,
    );
    const units = [...inputs, ...outputs].map(({ unit }) => unit);
    const versions = [definition, ...recordings].map(({ version }) => version);
    for (const text of [...texts, ...meanings, ...units, ...versions, definition.title])
      assert.notEqual(text.trim(), '');
    assert.match(definition.name, /^[a-z][a-z0-9-]*$/);
  });

  check('declares inputs and outputs, each name once', () => {
    assert.ok(inputs.length > 0 && outputs.length > 0);
    for (const names of [inputs, outputs, regions, flags].map((list) => list.map(({ name }) => name)))
      assert.equal(new Set(names).size, names.length, names.join());
    const codes = outcomes.map(({ code }) => code);
    const kinds = recordings.map(({ kind }) => kind);
    for (const list of [codes, kinds]) assert.equal(new Set(list).size, list.length, list.join());
  });

  check('has each default within the domain and each domain within the bounds, all finite', () => {
    for (const { name, default: byDefault, domain, bounds } of inputs) {
      const ascending = [bounds.min, domain.min, byDefault, domain.max, bounds.max];
      assert.ok(ascending.every(Number.isFinite), name);
      assert.deepEqual(
        [...ascending].sort((a, b) => a - b),
        ascending,
        name,
      );
      assert.ok(domain.min < domain.max, `the domain of ${name} has a width`);
    }
  });

  check('declares COMPLETED among its outcomes', () => {
    assert.ok(outcomes.some(({ code }) => code === completed));
  });

  check('has flags that name its outputs, and positive noise, sources and limits', () => {
    const names = outputs.map(({ name }) => name);
    for (const flag of flags) {
      assert.ok(names.includes(flag.output), flag.name);
      assert.ok(flag.fanoFactorAbove > 0, flag.name);
    }
    for (const { name, sum, typicalNoise } of outputs) {
      const { min, max } = typicalNoise;
      assert.ok(Number.isFinite(max) && min >= 0 && min <= max, name);
      if (sum.kind === 'rate') assert.ok(Number.isInteger(sum.sources) && sum.sources > 0, name);
    }
  });

  check('has regions that decide from outputs alone', () => {
    const zeros = Object.freeze(Object.fromEntries(outputs.map(({ name }) => [name, 0])));
    for (const region of regions) assert.equal(region.contains(zeros), region.contains({ ...zeros }), region.name);
  });

  check('reads known protocol fields, with whole defaults within whole limits and 31-bit seeds', () => {
    for (const [name, field] of Object.entries(definition.protocol)) {
      assert.ok((protocolFields as readonly string[]).includes(name), name);
      const given = [field.min, ...(field.default === null ? [] : [field.default]), field.max];
      assert.ok(
        given.every((value) => Number.isInteger(value) && value >= 0 && value <= maxSeed),
        name,
      );
      assert.deepEqual(
        [...given].sort((a, b) => a - b),
        given,
        name,
      );
    }
    const timed = definition.protocol.durationMs !== undefined;
    assert.ok(timed || definition.protocol.warmupMs === undefined, 'a warm-up belongs to a duration');
  });

  check('names the file that does its arithmetic', () => {
    assert.ok(existsSync(new URL(kernelUrl)), kernelUrl);
  });
}

function determinismChecks(model: Model, check: CheckReceiver): void {
  const { definition } = model;
  const defaults = valuesOf(definition, (input) => input.default);
  const protocol = protocolOf(definition);
  const fresh = (): SimulationResult => run(simulatorOf(model), defaults, protocol);

  check('gives the same bits again, from the same simulator and from a fresh one', () => {
    const simulator = simulatorOf(model);
    const expected = run(simulator, defaults, protocol);
    assertSameBits(run(simulator, defaults, protocol), expected);
    assertSameBits(fresh(), expected);
  });

  check('gives the same bits after runs of other values, seeds and durations, in any order', () => {
    const simulator = simulatorOf(model);
    const others = [
      defaults,
      valuesOf(definition, ({ domain }) => domain.max),
      valuesOf(definition, ({ bounds }) => bounds.min),
    ];
    const protocols = Array.from({ length: 12 }, (_, i) =>
      protocolOf(definition, { warmupMs: 10 * i, durationMs: 20 + i, networkSeed: i, noiseSeed: maxSeed - i }),
    );
    const runs = protocols.flatMap((other) => others.map((values) => [values, other] as const));
    const first = runs.map(([values, other]) => run(simulator, values, other));
    assertSameBits(run(simulator, defaults, protocol), fresh());
    const reversed = [...runs].reverse().map(([values, other]) => run(simulator, values, other));
    reversed.reverse().forEach((result, i) => assertSameBits(result, first[i] as SimulationResult)); // one a run
  });

  check('gives the same bits while another simulator runs in between, and after what it gave was written to', () => {
    const expected = structuredClone(fresh());
    const [one, other] = [simulatorOf(model), simulatorOf(model)];
    const given = run(one, defaults, protocol);
    run(
      other,
      valuesOf(definition, ({ domain }) => domain.min),
      protocol,
    );
    for (const sums of Object.values(given.sums.outputs)) (sums as number[]).fill(-1);
    assertSameBits(run(other, defaults, protocol), expected);
    assertSameBits(run(one, defaults, protocol), expected);
  });

  check('has a numerics digest of 64 hexadecimal digits, the same of every simulator, before and after runs', () => {
    const simulator = simulatorOf(model);
    const digest = simulator.numericsDigest();
    assert.match(digest, /^[0-9a-f]{64}$/);
    run(simulator, defaults, protocol);
    assert.equal(simulator.numericsDigest(), digest);
    assert.equal(simulatorOf(model).numericsDigest(), digest);
    assertSameBits(run(simulator, defaults, protocol), fresh(), 'a digest leaves no trace in runs');
  });

  if (definition.precision === 'float32')
    check('reads its inputs as float32: a value and its float32 give the same bits', () => {
      const simulator = simulatorOf(model);
      for (const fraction of [0.1, 0.3, 0.6, 0.7]) {
        const values = valuesOf(definition, ({ domain: { min, max } }, i) => min + (fraction + 0.01 * i) * (max - min));
        const rounded = valuesOf(definition, ({ name }) => Math.fround(values[name] ?? NaN));
        assertSameBits(run(simulator, rounded, protocol), run(simulator, values, protocol));
      }
    });

  check('depends on every input', () => {
    const simulator = simulatorOf(model);
    const base = valuesOf(definition, ({ domain }, i) => domain.min + (0.6 + 0.02 * i) * (domain.max - domain.min));
    const before = run(simulator, base, protocol);
    for (const { name, domain } of definition.inputs) {
      const changed = { ...base, [name]: domain.min };
      assert.ok(!isSame(run(simulator, changed, protocol), before), `${name} changes the run`);
    }
  });
}

function protocolChecks(model: Model, check: CheckReceiver): void {
  const { definition } = model;
  const defaults = valuesOf(definition, (input) => input.default);
  const timed = definition.protocol.durationMs !== undefined;

  for (const field of ['networkSeed', 'noiseSeed'] as const) {
    const seeds = [0, 1, 2, 2 ** 8, 2 ** 16, 2 ** 24, 2 ** 30, maxSeed];
    const results = (): SimulationResult[] =>
      seeds.map((seed) => run(simulatorOf(model), defaults, { ...protocolOf(definition), [field]: seed }));
    if (definition.protocol[field])
      check(`gives other sums with another ${field}`, () => {
        const sums = results().map((result) => JSON.stringify(result.sums));
        assert.equal(new Set(sums).size, seeds.length);
      });
    else
      check(`does not depend on the ${field}, which it does not read`, () => {
        const unread = run(simulatorOf(model), defaults, protocolOf(definition));
        for (const result of results()) assertSameBits(result, unread);
      });
  }

  if (!timed)
    check('does not depend on times, which it does not read', () => {
      const unread = protocolOf(definition);
      const result = run(simulatorOf(model), defaults, { ...unread, warmupMs: 100, durationMs: 600 });
      assertSameBits(result, run(simulatorOf(model), defaults, unread));
    });

  check('gives one finite sum a batch and output, the last batch partial where the duration asks for it', () => {
    const simulator = simulatorOf(model);
    for (const durationMs of timed ? [1, 249, 250, 251, 500, 730] : [0]) {
      const protocol = protocolOf(definition, { durationMs });
      const result = run(simulator, defaults, protocol);
      assert.equal(result.outcome, completed, 'the defaults complete');
      assertWellFormed(model, result, protocol.durationMs);
    }
  });

  if (timed)
    check('has in a longer run the full batches of a shorter one as its first', () => {
      const simulator = simulatorOf(model);
      const long = run(simulator, defaults, protocolOf(definition, { durationMs: 1100 }));
      const short = run(simulator, defaults, protocolOf(definition, { durationMs: 730 }));
      const full = Math.floor(730 / (short.sums.batchMs as number)); // not null: the model has time
      assert.ok(full > 0);
      for (const { name } of definition.outputs)
        assert.deepEqual(short.sums.outputs[name]?.slice(0, full), long.sums.outputs[name]?.slice(0, full));
    });

  if (timed && definition.protocol.warmupMs)
    check('leaves out by a warm-up what a run without it has there, and nothing else', () => {
      const simulator = simulatorOf(model);
      const whole = run(simulator, defaults, protocolOf(definition, { warmupMs: 0, durationMs: 1000 }));
      const batchMs = whole.sums.batchMs as number; // not null: the model has time
      const warm = run(simulator, defaults, protocolOf(definition, { warmupMs: batchMs, durationMs: 1000 - batchMs }));
      for (const { name } of definition.outputs)
        assert.deepEqual(warm.sums.outputs[name], whole.sums.outputs[name]?.slice(1));
    });
}

function stopChecks(model: Model, check: CheckReceiver): void {
  const { definition } = model;
  const defaults = valuesOf(definition, (input) => input.default);
  const protocol = protocolOf(definition);

  /** Runs until the `n`th time that `stopped` is asked, if it ever is. */
  const stopAt = (simulator: Simulator, n: number): { result: SimulationResult | null; asks: number } => {
    let asks = 0;
    const result = simulator.simulate(defaults, protocol, () => {
      asks += 1;
      return asks >= n;
    });
    return { result, asks };
  };

  check('asks whether it is stopped at least once, and at least once in 250 ms of simulated time', () => {
    const { asks } = stopAt(simulatorOf(model), Infinity);
    const simulatedMs = (protocol.warmupMs ?? 0) + (protocol.durationMs ?? 0);
    assert.ok(asks >= Math.max(1, Math.floor(simulatedMs / 250)), `${asks} times in ${simulatedMs} ms`);
  });

  check('answers null at once when it is stopped, whenever that is, and then runs as before', () => {
    const simulator = simulatorOf(model);
    const { result: expected, asks: all } = stopAt(simulator, Infinity);
    assert.ok(expected);
    for (let n = 1; n <= all; n += 1) {
      assert.deepEqual(stopAt(simulator, n), { result: null, asks: n });
      assertSameBits(run(simulator, defaults, protocol), expected);
    }
  });
}

function rangeChecks(model: Model, check: CheckReceiver): void {
  const { definition } = model;
  const protocol = protocolOf(definition, { warmupMs: 20, durationMs: 260 });
  let simulator: Simulator | undefined;
  const assertRuns = (values: ParameterValues): void => {
    const result = run((simulator ??= simulatorOf(model)), values, protocol);
    assertWellFormed(model, result, protocol.durationMs);
    assertSameBits(run(simulatorOf(model), values, protocol), result);
  };
  const edge = (range: Range, high: boolean): number => (high ? range.max : range.min);

  check('runs with all inputs at their least and all at their greatest, of the domain and of the bounds', () => {
    for (const high of [false, true]) {
      assertRuns(valuesOf(definition, ({ domain }) => edge(domain, high)));
      assertRuns(valuesOf(definition, ({ bounds }) => edge(bounds, high)));
    }
  });

  check('runs with each input alone at either of its bounds', () => {
    for (const [i, high] of definition.inputs.flatMap((_, index) => [[index, false] as const, [index, true] as const]))
      assertRuns(
        valuesOf(definition, ({ bounds, default: byDefault }, j) => (i === j ? edge(bounds, high) : byDefault)),
      );
  });

  check('runs at corners of the domain and of the bounds', () => {
    const corner = fc.array(fc.boolean(), { minLength: definition.inputs.length, maxLength: definition.inputs.length });
    fc.assert(
      fc.property(corner, fc.boolean(), (high, ofDomain) =>
        assertRuns(valuesOf(definition, ({ domain, bounds }, i) => edge(ofDomain ? domain : bounds, high[i] ?? false))),
      ),
      { seed: 1, numRuns: 16 },
    );
  });
}
