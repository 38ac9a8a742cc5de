import { badUserInput } from '../domain/errors.js';
import type { Table } from '../domain/table.js';
import type { Services } from '../services/services.js';
import { writeDrawing } from './drawing-file.js';
import { eventsWithin } from './events.js';
import { drawRaster } from './plot/raster-plot.js';
import type { Asked } from './progress-line.js';
import type { Report } from './report.js';

/** A raster, as a command line asks for it. */
export interface RasterArguments {
  readonly run: string;
  readonly out: string;
  /** The window, in ms after the warm-up. */
  readonly from: number;
  readonly to: number;
}

/** `raster`: draws the events of a run, which is run again where they were not recorded. */
export async function raster(services: Services, asked: Asked, given: RasterArguments): Promise<Report> {
  const { model: name, protocol } = await services.simulate.get(given.run);
  const model = await services.models.get(name);
  const recording = model.recordings.find(({ events }) => events !== undefined);
  if (!recording?.events) throw badUserInput(`${name} records no events that a raster could show.`);
  const { kind, version, events } = recording;
  const { run, job } = await services.simulate.record(given.run, [kind], asked);
  const stored = (await services.recordings.of([run.id])).find(
    (each) => each.kind === kind && each.version === version,
  );
  if (!stored) throw new Error(`${run.id} has no ${kind} although it was recorded`);
  const to = Math.min(given.to, protocol.durationMs ?? given.to);
  if (to <= given.from) {
    throw badUserInput(`The run is ${to} ms long, so nothing can be drawn from ${given.from} ms on.`, {
      allowed: { min: 0, max: to },
    });
  }
  const table: Table = await services.recordings.wholeTable(stored);
  const shown = eventsWithin(table, events, given.from, to);
  const ended = run.status === 'ABORTED' ? `aborted: ${run.outcome}` : '';
  const title = [`${run.id}: ${name}, ${kind}`, ended].filter((part) => part !== '').join(', ');
  await writeDrawing(
    given.out,
    drawRaster({ title, from: given.from, to, sourceName: events.source, groups: events.groups, events: shown }),
  );
  const window = { fromMs: given.from, toMs: to };
  const groups = events.groups.map(({ name: group, first, count }) => {
    const own = shown.filter(({ source }) => source >= first && source < first + count).length;
    return { name: group, first, count, events: own };
  });
  const told = groups.map(({ name: group, events: own, count }) => `${own} of ${count} ${group}`).join(', ');
  return {
    json: {
      ...{ run: run.id, recording: stored._id, kind, cached: job === null, outcome: run.outcome },
      ...{ file: given.out, window, events: shown.length, groups },
    },
    text: `${given.out}: ${shown.length} events (${told}) from ${given.from} to ${to} ms of ${run.id}${ended === '' ? '' : `, ${ended} (nothing is recorded from there on)`}\n`,
  };
}
