import type { Migration } from '../src/store/migrate.js';
import { firstIndexes } from './001-first-indexes.js';
import { recordingIndexes } from './002-recordings.js';
import { remarkIndexes } from './003-remarks.js';
import { countsOfLists } from './004-counts-of-lists.js';
import { countsByTime } from './005-counts-by-time.js';
import { experimentIndexes } from './006-experiments.js';

/** Every step of the store's schema, in order. Steps are only ever added at the end. */
export const migrations: readonly Migration[] = [
  firstIndexes,
  recordingIndexes,
  remarkIndexes,
  countsOfLists,
  countsByTime,
  experimentIndexes,
];
