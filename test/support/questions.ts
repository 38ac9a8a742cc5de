/** The questions that front-door tests ask, and the shapes of their answers. */

/** An estimate with its interval at 95 %. */
export interface EstimateView {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly standardError: number | null;
  readonly standardDeviation: number | null;
  readonly n: number;
  readonly interval: { readonly level: number; readonly lower: number; readonly upper: number } | null;
}

/** A run as a response shows it. */
export interface RunOfResponse {
  readonly id: string;
  readonly outcome: string | null;
  readonly protocol: ProtocolView;
}

/** A protocol; a field that the model does not read is null. */
export interface ProtocolView {
  readonly warmupMs: number | null;
  readonly durationMs: number | null;
  readonly networkSeed: number | null;
  readonly noiseSeed: number | null;
}

/** A job as a response shows it. */
export interface JobView {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly result: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly progress: { readonly total: number; readonly done: number; readonly running: number };
}

/** A response. */
export interface ResponseView {
  readonly id: string;
  readonly status: 'READY' | 'PENDING';
  readonly origin: string | null;
  readonly cached: boolean;
  readonly reason: string;
  readonly estimand: string;
  readonly reusedRuns: number;
  readonly computedRuns: number;
  readonly outputs: readonly EstimateView[];
  readonly outcomes: readonly { readonly outcome: string; readonly count: number }[];
  readonly runs: readonly RunOfResponse[];
  readonly parameterSet: { readonly id: string; readonly values: Readonly<Record<string, number>> };
  readonly job: JobView | null;
}

export const jobFields = `id kind status result error { code message } progress { total done running }`;

export const estimateFields = `name unit value standardError standardDeviation n interval { level lower upper }`;

export const responseFields = `
  id status origin cached reason estimand reusedRuns computedRuns
  outputs { ${estimateFields} } outcomes { outcome count }
  runs { id outcome protocol { warmupMs durationMs networkSeed noiseSeed } }
  parameterSet { id values } job { ${jobFields} }`;

/** Asks for a response; variables `input`, `waitMs`. */
export const responseQuery = `query ($input: ResponseInput!, $waitMs: Int = 60000) {
  response(input: $input, waitMs: $waitMs) { ${responseFields} }
}`;

/** Looks a response up; variable `id`. */
export const responseNode = `query ($id: ID!) { node(id: $id) { ... on Response { ${responseFields} } } }`;

/** Runs a simulation; variables `input`, `waitMs`. */
export const runMutation = `mutation ($input: RunSimulationInput!, $waitMs: Int = 60000) {
  runSimulation(input: $input, waitMs: $waitMs) {
    created job { ${jobFields} }
    simulationRun {
      id digest status outcome createdAt protocol { warmupMs durationMs networkSeed noiseSeed }
      parameterSet { id } outputs { ${estimateFields} }
      executions { id attempt agent host softwareVersion kernelDigest startedAt finishedAt error }
    }
  }
}`;

/** What {@link runMutation} gives. */
export interface RunPayload {
  readonly runSimulation: {
    readonly created: boolean;
    readonly job: JobView | null;
    readonly simulationRun: {
      readonly id: string;
      readonly digest: string;
      readonly status: string;
      readonly outcome: string | null;
      readonly createdAt: string;
      readonly protocol: ProtocolView;
      readonly parameterSet: { readonly id: string };
      readonly outputs: readonly EstimateView[];
      readonly executions: readonly {
        readonly id: string;
        readonly attempt: number;
        readonly agent: string;
        readonly host: string;
        readonly softwareVersion: string;
        readonly kernelDigest: string | null;
        readonly startedAt: string;
        readonly finishedAt: string | null;
        readonly error: string | null;
      }[];
    };
  };
}

/** Looks a job up; variable `id`. */
export const jobQuery = `query ($id: ID!) { job(id: $id) { ${jobFields} } }`;

/** Cancels a job; variable `id`. */
export const cancelMutation = `mutation ($id: ID!) { cancelJob(id: $id) { job { ${jobFields} } } }`;

/** A short protocol of the local circuit. */
export const shortProtocol = { warmupMs: 50, durationMs: 500 } as const;

/** A protocol of the local circuit that no test waits for: 600 s of simulated time take minutes. */
export const longProtocol = { warmupMs: 0, durationMs: 600_000 } as const;

/** What {@link recordMutation} shows of a recording. */
export interface RecordingView {
  readonly id: string;
  readonly kind: string;
  readonly version: string;
  readonly digest: string;
  readonly url: string;
  readonly bytes: number;
  readonly mediaType: string;
  readonly figures: readonly EstimateView[];
  readonly execution: { readonly id: string; readonly error: string | null };
}

export const recordingFields = `id kind version digest url bytes mediaType createdAt
  figures { ${estimateFields} } execution { id error }`;

/** Runs a simulation and shows what is recorded of it; variables `input`, `waitMs`. */
export const recordMutation = `mutation ($input: RunSimulationInput!, $waitMs: Int = 60000) {
  runSimulation(input: $input, waitMs: $waitMs) {
    created job { ${jobFields} }
    simulationRun {
      id digest status outcome outputs { ${estimateFields} }
      executions { id attempt error } recordings { ${recordingFields} }
    }
  }
}`;

/** What {@link recordMutation} gives. */
export interface RecordPayload {
  readonly runSimulation: {
    readonly created: boolean;
    readonly job: JobView | null;
    readonly simulationRun: {
      readonly id: string;
      readonly digest: string;
      readonly status: string;
      readonly outcome: string | null;
      readonly outputs: readonly EstimateView[];
      readonly executions: readonly {
        readonly id: string;
        readonly attempt: number;
        readonly error: string | null;
      }[];
      readonly recordings: readonly RecordingView[];
    };
  };
}
