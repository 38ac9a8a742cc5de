import type { RecordingDocument } from '../domain/documents.js';
import type { Estimate } from '../domain/estimate.js';
import { defaultLevel } from '../domain/estimate.js';
import type { GivenProtocol, Protocol } from '../domain/protocol.js';
import { intervalOf } from '../services/intervals.js';
import type { Services } from '../services/services.js';
import { commonDecimals, shownError, shownValue } from './figures.js';
import type { Asked } from './progress-line.js';
import type { Report } from './report.js';
import { alignedTable } from './text-table.js';

/** One run, as a command line asks for it. */
export interface SimulateArguments {
  readonly model: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly protocol: GivenProtocol;
  readonly record: readonly string[];
}

/** `simulate`: one run, with what is recorded of it. */
export async function simulate(services: Services, asked: Asked, given: SimulateArguments): Promise<Report> {
  const recordings = given.record.map((kind) => kind.trim());
  const request = {
    model: given.model,
    parameters: given.parameters,
    protocol: given.protocol,
    recordings,
  };
  const { run, job, created } = await services.simulate.simulate(request, asked);
  const [parameterSet] = await services.lookups.parameterSets([run.parameterSetId]);
  const all = await services.recordings.of([run.id]);
  const recorded = all.filter(({ kind }) => recordings.includes(kind));
  const how = created ? 'computed now' : job ? 'from the store, run again to record it' : 'from the store';
  const flags = run.flags.length > 0 ? `flags: ${run.flags.join(', ')}\n` : '';
  return {
    json: {
      id: run.id,
      status: run.status,
      outcome: run.outcome,
      created,
      cached: job === null,
      model: run.model,
      numericsDigest: run.numericsDigest,
      parameterSet: run.parameterSetId,
      parameters: parameterSet?.values ?? null,
      protocol: run.protocol,
      outputs: run.estimates.map(jsonOfEstimate),
      flags: run.flags,
      recordings: recorded.map(({ _id: id, kind, version, figures, blob: { bytes, digest } }) => ({
        ...{ id, kind, version, bytes, digest },
        figures: figures.map(jsonOfEstimate),
      })),
    },
    text:
      `${run.id}  ${run.outcome ?? run.status}, ${how}\n${protocolText(run.model, run.protocol)}\n${flags}\n` +
      (run.estimates.length > 0 ? estimatesTable(run.estimates) : `No figures: the run ended as ${run.outcome}.\n`) +
      recorded.map(recordingText).join(''),
  };
}

function jsonOfEstimate(estimate: Estimate): object {
  const { name, unit, value, standardError, n } = estimate;
  return { name, unit, value, standardError, n, interval: intervalOf(estimate, defaultLevel) };
}

function protocolText(model: string, { warmupMs, durationMs, networkSeed, noiseSeed }: Protocol): string {
  const parts = [
    ...(warmupMs === null ? [] : [`warm-up ${warmupMs} ms`]),
    ...(durationMs === null ? [] : [`duration ${durationMs} ms`]),
    ...(networkSeed === null ? [] : [`network seed ${networkSeed}`]),
    ...(noiseSeed === null ? [] : [`noise seed ${noiseSeed}`]),
  ];
  return [model, ...parts].join(', ');
}

const recordingText = ({ kind, figures, blob: { bytes, digest } }: RecordingDocument): string =>
  `\n${kind}: ${bytes} bytes, of a server at /blobs/${digest}\n${figures.length > 0 ? estimatesTable(figures) : ''}`;

function estimatesTable(estimates: readonly Estimate[]): string {
  const rows = estimates.map(({ name, value, standardError, unit }) => {
    const decimals = commonDecimals([standardError]);
    return [name, shownValue(value, decimals), `± ${shownError(standardError, decimals)}`, unit];
  });
  return alignedTable(['figure', 'value', '± standard error', 'unit'], rows, ['left', 'right', 'left', 'left']);
}
