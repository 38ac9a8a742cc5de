import type { Design, DesignKind } from '../design/design.js';
import { pointAt } from '../design/design.js';
import type { ParameterSpace, SpaceRequest } from '../design/parameter-space.js';
import { readSpace } from '../design/parameter-space.js';
import { readDesign } from '../design/read-design.js';
import type { ExperimentDocument, Extent } from '../domain/documents.js';
import { CortigraphError, badUserInput } from '../domain/errors.js';
import type { Identity, ParameterValues } from '../domain/identity.js';
import { commonNoiseSeed, derivedNoiseSeed, experimentIdentity } from '../domain/identity.js';
import { kindOfId } from '../domain/ids.js';
import type { JsonObject } from '../domain/json.js';
import type { ModelDefinition } from '../domain/model-definition.js';
import { canonicalValues } from '../domain/parameter-values.js';
import type { GivenProtocol, Protocol } from '../domain/protocol.js';
import { completeProtocol, readsSeed } from '../domain/protocol.js';
import { seedsOf } from './closed-keys.js';
import type { Lab } from './lab.js';
import { requireModel } from './lab.js';
import { requireText } from './require-text.js';

/** An experiment as a client asks for it. */
export interface ExperimentRequest {
  readonly name: string;
  readonly model: string;
  readonly space: SpaceRequest;
  readonly design: DesignKind;
  readonly size?: number | null;
  readonly seed?: number | null;
  readonly points?: readonly Readonly<Record<string, unknown>>[] | null;
  readonly protocol?: GivenProtocol | null;
  readonly replicates?: number | null;
  readonly commonRandomNumbers?: boolean | null;
  readonly tags?: readonly string[] | null;
}

/** What is fixed of an experiment when it is made, in canonical form. Its identity is made of it. */
export interface Plan {
  readonly name: string;
  readonly model: string;
  readonly space: ParameterSpace;
  readonly design: Design;
  readonly protocol: Protocol;
  readonly replicates: number;
  readonly commonRandomNumbers: boolean;
}

/** An experiment as work sees it: what is run at each of its points. */
export interface Experiment {
  readonly id: string;
  readonly model: ModelDefinition;
  readonly numericsDigest: string;
  readonly protocol: Protocol;
  /** Complete and canonical; points count from 0. */
  valuesAt(point: number): ParameterValues;
  /**
   * The protocols of replicates of one parameter set, from the `first` (from 0) on.
   * @param closed the seeds of its invalid runs, which are passed over
   */
  protocolsOf(values: ParameterValues, first: number, count: number, closed: ReadonlySet<string>): readonly Protocol[];
}

/** The longest name, in characters. */
export const maxNameLength = 100;

/** The most replicates of each point. */
export const maxExperimentReplicates = 10_000;

/** The most runs that any setting allows one experiment. */
export const mostExperimentRuns = 1e8;

/** The most points that a list gives one by one: they are stored with the experiment. */
export const maxListedPoints = 10_000;

/**
 * Checks a request and puts it into canonical form.
 * @param maxRuns the most runs that it may have
 * @throws CortigraphError BAD_USER_INPUT; TOO_COSTLY, with the estimate, for more runs than that
 */
export function readPlan(
  lab: Pick<Lab, 'models' | 'settings'>,
  request: ExperimentRequest,
  maxRuns = lab.settings.maxExperimentRuns,
): Plan {
  const model = requireModel(lab, request.model);
  requireText('The name of an experiment', request.name, maxNameLength);
  if (/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(request.name)) {
    throw badUserInput('The name of an experiment holds characters that no line can show.', { field: 'name' });
  }
  if (kindOfId(request.name.trim()) !== undefined)
    throw badUserInput('The name of an experiment may not look like an id.', { field: 'name' });
  const space = readSpace(model, request.space);
  const protocol = completeProtocol(model.name, model.protocol, request.protocol ?? {});
  if (protocol.noiseSeed !== null) {
    throw badUserInput('Replicates choose their noise seeds themselves: give none.', { field: 'noiseSeed' });
  }
  const replicates = readReplicates(model, request.replicates ?? 1);
  const asked = { size: askedSize(request), replicates };
  const refusal = experimentRefusal(maxRuns, protocol, asked);
  if (refusal) throw refusal;
  const { design: kind, size, seed, points } = request;
  const design = readDesign(model, space, { kind, size, seed, points }, mostPoints(kind));
  const commonRandomNumbers = request.commonRandomNumbers ?? false;
  if (commonRandomNumbers && model.protocol.noiseSeed === undefined) {
    throw badUserInput(`${model.name} reads no random numbers that points could share.`, { field: 'commonRandomNumbers' }); // prettier-ignore
  }
  return { name: request.name.trim(), model: model.name, space, design, protocol, replicates, commonRandomNumbers };
}

/** The most points of a kind of design, whatever the settings allow. */
export const mostPoints = (kind: DesignKind): number => (kind === 'LIST' ? maxListedPoints : mostExperimentRuns);

/** The simulated time of one run, its warm-up counted. */
export const biologicalSecondsOf = ({ warmupMs, durationMs }: Protocol): number =>
  ((warmupMs ?? 0) + (durationMs ?? 0)) / 1000;

/** Why an experiment of this extent would be refused: TOO_COSTLY, with the estimate; undefined when it would not. */
export function experimentRefusal(maxRuns: number, protocol: Protocol, extent: Extent): CortigraphError | undefined {
  const runs = extent.size * extent.replicates;
  if (!(runs > maxRuns)) return undefined;
  const biologicalSeconds = Number((runs * biologicalSecondsOf(protocol)).toPrecision(6));
  const points = Math.floor(maxRuns / extent.replicates);
  const fewer = points > 0 ? `Ask for ${points} points` : 'Ask for fewer replicates';
  return new CortigraphError(
    'TOO_COSTLY',
    `${extent.size} points by ${extent.replicates} replicates are ${runs} runs, ${biologicalSeconds} biological seconds; ` +
      `one experiment may have ${maxRuns} runs. ${fewer}, or raise CORTIGRAPH_MAX_EXPERIMENT_RUNS.`,
    {
      cost: { runs, biologicalSeconds },
      limit: { runs: maxRuns },
      ...(points > 0 ? { fits: { points } } : {}),
      setting: 'CORTIGRAPH_MAX_EXPERIMENT_RUNS',
    },
  );
}

export const identityOfPlan = (plan: Plan): Identity => experimentIdentity(plan as unknown as JsonObject); // JSON throughout

/** The experiment of its document. */
export function experimentOf(lab: Pick<Lab, 'models'>, document: ExperimentDocument): Experiment {
  return experimentOfPlan(lab, { ...document, ...designOf(document), id: document._id });
}

/** What an experiment is made of, stored or not. */
export type PlannedExperiment = Pick<Plan, 'model' | 'space' | 'design' | 'protocol' | 'commonRandomNumbers'> &
  Pick<Experiment, 'id' | 'numericsDigest'>;

/** The experiment of a plan, as it would be stored. */
export function experimentOfPlan(lab: Pick<Lab, 'models'>, planned: PlannedExperiment): Experiment {
  const model = requireModel(lab, planned.model);
  const { id, space, design, numericsDigest, protocol, commonRandomNumbers } = planned;
  const seed = design.kind === 'SOBOL' ? design.seed : 0;
  const seedAt = (values: ParameterValues, number: number): number | null => {
    if (model.protocol.noiseSeed === undefined) return null;
    if (commonRandomNumbers) return commonNoiseSeed(model.name, seed, protocol, number);
    return derivedNoiseSeed(model.name, values, protocol, number);
  };
  return {
    id,
    model,
    numericsDigest,
    protocol,
    valuesAt: (point) => canonicalValues(model, pointAt(design, space, point)),
    protocolsOf: (values, first, count, closed) => {
      // Each replicate has numbers of its own to go on to: what is closed later never moves one to the run of another.
      const protocolOf = (number: number): Protocol => {
        const next = { ...protocol, noiseSeed: seedAt(values, number) };
        const isClosed = next.noiseSeed !== null && closed.has(seedsOf(next));
        return isClosed ? protocolOf(number + maxExperimentReplicates) : next;
      };
      return Array.from({ length: count }, (_, k) => protocolOf(first + k + 1));
    },
  };
}

/** What is stored of a design. */
export function designOf({ space, design }: Pick<ExperimentDocument, 'space' | 'design'>): {
  readonly space: ParameterSpace;
  readonly design: Design;
} {
  return { space: space as unknown as ParameterSpace, design: design as unknown as Design }; // written by readPlan
}

/** The size that a request asks for, as far as it can be told before it is checked; NaN where it cannot. */
function askedSize({ design, size, points, space }: ExperimentRequest): number {
  if (design === 'SOBOL') return size ?? NaN;
  if (design === 'LIST') return points?.length ?? 0;
  return space.inputs.reduce((product, range) => product * (range.points ?? NaN), 1);
}

/** @throws CortigraphError BAD_USER_INPUT */
export function readReplicates(model: ModelDefinition, replicates: number): number {
  const max = readsSeed(model.protocol) && model.protocol.noiseSeed !== undefined ? maxExperimentReplicates : 1;
  if (Number.isInteger(replicates) && replicates >= 1 && replicates <= max) return replicates;
  const why = max === 1 ? `, for runs of ${model.name} have no noise` : '';
  throw badUserInput(`replicates must be a whole number from 1 to ${max}, not ${replicates}${why}.`, {
    allowed: { min: 1, max },
  });
}
