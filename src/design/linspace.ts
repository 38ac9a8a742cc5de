/** Evenly spaced values with both ends exact: to the bit those of `numpy.linspace(min, max, points)`. */
export function linspace(min: number, max: number, points: number): readonly number[] {
  const step = (max - min) / Math.max(points - 1, 1);
  return Array.from({ length: points }, (_, i) => (i > 0 && i === points - 1 ? max : i * step + min));
}
