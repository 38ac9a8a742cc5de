import { canonicalJson } from './canonical-json.js';
import type { RawSums } from './raw-sums.js';

/** What of a run must come out again when it is run again. */
export interface RunFigures {
  readonly outcome: string;
  readonly sums: RawSums;
}

/**
 * The first figure in which a run that was run again differs from what is stored, in words; null when every bit is the
 * same.
 */
export function differenceOf(stored: RunFigures, again: RunFigures): string | null {
  if (again.outcome !== stored.outcome) return `outcome: ${stored.outcome} is stored, now it is ${again.outcome}`;
  const names = Object.keys({ ...stored.sums.outputs, ...again.sums.outputs }).sort();
  for (const name of names) {
    const [before, now] = [stored.sums.outputs[name] ?? [], again.sums.outputs[name] ?? []];
    if (before.length !== now.length)
      return `${name}: ${before.length} batches are stored, now there are ${now.length}`;
    const batch = before.findIndex((sum, i) => sum !== now[i]);
    if (batch >= 0) return `${name}, batch ${batch}: ${before[batch]} is stored, now it is ${now[batch]}`;
  }
  // Whatever else sums may hold one day.
  return canonicalJson({ ...stored.sums }) === canonicalJson({ ...again.sums }) ? null : 'the form of the sums';
}
