import type { Frame } from './axis.js';
import { bottomAxis, leftAxis, linearAxis } from './axis.js';
import { element, label, line, shown } from './svg.js';

/** A point of a curve; one without a value is marked as such. */
export interface CurvePoint {
  readonly x: number;
  readonly value: number | null;
  readonly error: number | null;
}

/** A curve with its name. */
export interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly CurvePoint[];
}

/** Curves that share their axes. */
export interface CurvePanel {
  readonly curves: readonly Curve[];
  /** What the names of the curves are; null where they speak for themselves. */
  readonly legend: string | null;
  readonly bottom: string;
  readonly left: string;
  readonly top: number;
}

export const PANEL_WIDTH = 800;
export const PANEL_HEIGHT = 380;

/** Where a panel that begins at a height has its plot. */
export const frameAt = (top: number): Frame => ({ left: 80, right: 620, top: top + 10, bottom: top + 320 });

/** Draws curves with error bars, and a legend beside them. A curve is broken where a point has no value. */
export function drawCurves({ curves, legend, bottom, left, top }: CurvePanel): string {
  const frame = frameAt(top);
  const all = curves.flatMap(({ points }) => points);
  const x = linearAxis(extent(all.map((point) => point.x)), [frame.left + 15, frame.right - 15], {
    ticks: 8,
    nice: false,
  });
  const y = linearAxis(spanOf(all), [frame.bottom, frame.top], { ticks: 6, nice: true });
  const drawn = curves.map(({ name, colour, points }, i) => {
    const marks = points.flatMap((point) => {
      const at = x.at(point.x);
      if (point.value === null) return [];
      return [...errorBar(at, point, y.at, colour), marker(i, at, y.at(point.value), colour)];
    });
    return element('g', { class: 'curve' }, element('title', {}, name), pathOf(points, x.at, y.at, colour), ...marks);
  });
  const missing = [...new Set(all.filter(({ value }) => value === null).map((point) => point.x))];
  const names = curves.map(({ name, colour }, i) => {
    const row = frame.top + (legend === null ? 10 : 32) + 22 * i;
    return [
      line(frame.right + 20, row, frame.right + 44, row, { stroke: colour, 'stroke-width': 1.5 }),
      marker(i, frame.right + 32, row, colour),
      label(frame.right + 52, row + 4, name),
    ].join('');
  });
  return element(
    'g',
    { class: 'panel' },
    leftAxis(y, frame, left, { grid: true }),
    bottomAxis(x, frame, bottom),
    ...drawn,
    ...missing.map((at) => cross(x.at(at), frame.bottom - 8)),
    ...(legend === null ? [] : [label(frame.right + 20, frame.top + 12, legend, { 'font-size': 11 })]),
    ...names,
  );
}

/** The mark of a point without figures. */
export const cross = (x: number, y: number): string =>
  element('path', {
    class: 'no-figures',
    d: `M${shown(x - 4)} ${shown(y - 4)}l8 8m0 -8l-8 8`,
    stroke: '#222222',
    'stroke-width': 1.5,
    fill: 'none',
  });

function extent(values: readonly number[]): readonly [number, number] {
  return [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
}

/** What the values and their bars cover, and 0 where that is not far off. */
function spanOf(points: readonly CurvePoint[]): readonly [number, number] {
  const ends = points.flatMap(({ value, error }) =>
    value === null ? [] : [value - (error ?? 0), value + (error ?? 0)],
  );
  if (ends.length === 0) return [0, 1];
  const [least, most] = extent(ends);
  return [least >= 0 && least < 0.7 * most ? 0 : least, most];
}

function errorBar(x: number, { value, error }: CurvePoint, at: (y: number) => number, colour: string): string[] {
  if (value === null || error === null) return [];
  const [low, high] = [at(value - error), at(value + error)].map(shown);
  const d = `M${shown(x - 4)} ${low}h8M${shown(x - 4)} ${high}h8M${shown(x)} ${low}V${high}`;
  return [element('path', { class: 'error-bar', d, stroke: colour, 'stroke-width': 1.2, fill: 'none' })];
}

function pathOf(
  points: readonly CurvePoint[],
  x: (value: number) => number,
  y: (value: number) => number,
  colour: string,
): string {
  let pen = 'M';
  const steps = points.map(({ x: at, value }) => {
    if (value === null) {
      pen = 'M';
      return '';
    }
    const step = `${pen}${shown(x(at))} ${shown(y(value))}`;
    pen = 'L';
    return step;
  });
  return element('path', { class: 'line', d: steps.join(''), stroke: colour, 'stroke-width': 1.5, fill: 'none' });
}

/** Curves differ in the shape of their marks too, for prints without colour. */
function marker(i: number, x: number, y: number, colour: string): string {
  const [a, b] = [shown(x), shown(y)];
  const shapes = [
    `M${shown(x - 3.5)} ${b}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z`,
    `M${shown(x - 3.2)} ${shown(y - 3.2)}h6.4v6.4h-6.4z`,
    `M${a} ${shown(y - 4.2)}l4 7.2h-8z`,
    `M${a} ${shown(y - 4.6)}l4.6 4.6l-4.6 4.6l-4.6 -4.6z`,
    `M${a} ${shown(y + 4.2)}l4 -7.2h-8z`,
    `M${shown(x - 4.5)} ${shown(y - 2)}h9v4h-9z`,
  ];
  return element('path', { class: 'point', d: shapes[i % shapes.length] ?? '', fill: colour });
}
