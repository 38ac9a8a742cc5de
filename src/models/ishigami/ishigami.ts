import { createHash } from 'node:crypto';
import type { ModelDefinition } from '../../domain/model-definition.js';
import { completed } from '../../domain/model-definition.js';
import type { Protocol } from '../../domain/protocol.js';
import { maxSeed } from '../../domain/protocol.js';
import { logarithm, sine } from '../exact-math.js';
import type { ParameterValues } from '../../domain/identity.js';
import type { Model, SimulationResult, Simulator } from '../model.js';
import { Xoshiro128 } from '../xoshiro128.js';

/** The coefficients of Ishigami & Homma (ISUMA 1990) as most of the literature on sensitivity uses them. */
const A = 7;
const B = 0.1;

/** Raised by hand when something that the traces cannot see changes what a run means. */
const REVISION = 1;

const goldenPoints: readonly ParameterValues[] = [
  { x1: 0, x2: 0, x3: 0 },
  { x1: 1, x2: -2, x3: 3 },
  { x1: -3, x2: 1.6, x3: -0.5 },
  { x1: Math.PI, x2: -Math.PI, x3: Math.PI },
];

/** sin x1 + a sin² x2 + b x3⁴ sin x1. */
function ishigamiFunction({ x1 = 0, x2 = 0, x3 = 0 }: ParameterValues): number {
  const sineOfX2 = sine(x2);
  const square = x3 * x3;
  return sine(x1) + A * sineOfX2 * sineOfX2 + B * square * square * sine(x1);
}

/** A standard normal deviate of a seed, by Marsaglia's polar method. */
function normalDeviate(noiseSeed: number): number {
  const random = new Xoshiro128('noise', noiseSeed);
  const uniform = (): number => (random.next() + 0.5) / 2 ** 31 - 1;
  for (;;) {
    const u = uniform();
    const v = uniform();
    const square = u * u + v * v;
    if (square < 1) return u * Math.sqrt((-2 * logarithm(square)) / square);
  }
}

class IshigamiSimulator implements Simulator {
  constructor(private readonly noise: number) {}

  simulate(values: ParameterValues, { noiseSeed }: Protocol, stopped: () => boolean): SimulationResult | null {
    if (stopped()) return null;
    const deviate = noiseSeed === null ? 0 : this.noise * normalDeviate(noiseSeed);
    return { outcome: completed, sums: { batchMs: null, outputs: { y: [ishigamiFunction(values) + deviate] } } };
  }

  numericsDigest(): string {
    const hash = createHash('sha256').update(`ishigami revision ${REVISION} noise ${this.noise}`);
    goldenPoints.forEach((values, noiseSeed) => {
      const protocol = {
        warmupMs: null,
        durationMs: null,
        networkSeed: null,
        noiseSeed: this.noise ? noiseSeed : null,
      };
      hash.update(JSON.stringify(this.simulate(values, protocol, () => false)));
    });
    return hash.digest('hex');
  }
}

function definition(noise: number): ModelDefinition {
  const range = { min: -Math.PI, max: Math.PI };
  return {
    name: noise ? 'ishigami-noisy' : 'ishigami',
    version: '1',
    title: `Ishigami's analytic test function${noise ? ` with normal noise of standard deviation ${noise}` : ''}`,
    precision: 'float64',
    inputs: ['x1', 'x2', 'x3'].map((name) => ({
      name,
      unit: '1',
      meaning: `argument ${name} of sin x1 + ${A} sin² x2 + ${B} x3⁴ sin x1`,
      default: 0,
      domain: range,
      bounds: range,
    })),
    outputs: [
      {
        name: 'y',
        unit: '1',
        meaning: `value of the function${noise ? ', with noise' : ''}`,
        sum: { kind: 'mean' },
        typicalNoise: { min: noise, max: noise },
      },
    ],
    outcomes: [{ code: completed, meaning: 'The function was evaluated.' }],
    regions: [],
    flags: [],
    recordings: [],
    protocol: noise ? { noiseSeed: { default: null, min: 0, max: maxSeed } } : {},
  };
}

/**
 * The Ishigami function as a model: cheap, and with known answers. Without noise it reads no seed, so that one run says
 * all; with noise of a standard deviation > 0 it is a model of its own, `ishigami-noisy`, that reads the noise seed.
 */
export function ishigami(noise = 0): Model {
  return {
    definition: definition(noise),
    kernelUrl: import.meta.url,
    createSimulator: () => new IshigamiSimulator(noise),
  };
}
