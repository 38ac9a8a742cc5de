import { scaleLinear } from 'd3-scale';
import { element, label, line } from './svg.js';

/** Numbers along a line of the drawing. */
export interface Axis {
  /** Where a number lies, in pixels. */
  readonly at: (value: number) => number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/** Where a plot lies in the drawing, in pixels. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * A linear axis.
 * @param span the numbers that it holds; widened where both are one
 * @param pixels where it begins and ends in the drawing
 * @param options about how many ticks, and whether it is widened to nice numbers
 */
export function linearAxis(
  [least, most]: readonly [number, number],
  pixels: readonly [number, number],
  { ticks, nice }: { readonly ticks: number; readonly nice: boolean },
): Axis {
  const room = least === most ? Math.max(Math.abs(least) * 0.1, 1e-9) : 0;
  const scale = scaleLinear([least - room, most + room], [...pixels]);
  if (nice) scale.nice(ticks);
  const format = scale.tickFormat(ticks);
  return {
    at: (value) => scale(value),
    ticks: scale.ticks(ticks).map((value) => ({ at: scale(value), text: format(value) })),
  };
}

const TICK = { stroke: '#222222', 'stroke-width': 1 };
const GRID = { stroke: '#e4e4e4', 'stroke-width': 1 };

/** The axis below a frame, with its name. */
export function bottomAxis({ ticks }: Axis, { left, right, bottom }: Frame, name: string): string {
  return element(
    'g',
    { class: 'axis', 'text-anchor': 'middle' },
    line(left, bottom, right, bottom, TICK),
    ...ticks.flatMap(({ at, text }) => [line(at, bottom, at, bottom + 5, TICK), label(at, bottom + 19, text)]),
    label((left + right) / 2, bottom + 38, name),
  );
}

/** The axis left of a frame, with its name and, where wanted, lines across. */
export function leftAxis(
  { ticks }: Axis,
  { left, right, top, bottom }: Frame,
  name: string,
  { grid }: { readonly grid: boolean },
): string {
  const [x, y] = [left - 50, (top + bottom) / 2];
  return element(
    'g',
    { class: 'axis', 'text-anchor': 'end' },
    ...(grid ? ticks.map(({ at }) => line(left, at, right, at, GRID)) : []),
    line(left, top, left, bottom, TICK),
    ...ticks.flatMap(({ at, text }) => [line(left - 5, at, left, at, TICK), label(left - 8, at + 4, text)]),
    label(x, y, name, { 'text-anchor': 'middle', transform: `rotate(-90 ${x} ${y})` }),
  );
}
