import { bottomAxis, leftAxis, linearAxis } from './axis.js';
import type { CurvePoint } from './curve-panel.js';
import { cross, frameAt } from './curve-panel.js';
import { shadeOf } from './shades.js';
import { element, label } from './svg.js';

/** A value at each place of a grid. */
export interface HeatMapPanel {
  readonly places: readonly (CurvePoint & { readonly y: number })[];
  readonly bottom: string;
  readonly left: string;
  /** What the colours are. */
  readonly name: string;
  readonly top: number;
}

/** The steps of the scale of colours. */
const STEPS = 64;

/** Draws a grid as a map of colours, with their scale beside it. A place without a value is crossed out. */
export function drawHeatMap({ places, bottom, left, name, top }: HeatMapPanel): string {
  const frame = frameAt(top);
  const xs = [...new Set(places.map(({ x }) => x))];
  const ys = [...new Set(places.map(({ y }) => y))];
  const [dx, dy] = [stepOf(xs), stepOf(ys)];
  const options = { ticks: 8, nice: false };
  const x = linearAxis([Math.min(...xs) - dx / 2, Math.max(...xs) + dx / 2], [frame.left, frame.right], options);
  const y = linearAxis([Math.min(...ys) - dy / 2, Math.max(...ys) + dy / 2], [frame.bottom, frame.top], options);
  const values = places.flatMap(({ value }) => (value === null ? [] : [value]));
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const cells = places.map((place) => {
    const [x1, x2] = [x.at(place.x - dx / 2), x.at(place.x + dx / 2)];
    const [y1, y2] = [y.at(place.y + dy / 2), y.at(place.y - dy / 2)];
    if (place.value === null) return cross((x1 + x2) / 2, (y1 + y2) / 2);
    const fill = shadeOf(most > least ? (place.value - least) / (most - least) : 0.5);
    // A little wider than it is, so that no white shows between cells.
    return element('rect', { class: 'cell', x: x1, y: y1, width: x2 - x1 + 0.3, height: y2 - y1 + 0.3, fill });
  });
  const scale = values.length === 0 ? [] : scaleOfColours([least, most], frame.right + 20, name, frame);
  return element(
    'g',
    { class: 'panel' },
    ...cells,
    leftAxis(y, frame, left, { grid: false }),
    bottomAxis(x, frame, bottom),
    ...scale,
  );
}

/** How far neighbours lie apart. */
function stepOf(values: readonly number[]): number {
  const [first = 0, second = first + 1] = [...values].sort((a, b) => a - b);
  return second - first;
}

function scaleOfColours(
  [least, most]: readonly [number, number],
  left: number,
  name: string,
  { top, bottom }: { readonly top: number; readonly bottom: number },
): readonly string[] {
  const first = top + 24;
  const height = (bottom - first) / STEPS;
  const bands = Array.from({ length: STEPS }, (_, i) =>
    element('rect', {
      x: left,
      y: bottom - (i + 1) * height,
      width: 16,
      height: height + 0.6,
      fill: shadeOf(i / (STEPS - 1)),
    }),
  );
  const axis = linearAxis([least, most], [bottom, first], { ticks: 6, nice: false });
  return [label(left, top + 12, name), ...bands, ...axis.ticks.map(({ at, text }) => label(left + 24, at + 4, text))];
}
