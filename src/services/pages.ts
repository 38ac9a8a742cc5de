import { decodeCursor, encodeCursor } from '../domain/cursor.js';
import { badUserInput } from '../domain/errors.js';
import type { NodeKind } from '../domain/ids.js';
import { kindOfId } from '../domain/ids.js';
import type { StoreCollection, StoreDocument, StoreFilter, StoreSort } from '../store/seam.js';
import { quoted } from '../domain/nearest.js';

/** A part of a list, as a client asks for it (Relay's arguments). */
export interface PageRequest {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/** An item of a list, and its place there; made when it is asked for, as it seldom is. */
class PageItem<T extends Dated> {
  constructor(readonly document: T) {}

  get cursor(): string {
    return cursorOf(this.document);
  }
}

/** A part of a list. Every item has its cursor. */
export interface Page<T> {
  readonly items: readonly { readonly cursor: string; readonly document: T }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** The order of a list: by time of creation, then by id. */
export const listOrders = ['CREATED_AT_DESC', 'CREATED_AT_ASC'] as const;

/** A name of {@link listOrders}. */
export type ListOrder = (typeof listOrders)[number];

/** The size of a page that nobody gave a size. */
export const defaultPageSize = 20;

/** The most that one page holds. */
export const maxPageSize = 100;

interface Dated extends StoreDocument {
  readonly createdAt: string;
}

type DatedFilter = StoreFilter<Dated>;

/**
 * A page of a collection by keyset: what is inserted meanwhile neither repeats nor hides an item.
 * @throws CortigraphError BAD_USER_INPUT for a page too large, a malformed cursor, the cursor of a list of another kind,
 * or first together with last
 */
export async function readPage<T extends Dated>(
  kind: NodeKind,
  collection: StoreCollection<T>,
  filter: StoreFilter<T>,
  order: ListOrder,
  request: PageRequest,
): Promise<Page<T>> {
  const { size, backward } = sizeOf(request);
  const forwardIs = order === 'CREATED_AT_ASC' ? 'above' : 'below';
  const backwardIs = order === 'CREATED_AT_ASC' ? 'below' : 'above';
  const bounds: DatedFilter[] = [];
  if (request.after != null) bounds.push(beyond(kind, request.after, forwardIs));
  if (request.before != null) bounds.push(beyond(kind, request.before, backwardIs));
  const ascending = (order === 'CREATED_AT_ASC') !== backward;
  const direction = ascending ? 1 : -1;
  // The generic filter and sort are those of any Dated; T only adds fields.
  const bounded = (bounds.length ? { ...filter, $and: [...(filter.$and ?? []), ...bounds] } : filter) as StoreFilter<T>;
  const sort = { createdAt: direction, _id: direction } as StoreSort<T>;
  const found = await collection.find(bounded, { sort, limit: size + 1 }).toArray();
  return pageOf(found, request, itemOf);
}

/**
 * The page of what was found for a request: one item more than it asks for where there is more, from its end where it
 * goes backward.
 */
export function pageOf<F, T>(
  found: readonly F[],
  request: PageRequest,
  itemOf: (found: F) => Page<T>['items'][number],
): Page<T> {
  const { size, backward } = sizeOf(request);
  const more = found.length > size;
  const shown = found.slice(0, size);
  if (backward) shown.reverse();
  return {
    items: shown.map(itemOf),
    hasNextPage: backward ? request.before != null : more,
    hasPreviousPage: backward ? more : request.after != null,
  };
}

/**
 * The first pages of many lists at once, each of the documents whose `field` has one of these values, newest first: one
 * call of the store where the lists are short. Only a list that others crowded out of that call is asked for by itself.
 * @throws CortigraphError BAD_USER_INPUT for a page too large
 */
export async function readFirstPages<T extends Dated>(
  kind: NodeKind,
  collection: StoreCollection<T>,
  field: keyof T & string,
  values: readonly string[],
  first: number | null | undefined,
): Promise<readonly Page<T>[]> {
  const { size } = sizeOf({ first });
  const limit = values.length * (size + 1);
  const filter = { [field]: { $in: values } } as StoreFilter<T>;
  const sort = { createdAt: -1, _id: -1 } as StoreSort<T>;
  const found = await collection.find(filter, { sort, limit }).toArray();
  return Promise.all(
    values.map(async (value) => {
      const own = found.filter((document) => document[field] === value);
      if (own.length <= size && found.length === limit) {
        return readPage(kind, collection, { [field]: value } as StoreFilter<T>, 'CREATED_AT_DESC', { first });
      }
      return { items: own.slice(0, size).map(itemOf), hasNextPage: own.length > size, hasPreviousPage: false };
    }),
  );
}

const itemOf = <T extends Dated>(document: T): PageItem<T> => new PageItem(document);

const cursorOf = ({ createdAt, _id }: Dated): string => encodeCursor({ field: 'createdAt', value: createdAt, id: _id });

/** How times are stored. */
const isoMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** What lies beyond a cursor; the plain bound beside the `$or` lets an index serve it. */
function beyond(kind: NodeKind, cursor: string, side: 'above' | 'below'): DatedFilter {
  const { value: createdAt, id } = decodeCursor(cursor, 'createdAt');
  if (typeof createdAt !== 'string' || !isoMoment.test(createdAt) || kindOfId(id) !== kind) {
    throw badUserInput(`${quoted(cursor)} is not a cursor of this list.`);
  }
  return side === 'above'
    ? { createdAt: { $gte: createdAt }, $or: [{ createdAt: { $gt: createdAt } }, { createdAt, _id: { $gt: id } }] }
    : { createdAt: { $lte: createdAt }, $or: [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: id } }] };
}

/** How many items a request asks for, and whether from the end. */
export function sizeOf({ first, last }: PageRequest): { readonly size: number; readonly backward: boolean } {
  if (first != null && last != null) throw badUserInput('Give first or last, not both.');
  return { size: checkedPageSize(first ?? last ?? defaultPageSize), backward: last != null };
}

/** @throws CortigraphError BAD_USER_INPUT for a page too large, or of nothing */
export function checkedPageSize(size: number): number {
  if (!Number.isInteger(size) || size < 1 || size > maxPageSize) {
    throw badUserInput(`A page holds 1 to ${maxPageSize} items, not ${size}.`, {
      allowed: { min: 1, max: maxPageSize },
    });
  }
  return size;
}
