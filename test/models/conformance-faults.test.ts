import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ModelDefinition } from '../../src/domain/model-definition.js';
import type { Protocol } from '../../src/domain/protocol.js';
import type { ParameterValues } from '../../src/domain/identity.js';
import type { Model, Recorded, SimulationResult, Simulator } from '../../src/models/model.js';
import { localCircuit } from '../../src/models/local-circuit/local-circuit.js';
import { conformanceChecks } from './conformance.js';

type Simulate = Simulator['simulate'];

const timed: ModelDefinition = {
  name: 'events',
  version: '1',
  title: 'Counts events that are spread evenly over time',
  precision: 'float32',
  inputs: ['a', 'b'].map((name) => ({
    name,
    unit: '1',
    meaning: `part ${name} of the count`,
    default: 2.1,
    domain: { min: 1, max: 4 },
    bounds: { min: 0, max: 10 },
  })),
  outputs: [
    { name: 'y', unit: 'Hz', meaning: 'events', sum: { kind: 'rate', sources: 2 }, typicalNoise: { min: 1, max: 1 } },
  ],
  outcomes: [{ code: 'COMPLETED', meaning: 'The run went to its end.' }],
  regions: [],
  flags: [],
  recordings: [],
  protocol: { ...localCircuit.definition.protocol },
};

/** A sum that depends on everything that a run may depend on, and on nothing else. */
const sumOf = ({ a = 0, b = 0 }: ParameterValues, { networkSeed, noiseSeed }: Protocol, startMs: number): number =>
  Math.floor(1000 * (Math.fround(a) + 2 * Math.fround(b))) + 7 * (networkSeed ?? 0) + (noiseSeed ?? 0) + startMs;

/** A right model of one line a batch, whose parts the faults below replace. */
const simulate: Simulate = (values, protocol, stopped) => {
  const y: number[] = [];
  const warmupMs = protocol.warmupMs ?? 0;
  const endMs = warmupMs + (protocol.durationMs ?? 0);
  for (let ms = 0; ms < endMs; ms += 10) {
    if (ms % 250 === 0 && stopped()) return null;
    if (ms >= warmupMs && (ms - warmupMs) % 250 === 0) y.push(sumOf(values, protocol, ms));
  }
  return { outcome: 'COMPLETED', sums: { batchMs: 250, outputs: { y } } };
};

function modelWith(
  simulateOf: () => Simulate,
  definition: Partial<ModelDefinition> = {},
  digest?: () => string,
): Model {
  return {
    definition: { ...timed, ...definition },
    kernelUrl: import.meta.url,
    createSimulator: () => ({ simulate: simulateOf(), numericsDigest: digest ?? (() => '0'.repeat(64)) }),
  };
}

/** The right model with two recordings, of the first sum and of the last; `change` makes them wrong. */
function recordingModel(change: (recorded: Recorded, run: number) => Recorded = (recorded) => recorded): Model {
  return recordingModelOf((result, asked, run) => ({
    ...result,
    ...(asked.length > 0 && { recorded: asked.map((kind) => change(recordedOf(kind, result), run)) }),
  }));
}

function recordingModelOf(
  record: (result: SimulationResult, asked: readonly string[], run: number) => SimulationResult,
): Model {
  const recordings = ['first', 'last'].map((kind) => ({ kind, version: '1', meaning: kind, maxDurationMs: null }));
  const simulateOf = (): Simulate => {
    let runs = 0;
    return (values, protocol, stopped, asked = []) => {
      const result = simulate(values, protocol, stopped);
      runs += 1;
      return result && record(result, asked, runs);
    };
  };
  return modelWith(simulateOf, { recordings });
}

function recordedOf(kind: string, { sums: { outputs } }: SimulationResult): Recorded {
  const value = outputs.y?.at(kind === 'first' ? 0 : -1) ?? NaN;
  const unknown = { standardError: null, degreesOfFreedom: null, standardDeviation: null, fanoFactor: null };
  return {
    kind,
    figures: [{ name: kind, unit: '1', value, least: null, n: 1, ...unknown }],
    table: {
      rowCount: 2,
      columns: [
        { name: 'y', unit: null, numbers: Float64Array.of(value, NaN) },
        { name: 's', unit: null, strings: ['a', null] },
      ],
    },
  };
}

/** The names of the checks that a model fails. */
function failedBy(model: Model): string[] {
  const failed: string[] = [];
  conformanceChecks(model, (name, body) => {
    try {
      body();
    } catch {
      failed.push(name);
    }
  });
  return failed;
}

/** The right model, but for what becomes of its result. */
const changed =
  (change: (result: SimulationResult, run: number, protocol: Protocol) => SimulationResult) => (): Simulate => {
    let runs = 0;
    return (values, protocol, stopped) => {
      const result = simulate(values, protocol, stopped);
      runs += 1;
      return result && change(result, runs, protocol);
    };
  };
const withY = (result: SimulationResult, of: (y: readonly number[]) => number[]): SimulationResult => ({
  ...result,
  sums: { ...result.sums, outputs: { y: of(result.sums.outputs.y ?? []) } },
});
const right = (): Simulate => simulate;

/** A simulator whose sums change once the module has run seven times. */
function withModuleState(): () => Simulate {
  let runs = 0;
  return () => (values, protocol, stopped) => {
    runs += 1;
    const result = simulate(values, protocol, stopped);
    return result && withY(result, (y) => y.map((sum) => sum + (runs > 7 ? 1 : 0)));
  };
}

/** A simulator that keeps its results and hands out the kept ones. */
function withKeptResults(): () => Simulate {
  const kept = new Map<string, SimulationResult>();
  return () => (values, protocol, stopped) => {
    const key = JSON.stringify([values, protocol]);
    const result = simulate(values, protocol, stopped);
    if (result && !kept.has(key)) kept.set(key, result);
    return result && (kept.get(key) ?? result);
  };
}

/** A digest that counts how often it was asked for. */
function countingDigest(): () => string {
  let asks = 0;
  return () => (asks += 1).toString(16).padStart(64, '0');
}

const faults: readonly (readonly [fault: string, model: Model, check: RegExp])[] = [
  ['a name twice', modelWith(right, { inputs: [...timed.inputs, ...timed.inputs] }), /each name once/],
  [
    'a default outside',
    modelWith(right, { inputs: timed.inputs.map((x) => ({ ...x, default: 5 })) }),
    /within the domain/,
  ],
  ['no COMPLETED', modelWith(right, { outcomes: [{ code: 'done', meaning: 'done' }] }), /declares COMPLETED/],
  [
    'a flag of nothing',
    modelWith(right, { flags: [{ name: 'f', meaning: 'f', output: 'z', fanoFactorAbove: 1 }] }),
    /flags/,
  ],
  [
    'a default beyond the limit',
    modelWith(right, { protocol: { ...timed.protocol, warmupMs: { default: 9, min: 0, max: 8 } } }),
    /protocol/,
  ],
  [
    'no meaning',
    modelWith(right, { outputs: timed.outputs.map((x) => ({ ...x, meaning: ' ' })) }),
    /what everything in it means/,
  ],
  ['a kernel that is nowhere', { ...modelWith(right), kernelUrl: new URL('nowhere.js', import.meta.url).href }, /file/],
  [
    'state of a simulator',
    modelWith(changed((r, n) => withY(r, (y) => y.map((v) => v + (n > 1 ? 1 : 0))))),
    /same bits again/,
  ],
  ['state of the module', modelWith(withModuleState()), /in any order/],
  ['results that it keeps', modelWith(withKeptResults()), /written to/],
  [
    'state that seven other runs leave',
    modelWith(changed((r, n) => withY(r, (y) => y.map((v) => v + (n > 7 ? 1 : 0))))),
    /in any order/,
  ],
  ['a random digest', modelWith(right, {}, countingDigest()), /digest/],
  ['a short digest', modelWith(right, {}, () => 'abc'), /digest/],
  [
    'inputs in float64',
    modelWith(() => (v, p, s) => {
      const result = simulate(v, p, s);
      return result && withY(result, (y) => y.map((n) => n + (Math.fround(v.a ?? 0) === v.a ? 1 : 0)));
    }),
    /float32/,
  ],
  ['an input not read', modelWith(() => (v, p, s) => simulate({ ...v, b: 1 }, p, s)), /every input/],
  ['a seed not read', modelWith(() => (v, p, s) => simulate(v, { ...p, noiseSeed: 1 }, s)), /another noiseSeed/],
  [
    'a seed read unsaid',
    modelWith(right, { protocol: { ...timed.protocol, networkSeed: undefined } }),
    /on the networkSeed/,
  ],
  ['a batch too few', modelWith(changed((r) => withY(r, (y) => y.slice(1)))), /one finite sum/],
  [
    'no partial batch',
    modelWith(changed((r, _, p) => withY(r, (y) => y.slice(0, Math.floor((p.durationMs ?? 0) / 250))))),
    /partial/,
  ],
  ['a sum that is not finite', modelWith(changed((r) => withY(r, (y) => y.map(() => NaN)))), /one finite sum/],
  ['no such output', modelWith(changed((r) => ({ ...r, sums: { ...r.sums, outputs: {} } }))), /one finite sum/],
  ['no such outcome', modelWith(changed((r) => ({ ...r, outcome: 'lost' }))), /inputs at their least/],
  [
    'a prefix that depends on the duration',
    modelWith(changed((r, _, p) => withY(r, (y) => y.map((v) => v + (p.durationMs ?? 0))))),
    /longer run/,
  ],
  ['a warm-up that shifts time', modelWith(() => (v, p, s) => simulate(v, { ...p, warmupMs: 0 }, s)), /warm-up/],
  ['deaf to stop', modelWith(() => (v, p) => simulate(v, p, () => false)), /asks whether/],
  ['asked once only', modelWith(() => (v, p, s) => (s() ? null : simulate(v, p, () => false))), /asks whether/],
  [
    'a result although stopped',
    modelWith(() => (v, p, s) => simulate(v, p, s) ?? simulate(v, p, () => false)),
    /answers null/,
  ],
  ['asking on when stopped', modelWith(() => (v, p, s) => (simulate(v, p, s), simulate(v, p, s))), /answers null/],
  [
    'a trap at the bounds',
    modelWith(() => (v, p, s) => {
      if (v.b === 0 && v.a !== 0) throw new RangeError('b');
      return simulate(v, p, s);
    }),
    /alone/,
  ],
  [
    'sums that a recording changes',
    recordingModelOf((result, asked) =>
      asked.length === 0
        ? result
        : { ...withY(result, (y) => y.map((v) => v + 1)), recorded: asked.map((kind) => recordedOf(kind, result)) },
    ),
    /without a change/,
  ],
  [
    'a recording that nobody asked for',
    recordingModelOf((result, asked) => ({ ...result, recorded: asked.map((kind) => recordedOf(kind, result)) })),
    /without a change/,
  ],
  [
    'recordings in an order of its own',
    recordingModelOf((result, asked) => ({
      ...result,
      ...(asked.length > 0 && { recorded: [...asked].sort().map((kind) => recordedOf(kind, result)) }),
    })),
    /records the same/,
  ],
  [
    'a recording that counts runs',
    recordingModel(({ table, ...rest }, run) => ({
      ...rest,
      table: { ...table, columns: [{ name: 'y', unit: null, numbers: Float64Array.of(run, 0) }] },
    })),
    /records the same/,
  ],
  [
    'a column too short',
    recordingModel(({ table, ...rest }) => ({ ...rest, table: { ...table, rowCount: 3 } })),
    /full columns/,
  ],
  [
    'a NaN of other bits',
    recordingModel(({ table, ...rest }) => {
      const numbers = new Float64Array(BigUint64Array.of(0xfff8000000000000n, 0n).buffer);
      return { ...rest, table: { ...table, columns: [{ name: 'y', unit: null, numbers }] } };
    }),
    /full columns/,
  ],
  [
    'a figure that is NaN',
    recordingModel((recorded) => ({ ...recorded, figures: recorded.figures.map((f) => ({ ...f, value: NaN })) })),
    /finite figures/,
  ],
  [
    'a figure twice',
    recordingModel((recorded) => ({ ...recorded, figures: [...recorded.figures, ...recorded.figures] })),
    /finite figures/,
  ],
  ['arguments written to', modelWith(() => (v, p, s) => simulate(Object.assign(v, { a: 1 }), p, s)), /same bits again/],
];

describe('the conformance suite', () => {
  test('passes a right model', () => {
    assert.deepEqual(failedBy(modelWith(right)), []);
    assert.deepEqual(failedBy(recordingModel()), []);
  });

  for (const [fault, model, check] of faults)
    test(`fails a model with ${fault}`, () => {
      const failed = failedBy(model);
      assert.ok(
        failed.some((name) => check.test(name)),
        `${failed.join('; ') || 'nothing'} failed, not ${check}`,
      );
    });
});
