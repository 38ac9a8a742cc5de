import type { OutcomeCount } from './estimate.js';

/** Counts added up by outcome, sorted by its code. */
export function addedUp(counts: Iterable<OutcomeCount>): readonly OutcomeCount[] {
  const sums = new Map<string, number>();
  for (const { outcome, count } of counts) sums.set(outcome, (sums.get(outcome) ?? 0) + count);
  return [...sums].map(([outcome, count]) => ({ outcome, count })).sort((a, b) => (a.outcome < b.outcome ? -1 : 1));
}

/** How often each outcome occurs, sorted by its code. */
export const outcomeCounts = (outcomes: readonly string[]): readonly OutcomeCount[] =>
  addedUp(outcomes.map((outcome) => ({ outcome, count: 1 })));

/** How runs ended, for a table: a code, or, where they ended differently, `mixed: 3 COMPLETED, 1 runaway`; null of none. */
export function outcomeInWords(counts: readonly OutcomeCount[]): string | null {
  if (counts.length <= 1) return counts[0]?.outcome ?? null;
  return `mixed: ${counts.map(({ outcome, count }) => `${count} ${outcome}`).join(', ')}`;
}
