import type { EventTable } from '../domain/model-definition.js';
import type { Table } from '../domain/table.js';

/** Something that happened: when, in ms, and whose it is. */
export interface TimedEvent {
  readonly time: number;
  readonly source: number;
}

/** The events of a table within a window, in their order; its end does not belong to it. */
export function eventsWithin(
  { rowCount, columns }: Table,
  { time, source }: EventTable,
  from: number,
  to: number,
): readonly TimedEvent[] {
  const numbersOf = (name: string): ArrayLike<number> => {
    const column = columns.find((each) => each.name === name);
    if (!column || !('numbers' in column)) throw new TypeError(`the table has no numbers named ${name}`);
    return column.numbers;
  };
  const [times, sources] = [numbersOf(time), numbersOf(source)];
  const events: TimedEvent[] = [];
  for (let row = 0; row < rowCount; row += 1) {
    const at = times[row] ?? NaN;
    if (at >= from && at < to) events.push({ time: at, source: sources[row] ?? NaN });
  }
  return events;
}
