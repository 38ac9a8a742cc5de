import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the checkout. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A document that people read. */
export interface Document {
  /** From the root. */
  readonly path: string;
  readonly text: string;
}

/** A document, by its path from the root. */
export const documentAt = (path: string): Document => ({ path, text: readFileSync(join(root, path), 'utf8') });

/** Every document: the README and docs/. */
export const documents: readonly Document[] = [
  'README.md',
  ...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
].map(documentAt);

/** The rows of all tables of a document, by the code that stands in a column of them. */
export function rowsBy(column: number, { text }: Document): ReadonlyMap<string, readonly string[]> {
  const rows = text.split('\n').flatMap((line): [string, readonly string[]][] => {
    if (!line.startsWith('|')) return [];
    const cells = line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
    const [, code] = /^`([^`]+)`$/.exec(cells[column] ?? '') ?? [];
    return code === undefined ? [] : [[code, cells]];
  });
  return new Map(rows);
}

/** What stands below a heading, up to the next one that is not below it; undefined where there is no such heading. */
export function section({ text }: Document, heading: string): string | undefined {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start < 0) return undefined;
  const level = /^#+/.exec(lines[start] ?? '')?.[0].length ?? 0;
  const length = lines.slice(start + 1).findIndex((line) => (/^#+(?= )/.exec(line)?.[0].length ?? 99) <= level);
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join('\n');
}

/** The blocks of code of a language, in their order. */
export const blocks = ({ text }: Document, language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) => code);
