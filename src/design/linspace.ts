/** Evenly spaced values with both ends exact: to the bit those of `numpy.linspace(min, max, points)`. */
export function linspace(min: number, max: number, points: number): readonly number[] {
  return Array.from({ length: points }, (_, i) => linspaceAt(min, max, points, i));
}

/** The value of {@link linspace} at a position, from 0. */
export function linspaceAt(min: number, max: number, points: number, i: number): number {
  const step = (max - min) / Math.max(points - 1, 1);
  return i > 0 && i === points - 1 ? max : i * step + min;
}
