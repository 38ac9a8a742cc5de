import { readFileSync } from 'node:fs';

/** The JSON of a file under test/ in the sources: compiled tests lie one folder deeper, at <outDir>/test/models. */
export function readTestData(path: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../test/${path}`, import.meta.url), 'utf8'));
}
