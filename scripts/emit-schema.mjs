/** Writes the SDL to schema/schema.graphql; with --check it only says whether that file is current. */
import { readFileSync, writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { buildGraphQLSchema } from '../build/src/http/graphql-schema.js';

const file = new URL('../schema/schema.graphql', import.meta.url);
const sdl = `${printSchema(lexicographicSortSchema(buildGraphQLSchema()))}\n`;
if (!process.argv.includes('--check')) writeFileSync(file, sdl);
else if (readFileSync(file, 'utf8') !== sdl) {
  console.error('schema/schema.graphql is not what the code emits: run npm run schema and look at the difference.');
  process.exit(1);
}
