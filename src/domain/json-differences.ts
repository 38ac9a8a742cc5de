import type { Json } from './json.js';

/** A place where two values differ; undefined where one has nothing there. */
export interface JsonDifference {
  /** Such as `space.ranges[0].max`. */
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** Where two values differ, in the order of the first; at most `most` places. */
export function jsonDifferences(before: Json, after: Json, most: number): readonly JsonDifference[] {
  const found: JsonDifference[] = [];
  const compare = (path: string, a: Json | undefined, b: Json | undefined): void => {
    if (found.length >= most || Object.is(a, b)) return;
    if (!isTree(a) || !isTree(b) || Array.isArray(a) !== Array.isArray(b)) {
      found.push({ path, before: a, after: b });
      return;
    }
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const step = Array.isArray(a) ? `[${key}]` : path === '' ? key : `.${key}`;
      compare(path + step, member(a, key), member(b, key));
    }
  };
  compare('', before, after);
  return found;
}

type Tree = Extract<Json, object>;

const isTree = (value: Json | undefined): value is Tree => typeof value === 'object' && value !== null;

const member = (tree: Tree, key: string): Json | undefined =>
  Object.hasOwn(tree, key) ? (tree as Readonly<Record<string, Json>>)[key] : undefined;
