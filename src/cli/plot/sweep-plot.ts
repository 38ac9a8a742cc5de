import type { SweepFigure, SweepOutput, SweepPoint } from '../sweep-points.js';
import type { Curve, CurvePoint } from './curve-panel.js';
import { PANEL_HEIGHT, PANEL_WIDTH, drawCurves } from './curve-panel.js';
import { MOST_CURVES, shades } from './shades.js';
import { drawHeatMap } from './heat-map-panel.js';
import { colourOf, drawing, label } from './svg.js';

/** An axis of a sweep. */
export interface DrawnAxis {
  readonly label: string;
  /** Which of the values of a point is the one along it; inputs that move together have the same. */
  readonly at: number;
}

/** A sweep to draw: its axes, at most two, the first one slowest, and a point for each place. */
export interface DrawnSweep {
  readonly title: string;
  readonly axes: readonly DrawnAxis[];
  readonly outputs: readonly SweepOutput[];
  readonly points: readonly SweepPoint[];
}

const TITLE_HEIGHT = 40;
const CAPTION_HEIGHT = 28;

/**
 * Draws a sweep. A line: the outputs of one unit in a panel. A grid: a panel an output, with a curve a value of the
 * shorter axis, or, where these are too many, as a map of colours.
 */
export function drawSweep(sweep: DrawnSweep): string {
  const isMap =
    sweep.axes.length > 1 && sweep.axes.every((axis) => valuesAlong(axis, sweep.points).length > MOST_CURVES);
  const panels = sweep.axes.length > 1 ? gridPanels(sweep) : linePanels(sweep);
  const height = TITLE_HEIGHT + panels.length * PANEL_HEIGHT + CAPTION_HEIGHT;
  return drawing(PANEL_WIDTH, height, sweep.title, [
    label(80, 24, sweep.title),
    ...panels.map((draw, i) => draw(TITLE_HEIGHT + i * PANEL_HEIGHT)),
    label(80, height - 10, captionOf(sweep, isMap), { fill: '#555555' }),
  ]);
}

const valuesAlong = ({ at }: DrawnAxis, points: readonly SweepPoint[]): readonly number[] => [
  ...new Set(points.map(({ values }) => values[at] ?? 0)),
];

type Panel = (top: number) => string;

function captionOf({ points }: DrawnSweep, isMap: boolean): string {
  const missing = points.filter(({ figures }) => figures.every((figure) => figure === null));
  const reasons = [...new Set(missing.map(reasonOf))].join(', ');
  const marks = isMap ? 'The table has the standard errors.' : 'Bars: ± 1 standard error.';
  return `${marks}${missing.length > 0 ? ` ×: no figures (${reasons}).` : ''}`;
}

const reasonOf = ({ status, outcome }: SweepPoint): string => (status === 'READY' ? (outcome ?? 'no answer') : status);

function linePanels({ axes: [axis], outputs, points }: DrawnSweep): readonly Panel[] {
  const units = [...new Set(outputs.map(({ unit }) => unit))];
  return units.map((unit) => {
    const shown = outputs.flatMap((output, i) => (output.unit === unit ? [{ output, i }] : []));
    const curves = shown.map(({ output, i }): Curve => ({
      name: output.name,
      colour: colourOf(i),
      points: points.map(({ values: [x = 0], figures }) => curvePoint(x, figures[i])),
    }));
    const only = shown.length === 1 ? shown[0]?.output : undefined;
    const name = only ? only.name : 'value';
    return (top) => drawCurves({ curves, legend: null, bottom: axis?.label ?? '', left: withUnit(name, unit), top });
  });
}

/** A name with its unit; `1` is none. */
export const withUnit = (name: string, unit: string): string => (unit === '1' ? name : `${name} (${unit})`);

const curvePoint = (x: number, figure: SweepFigure | null | undefined): CurvePoint => ({
  x,
  value: figure?.value ?? null,
  error: figure?.standardError ?? null,
});

function gridPanels({ axes, outputs, points }: DrawnSweep): readonly Panel[] {
  const [slow, fast] = axes.map((axis) => ({ ...axis, values: valuesAlong(axis, points) }));
  if (!slow || !fast) return [];
  const [along, across] = slow.values.length > fast.values.length ? [slow, fast] : [fast, slow];
  return outputs.map(({ name, unit }, i) => {
    const places = points.map((point) => {
      const [x = 0, y = 0] = [point.values[along.at], point.values[across.at]];
      return { y, ...curvePoint(x, point.figures[i]) };
    });
    if (across.values.length > MOST_CURVES) {
      const shown = { places, bottom: along.label, left: across.label, name: withUnit(name, unit) };
      return (top) => drawHeatMap({ ...shown, top });
    }
    const colours = shades(across.values.length);
    const curves = across.values.map((value, k): Curve => ({
      name: String(Number(value.toPrecision(4))),
      colour: colours[k] ?? colourOf(k),
      points: places.filter(({ y }) => y === value),
    }));
    return (top) => drawCurves({ curves, legend: across.label, bottom: along.label, left: withUnit(name, unit), top });
  });
}
