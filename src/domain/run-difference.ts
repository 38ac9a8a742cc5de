import { canonicalJson } from './canonical-json.js';
import type { RawSums } from './raw-sums.js';

/** What of a run must come out again when it is run again. */
export interface RunFigures {
  readonly outcome: string;
  readonly sums: RawSums;
}

/**
 * The figures in which a run that was run again differs from what is stored, in words, each by its first batch; empty
 * when every bit is the same.
 */
export function differencesOf(stored: RunFigures, again: RunFigures): readonly string[] {
  if (again.outcome !== stored.outcome) return [`outcome: ${stored.outcome} is stored, now it is ${again.outcome}`];
  const names = Object.keys({ ...stored.sums.outputs, ...again.sums.outputs }).sort();
  const differences = names.flatMap((name) => {
    const [before, now] = [stored.sums.outputs[name] ?? [], again.sums.outputs[name] ?? []];
    if (before.length !== now.length)
      return [`${name}: ${before.length} batches are stored, now there are ${now.length}`];
    const batch = before.findIndex((sum, i) => sum !== now[i]);
    return batch < 0 ? [] : [`${name}, batch ${batch}: ${before[batch]} is stored, now it is ${now[batch]}`];
  });
  if (differences.length > 0) return differences;
  // Whatever else sums may hold one day.
  return canonicalJson({ ...stored.sums }) === canonicalJson({ ...again.sums }) ? [] : ['the form of the sums'];
}
