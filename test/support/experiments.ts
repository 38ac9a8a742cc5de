import type { FrontDoor } from './front-door.js';
import { eventually } from './front-door.js';
import type { JobView } from './questions.js';
import { estimateFields, jobFields } from './questions.js';
import type { EstimateView } from './questions.js';

/** An experiment as tests see it. */
export interface ExperimentView {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly size: number;
  readonly replicates: number;
  readonly tags: readonly string[];
  readonly progress: { readonly total: number; readonly done: number; readonly failed: number };
  readonly outcomes: readonly { readonly outcome: string; readonly count: number }[];
  readonly job: JobView | null;
}

/** A row of an experiment. */
export interface RowView {
  readonly id: string;
  readonly point: number;
  readonly replicate: number;
  readonly outcome: string | null;
  readonly error: { readonly code: string; readonly step: string; readonly message: string } | null;
  readonly simulationRun: {
    readonly id: string;
    readonly outcome: string;
    readonly protocol: { readonly noiseSeed: number | null };
    readonly outputs: readonly EstimateView[];
  } | null;
}

/** A point of an experiment. */
export interface PointView {
  readonly index: number;
  readonly values: Readonly<Record<string, number>>;
  readonly parameterSetId: string;
  readonly invalid: number;
  readonly outputs: readonly EstimateView[];
  readonly outcomes: readonly { readonly outcome: string; readonly count: number }[];
  readonly rows: readonly RowView[];
}

/** A page of a connection. */
export interface PageView<T> {
  readonly totalCount: number;
  readonly nodes: readonly T[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export const experimentFields = `id name status size replicates tags progress { total done failed }
  outcomes { outcome count } job { ${jobFields} }`;

export const createMutation = `mutation ($input: CreateExperimentInput!) { createExperiment(input: $input) {
  created experiment { ${experimentFields} } job { ${jobFields} } } }`;

export const extendMutation = `mutation ($input: ExtendExperimentInput!) { extendExperiment(input: $input) {
  experiment { ${experimentFields} } job { ${jobFields} } } }`;

const rowFields = `id point replicate outcome error { code step message }
  simulationRun { id outcome protocol { noiseSeed } outputs { ${estimateFields} } }`;

const pageFields = (nodes: string): string => `{ totalCount nodes { ${nodes} } pageInfo { hasNextPage endCursor } }`;

const rowsQuery = `query ($id: ID!, $first: Int, $after: String, $filter: ResultFilterInput, $order: ResultOrder) {
  experiment(id: $id) { rows(first: $first, after: $after, filter: $filter, orderBy: $order) ${pageFields(rowFields)} } }`;

const pointsQuery = `query ($id: ID!, $after: String, $filter: ResultFilterInput, $order: ResultOrder) {
  experiment(id: $id) { points(first: 20, after: $after, filter: $filter, orderBy: $order)
  ${pageFields(`index values parameterSetId invalid outputs { ${estimateFields} } outcomes { outcome count } rows(first: 5) { ${rowFields} }`)} } }`;

/** Creates an experiment of the noisy Ishigami function, which takes no time. */
export const ishigami = (name: string, more: object = {}): object => ({
  name,
  model: 'ishigami-noisy',
  design: 'SOBOL',
  size: 10,
  space: { inputs: [{ name: 'x1', min: -3, max: 3 }, { name: 'x2', min: -3, max: 3 }] }, // prettier-ignore
  ...more,
});

/** Runs of the circuit that are short: .1 s of biological time. */
export const circuit = (name: string, more: object = {}): object => ({
  name,
  design: 'SOBOL',
  size: 12,
  space: { inputs: [{ name: 'lgnRateE', min: 80, max: 480 }] },
  protocol: { warmupMs: 0, durationMs: 500 },
  ...more,
});

export interface Created {
  readonly created: boolean;
  readonly experiment: ExperimentView;
  readonly job: JobView;
}

export const create = async (door: FrontDoor, input: object): Promise<Created> =>
  (await door.data<{ createExperiment: Created }>(createMutation, { input })).createExperiment;

export const extend = async (door: FrontDoor, input: object): Promise<Omit<Created, 'created'>> =>
  (await door.data<{ extendExperiment: Created }>(extendMutation, { input })).extendExperiment;

export const experimentOf = async (door: FrontDoor, id: string): Promise<ExperimentView> =>
  (await door.data<{ experiment: ExperimentView }>(`query ($id: ID!) { experiment(id: $id) { ${experimentFields} } }`, { id })).experiment; // prettier-ignore

/** An experiment when nothing of it is under way any more. */
export const ended = (door: FrontDoor, id: string, status = 'COMPLETED'): Promise<ExperimentView> =>
  eventually(() => experimentOf(door, id), (experiment) => experiment.status === status, 60_000); // prettier-ignore

/** Creates an experiment and waits for its end. */
export async function completed(door: FrontDoor, input: object): Promise<ExperimentView> {
  const { experiment } = await create(door, input);
  return ended(door, experiment.id);
}

export const rowsOf = async (door: FrontDoor, id: string, more: object = {}): Promise<PageView<RowView>> =>
  (await door.data<{ experiment: { rows: PageView<RowView> } }>(rowsQuery, { id, first: 100, ...more })).experiment.rows; // prettier-ignore

export const pointsOf = async (door: FrontDoor, id: string, more: object = {}): Promise<PageView<PointView>> =>
  (await door.data<{ experiment: { points: PageView<PointView> } }>(pointsQuery, { id, ...more })).experiment.points; // prettier-ignore
