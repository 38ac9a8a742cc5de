import { comparedFields, isPlainObject } from './filter-sql.js';

/*
 * A range of time is counted by its whole days, the whole minutes at both of its ends, and the documents of what is left
 * there. Times are compared as texts, and so are their beginnings: whatever texts the documents hold, one is within a
 * day if it begins as the day does. Only the bounds have to be ISO texts.
 */

/** The texts from `from` on, and below `to` where it is given. */
interface TextRange {
  readonly from: string;
  readonly to: string | undefined;
}

/** A part of a range: of the beginnings of this length, or of whole texts where none is given. */
export interface RangePart extends TextRange {
  readonly length: number | undefined;
}

/** A filter, split into the range of a time and all else. */
export interface TimeRange extends TextRange {
  readonly rest: Readonly<Record<string, unknown>>;
}

const isoMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The least text behind another. */
const behind = (text: string): string => `${text}\0`;

/** Undefined where a filter gives no range of this field, or asks more of it. */
export function timeRange(filter: unknown, time: string): TimeRange | undefined {
  const conditions = conditionsOf(filter);
  const others = conditions.filter(([key]) => key !== time).map(([key, value]) => ({ [key]: value }));
  const rest = others.length === 0 ? {} : { $and: others };
  if (others.length === conditions.length || comparedFields(rest)?.has(time) !== false) return undefined;
  const froms = [''];
  const tos: string[] = [];
  for (const [key, range] of conditions) {
    if (key !== time) continue;
    if (!isPlainObject(range) || Object.keys(range).length === 0) return undefined;
    for (const [operator, bound] of Object.entries(range)) {
      if (typeof bound !== 'string' || !isoMoment.test(bound)) return undefined;
      if (operator === '$gte') froms.push(bound);
      else if (operator === '$gt') froms.push(behind(bound));
      else if (operator === '$lt') tos.push(bound);
      else if (operator === '$lte') tos.push(behind(bound));
      else return undefined;
    }
  }
  // ASCII all of them: JavaScript's order is that of the store.
  return { rest, from: froms.sort().at(-1) ?? '', to: tos.sort()[0] };
}

/**
 * The parts that make up a range: beginnings of as few characters as can be.
 * @param lengths of the beginnings, rising
 */
export function partsOfRange({ from, to }: TextRange, [length, ...longer]: readonly number[]): readonly RangePart[] {
  if (from === to) return [];
  if (length === undefined) return [{ length, from, to }];
  const first = from.length <= length ? from : next(from.slice(0, length));
  const end = to?.slice(0, length);
  if (end !== undefined && first >= end) return partsOfRange({ from, to }, longer);
  return [
    { length, from: first, to: end },
    ...partsOfRange({ from, to: first }, longer),
    ...(end === undefined ? [] : partsOfRange({ from: end, to }, longer)),
  ];
}

/** The least text behind all that begin with this one of ASCII. */
const next = (text: string): string => text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1);

/** What a filter joins by and. */
function conditionsOf(filter: unknown): readonly (readonly [string, unknown])[] {
  if (!isPlainObject(filter)) return [];
  return Object.entries(filter).flatMap(([key, value]): readonly (readonly [string, unknown])[] => {
    const isList = key === '$and' && Array.isArray(value) && value.length > 0 && value.every(isPlainObject);
    return isList ? value.flatMap(conditionsOf) : [[key, value]];
  });
}
