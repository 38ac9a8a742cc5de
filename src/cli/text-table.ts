/** Where the text of a column stands. */
export type Side = 'left' | 'right';

/**
 * A table of aligned columns, two spaces apart, with a head.
 * @param sides of the columns; left where none is given
 */
export function alignedTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  sides: readonly Side[] = [],
): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => lengthOf(line[column] ?? ''))));
  return lines
    .map((line) => head.map((_, column) => padded(line[column] ?? '', widths[column] ?? 0, sides[column])).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

const lengthOf = (text: string): number => [...text].length;

function padded(text: string, width: number, side: Side = 'left'): string {
  const space = ' '.repeat(width - lengthOf(text));
  return side === 'left' ? text + space : space + text;
}
