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
  const panels = sweep.axes.length > 1 ? gridPanels(sweep) : linePanels(sweep);
  const height = TITLE_HEIGHT + panels.length * PANEL_HEIGHT + CAPTION_HEIGHT;
  return drawing(PANEL_WIDTH, height, sweep.title, [
    label(80, 24, sweep.title),
    ...panels.map((draw, i) => draw(TITLE_HEIGHT + i * PANEL_HEIGHT)),
    label(80, height - 10, captionOf(sweep), { fill: '#555555' }),
  ]);
}

type Panel = (top: number) => string;

function captionOf({ points }: DrawnSweep): string {
  const missing = points.filter(({ figures }) => figures.every((figure) => figure === null));
  const reasons = [...new Set(missing.map(reasonOf))].join(', ');
  return `Bars: ± 1 standard error.${missing.length > 0 ? ` ×: no figures (${reasons}).` : ''}`;
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
    return (top) => drawCurves({ curves, legend: null, bottom: axis?.label ?? '', left: `${name} (${unit})`, top });
  });
}

const curvePoint = (x: number, figure: SweepFigure | null | undefined): CurvePoint => ({
  x,
  value: figure?.value ?? null,
  error: figure?.standardError ?? null,
});

function gridPanels({ axes, outputs, points }: DrawnSweep): readonly Panel[] {
  const [slow, fast] = axes;
  if (!slow || !fast) return [];
  const at = (point: SweepPoint): readonly [number, number] => [point.values[slow.at] ?? 0, point.values[fast.at] ?? 0];
  const slowValues = [...new Set(points.map((point) => at(point)[0]))];
  const fastValues = [...new Set(points.map((point) => at(point)[1]))];
  const turned = slowValues.length > fastValues.length; // the longer one goes along the bottom
  const [along, across] = turned ? [slow, fast] : [fast, slow];
  const series = turned ? fastValues : slowValues;
  const place = (point: SweepPoint): readonly [number, number] => {
    const [a, b] = at(point);
    return turned ? [a, b] : [b, a];
  };
  return outputs.map(({ name, unit }, i) => {
    const places = points.map((point) => {
      const [x, y] = place(point);
      return { y, ...curvePoint(x, point.figures[i]) };
    });
    if (series.length > MOST_CURVES) {
      const shown = { places, bottom: along.label, left: across.label, name: `${name} (${unit})` };
      return (top) => drawHeatMap({ ...shown, top });
    }
    const colours = shades(series.length);
    const curves = series.map((value, k): Curve => ({
      name: String(value),
      colour: colours[k] ?? colourOf(k),
      points: places.filter(({ y }) => y === value),
    }));
    return (top) => drawCurves({ curves, legend: across.label, bottom: along.label, left: `${name} (${unit})`, top });
  });
}
