import type { SourceGroup } from '../../domain/model-definition.js';
import type { TimedEvent } from '../events.js';
import type { Frame } from './axis.js';
import { bottomAxis, leftAxis, linearAxis } from './axis.js';
import { colourOf, drawing, element, label, shown } from './svg.js';

/** Who did something when. */
export interface Raster {
  readonly title: string;
  /** The window, in ms. */
  readonly from: number;
  readonly to: number;
  /** What a source is. */
  readonly sourceName: string;
  readonly groups: readonly SourceGroup[];
  readonly events: readonly TimedEvent[];
}

const [WIDTH, HEIGHT] = [1000, 720];
const dots: Frame = { left: 80, right: 900, top: 40, bottom: 500 };
const rates: Frame = { left: 80, right: 900, top: 530, bottom: 660 };

/** Bins of the rates below the dots: about so many over the window. */
const BINS = 200;

/** Draws a dot an event, the sources from below in their order and coloured by group, and the groups' rates below. */
export function drawRaster(raster: Raster): string {
  const { title, from, to, sourceName, groups, events } = raster;
  const sources = Math.max(...groups.map(({ first, count }) => first + count));
  const time = linearAxis([from, to], [dots.left, dots.right], { ticks: 10, nice: false });
  const source = linearAxis([0, sources], [dots.bottom, dots.top], { ticks: 8, nice: false });
  const height = (dots.bottom - dots.top) / sources;
  const marks = groups.map(({ name, first, count }, i) => {
    const own = events.filter((event) => event.source >= first && event.source < first + count);
    const path = own.map(
      (event) => `M${shown(time.at(event.time))} ${shown(source.at(event.source + 1))}v${shown(height)}`,
    );
    const middle = source.at(first + count / 2);
    return [
      element('path', { class: 'events', d: path.join(''), stroke: colourOf(i), 'stroke-width': 1.4, fill: 'none' }),
      label(dots.right + 10, middle - 3, name, { fill: colourOf(i), 'font-weight': 'bold' }),
      label(dots.right + 10, middle + 13, `n = ${count}`, { fill: colourOf(i) }),
    ].join('');
  });
  return drawing(WIDTH, HEIGHT, title, [
    label(dots.left, 22, title),
    leftAxis(source, dots, sourceName, { grid: false }),
    ...marks,
    ...drawRates(raster),
    bottomAxis(time, rates, 'time after the warm-up (ms)'),
  ]);
}

/** The rate of each group in bins, as steps. */
function drawRates({ from, to, groups, events }: Raster): readonly string[] {
  const binMs = niceBin((to - from) / BINS);
  const bins = Math.ceil((to - from) / binMs);
  const lengthOf = (bin: number): number => Math.min(binMs, to - from - bin * binMs);
  const series = groups.map(({ first, count }) => {
    const counts = Array<number>(bins).fill(0);
    for (const { time, source } of events) {
      if (source < first || source >= first + count) continue;
      const bin = Math.min(Math.floor((time - from) / binMs), bins - 1);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return counts.map((own, bin) => (1000 * own) / (count * lengthOf(bin)));
  });
  const most = series.flat().reduce((a, b) => Math.max(a, b), 0);
  const time = linearAxis([from, to], [rates.left, rates.right], { ticks: 10, nice: false });
  const rate = linearAxis([0, most || 1], [rates.bottom, rates.top], { ticks: 4, nice: true });
  const steps = series.map((values, i) => {
    const path = values.map((value, bin) => {
      const end = Math.min(from + (bin + 1) * binMs, to);
      return `${bin === 0 ? `M${rates.left} ` : 'V'}${shown(rate.at(value))}H${shown(time.at(end))}`;
    });
    return element('path', { class: 'rate', d: path.join(''), fill: 'none', stroke: colourOf(i), 'stroke-width': 1.2 });
  });
  return [
    leftAxis(rate, rates, `rate (Hz)`, { grid: true }),
    ...steps,
    label(rates.right + 10, (rates.top + rates.bottom) / 2, `in ${shown(binMs)} ms`),
  ];
}

/** The least of 1, 2, 5, 10 … that is not less. */
function niceBin(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(ms));
  return ([1, 2, 5].find((step) => step * power >= ms * (1 - 1e-9)) ?? 10) * power;
}
