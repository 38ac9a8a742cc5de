/** More curves than this in one panel cannot be told apart. */
export const MOST_CURVES = 6;

/** Of viridis, from dark to light: even to the eye, and for colour-blind people. */
const viridis: readonly (readonly [number, number, number])[] = [
  [68, 1, 84],
  [71, 45, 123],
  [59, 82, 139],
  [44, 114, 142],
  [33, 145, 140],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
];

/** The colour of a share from 0 to 1. */
export function shadeOf(share: number): string {
  const place = Math.min(Math.max(share, 0), 1) * (viridis.length - 1);
  const low = Math.min(Math.floor(place), viridis.length - 2);
  const mixed = [0, 1, 2].map((i) => {
    const [from, to] = [viridis[low]?.[i] ?? 0, viridis[low + 1]?.[i] ?? 0];
    return Math.round(from + (place - low) * (to - from));
  });
  return `rgb(${mixed.join(',')})`;
}

/** So many colours in order, none too light for a line on white. */
export const shades = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => shadeOf(count === 1 ? 0.3 : (0.85 * i) / (count - 1)));
